import {
  decodeValue,
  encodeValue,
  identifiers,
  standardDictionary,
  type ControlAction,
  type Credentials,
  type StatusWord3,
} from '@xianfu/protocols'
import { controlMeter } from '../../../headend/driver/control-meter.ts'
import type { ControlOutcome, ControlRequest, ControlStep } from '../../../headend/headend.ts'
import { confirmed, type Desk } from '../desk.ts'
import { explainData } from '../explain/identifier.ts'
import { calledWrongly } from '../refusal.ts'
import { questionOf, verdictOf, type CurrentFlow, type Verdict } from './control-words.ts'
import { driftText, localText, readClock } from './meter-clock.ts'
import { relayMeter } from './relay-meter.ts'
import { withSession, type LineOptions, type Session } from './session.ts'

export type MeterControlOptions = LineOptions &
  Readonly<{
    address: string | null
    action: ControlAction
    credentials: Credentials
    yes: boolean
    /** From the moment it leaves, in the meter's own time. */
    validForMs: number
    /** Sends the command even when the meter is already as wanted. */
    again: boolean
    proveWithinMs: number
    timeZone: string
  }>

type Seen = { before: StatusWord3 | null; after: StatusWord3 | null; acknowledgedMs: number | null }

/** Orders once, and believes it when the status word shows it: only then the exit code is 0. */
export const runMeterControl = async (options: MeterControlOptions, desk: Desk): Promise<number> =>
  withSession(options, desk, async (session) => {
    const { action, json, timeZone } = options
    const address = await session.addressOr(options.address)
    const show = (label: string, text: string): void => {
      if (!json) desk.print(`${label.padEnd(12)} ${text}`)
    }
    if (!json) desk.print(`meter ${desk.paint('bold', address)}`)
    const clock = await readClock(session, address, timeZone)
    // A meter whose clock cannot be read may still obey: then the deadline is told in this machine's time.
    show('clock', clock.ok ? `${localText(clock.clock.meterLocalMs)}, ${driftText(clock.clock)}` : clock.detail)
    const driftMs = clock.ok ? clock.clock.driftMs : 0
    const seen: Seen = { before: null, after: null, acknowledgedMs: null }
    const outcome = await orderAndProve(session, { ...options, address, driftMs }, desk, seen, show)
    const flow = action === 'trip' && outcome.kind === 'verified' ? await flowAfterTrip(session, address, desk) : null
    const verdict = verdictOf(action, outcome, { before: seen.before, flow })
    if (json) desk.print(JSON.stringify({ address, action, driftMs, ...seen, outcome: outcome.kind, ...verdict }))
    else explain(verdict, desk)
    return verdict.isProven ? 0 : 1
  })

const orderAndProve = async (
  session: Session,
  options: Omit<MeterControlOptions, 'address'> & Readonly<{ address: string; driftMs: number }>,
  desk: Desk,
  seen: Seen,
  show: (label: string, text: string) => void,
): Promise<ControlOutcome> => {
  const { action, address, credentials, driftMs, timeZone, proveWithinMs, validForMs } = options
  const meter = relayMeter(session, { address, credentials, timeZone, clock: desk.clock, driftMs, proveWithinMs })
  const isSent = { yes: false }
  const onStep = (step: ControlStep): void => {
    if (step.kind === 'acknowledged') {
      seen.acknowledgedMs = step.exchange.durationMs
      show('acknowledged', `after ${String(step.exchange.durationMs)} ms`)
    }
    if (step.kind !== 'state-read') return
    if (!isSent.yes) seen.before = step.status
    else seen.after = step.status
    show(isSent.yes ? 'after' : 'before', stateText(step.status, desk))
  }
  const request = (readStateFirst: boolean, confirm: ControlRequest['confirm']): ControlRequest => ({
    action,
    validForMs,
    readStateFirst,
    confirm,
    onStep,
  })
  const send = async (): ReturnType<ControlRequest['confirm']> => {
    if (!(await confirmed(desk, options.yes, `${questionOf[action]} ${address}?`)))
      return { go: false, reason: 'you said no' }
    isSent.yes = true
    return { go: true }
  }
  let outcome = await controlMeter(meter, request(true, send))
  if (outcome.kind === 'verified' && outcome.already && options.again)
    outcome = await controlMeter(meter, request(false, send))
  else if (outcome.kind === 'verified' && outcome.already)
    show('not sent', 'the meter is already as wanted; --again sends it')
  if (outcome.kind !== 'unanswered') return outcome
  // The order has left and nobody answered: the status word tells whether it was heard all the same.
  show('no answer', outcome.detail)
  const look = await controlMeter(
    meter,
    request(true, async () => ({ go: false, reason: 'only looking' })),
  )
  return look.kind === 'verified' ? look : outcome
}

const stateText = (status: StatusWord3, { language }: Desk): string =>
  explainData(standardDictionary, identifiers.statusWord3.id, encodeValue('statusWord3', status), language).text

const explain = (verdict: Verdict, desk: Desk): void => {
  for (const words of verdict.proven)
    desk.print(`${verdict.isProven ? desk.paint('green', 'proven      ') : 'known       '} ${words}`)
  for (const words of verdict.notProven) desk.print(`${desk.paint('yellow', 'not proven  ')} ${words}`)
  for (const words of verdict.advice) desk.print(`${desk.paint('yellow', 'advice      ')} ${words}`)
}

/** What flows after a trip, where the meter measures it; null where it does not say. */
const flowAfterTrip = async (session: Session, address: string, desk: Desk): Promise<CurrentFlow | null> => {
  const read = await session.read(address, identifiers.currentBlock.id)
  const value = read.ok ? decodeValue('currentBlock', read.data) : null
  if (!read.ok || value?.ok !== true) return null
  const { a, b, c } = value.value
  const measured = [a, b, c].filter((phase) => phase !== null)
  if (measured.length === 0) return null
  const { text } = explainData(standardDictionary, identifiers.currentBlock.id, read.data, desk.language)
  return { isNone: measured.every((phase) => phase === 0), text }
}

/** Longer than a meter's clock may wait in an envelope; a command of yesterday must not be obeyed today. */
const longestValidForMs = 24 * 3_600_000

export const checkedValidForMs = (seconds: number): number => {
  const ms = seconds * 1_000
  if (ms > longestValidForMs) throw calledWrongly('A command may be valid for a day (86400 seconds) at most.')
  return ms
}
