import { standardDictionary } from '@xianfu/protocols'
import type { ParameterName, ParameterValue } from '../../domain/parameter.ts'
import type { Exchange, ParameterWrite, ParameterWriteRequest } from '../headend.ts'
import { failureOf } from './ask-line.ts'
import { ask } from './dlt645-ask.ts'
import { errorWords, readIdentifier } from './dlt645-read.ts'
import { noteAnswer, type FieldMeter } from './field-meter.ts'
import { turnFailureWords } from './read-meter.ts'

/** Each parameter is one identifier of the standard's dictionary. */
const itemOf: Readonly<Record<ParameterName, string>> = Object.freeze({
  'money-alarm-1': 'moneyAlarm1',
  'money-alarm-2': 'moneyAlarm2',
  'money-overdraft-limit': 'moneyOverdraftLimit',
  'money-hoarding-limit': 'moneyHoardingLimit',
  'money-to-close': 'moneyToClose',
  'spare-rate-price-1': 'spareRatePrice1',
  'spare-rate-price-2': 'spareRatePrice2',
  'spare-rate-price-3': 'spareRatePrice3',
  'spare-rate-price-4': 'spareRatePrice4',
  'rate-price-switch-time': 'ratePriceSwitchTime',
})

/**
 * Writes one parameter (function 14H) at most once and believes it only when the meter shows it: read, confirm, write, read
 * back. The line is given back between the three, so that a relay command waits for one exchange at most. A meter that
 * shows the value already is not written to.
 */
export const writeParameter = async (meter: FieldMeter, request: ParameterWriteRequest): Promise<ParameterWrite> => {
  if (meter.modbus !== null)
    return { kind: 'refused', detail: 'parameters of a Modbus meter are not written remotely', exchanges: [] }
  const exchanges: Exchange[] = []
  const item = standardDictionary.byName(itemOf[request.name])
  if (item === null) throw new Error(`the dictionary has no ${itemOf[request.name]}`)
  const data = standardDictionary.encode(item.id, wireValue(request.value))

  const before = await readBack(meter, request, item.id, exchanges, 0)
  if (!before.ok)
    return before.code === 'refused-by-meter'
      ? { kind: 'refused', detail: before.detail, exchanges }
      : { kind: 'not-sent', code: before.code, detail: before.detail, exchanges }
  if (sameBytes(before.data, data)) return { kind: 'verified', already: true, before: before.data, exchanges }

  const writtenAtMs = meter.clock.elapsedMs()
  const written = await writeOnce(meter, request, { identifier: item.id, name: item.name, data }, exchanges)
  if (written !== null) return { ...written, exchanges }
  // A lost answer says nothing about whether it was written; the meter does.
  const after = await readBack(meter, request, item.id, exchanges, writtenAtMs)
  if (!after.ok) return { kind: 'unverified', after: null, detail: after.detail, exchanges }
  return sameBytes(after.data, data)
    ? { kind: 'verified', already: false, before: before.data, exchanges }
    : { kind: 'unverified', after: after.data, detail: 'the meter shows something else', exchanges }
}

type Read = Readonly<
  | { ok: true; data: Uint8Array }
  | { ok: false; code: Extract<ParameterWrite, { kind: 'not-sent' }>['code'] | 'refused-by-meter'; detail: string }
>

const readBack = async (
  meter: FieldMeter,
  { signal }: ParameterWriteRequest,
  identifier: number,
  exchanges: Exchange[],
  freshSinceMs: number,
): Promise<Read> => {
  const { address } = meter.config
  const turn = await meter.line.run({ priority: 'person', signal }, async (turn) =>
    readIdentifier(turn, meter, { address, identifier }, { maxFollowUpFrames: 0, signal, freshSinceMs }),
  )
  if (!turn.ok) return { ok: false, code: turn.code, detail: turnFailureWords[turn.code] }
  const read = turn.value
  exchanges.push(...read.exchanges)
  if (read.ok || read.code === 'no-answer') noteAnswer(meter, read.ok)
  return read
}

type Order = Readonly<{ identifier: number; name: string; data: Uint8Array }>
type NotWritten =
  | Readonly<{ kind: 'withdrawn'; reason: string }>
  | Readonly<{ kind: 'refused'; detail: string }>
  | Omit<Extract<ParameterWrite, { kind: 'not-sent' }>, 'exchanges'>
  | Omit<Extract<ParameterWrite, { kind: 'unverified' }>, 'exchanges'>

/** Null when it has to be looked up what became of it. */
const writeOnce = async (
  meter: FieldMeter,
  { confirm, signal }: ParameterWriteRequest,
  { identifier, name, data }: Order,
  exchanges: Exchange[],
): Promise<NotWritten | null> => {
  const { address, credentials } = meter.config
  const turn = await meter.line.run({ priority: 'person', signal }, async (turn): Promise<NotWritten | null> => {
    const confirmation = await confirm()
    if (!confirmation.go) return { kind: 'withdrawn', reason: confirmation.reason }
    const question = { kind: 'write', address, identifier, credentials, data } as const
    const asked = await ask(turn, meter, question, `write ${name}`, signal)
    if (asked.kind === 'not-sent') return { kind: 'not-sent', ...failureOf(asked) }
    exchanges.push(asked.exchange)
    if (asked.kind === 'broken-off') return { kind: 'unverified', after: null, detail: failureOf(asked).detail }
    if (asked.kind === 'reply' && asked.reply.kind === 'error')
      return { kind: 'refused', detail: errorWords(asked.reply.errors) }
    return null
  })
  return turn.ok ? turn.value : { kind: 'not-sent', code: turn.code, detail: turnFailureWords[turn.code] }
}

const wireValue = (value: ParameterValue): unknown => {
  switch (value.kind) {
    case 'money':
      return value.fen
    case 'price':
      return value.tenThousandths
    case 'minute': {
      const { kind: _, ...minute } = value
      return minute
    }
  }
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index])
