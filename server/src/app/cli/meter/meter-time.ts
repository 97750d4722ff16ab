import { broadcastAddress, encodeValue, identifiers, type Credentials, type Request } from '@xianfu/protocols'
import { localTime } from '../../../domain/calendar.ts'
import { errorWords } from '../../../headend/driver/dlt645-read.ts'
import { transmissionMs } from '../../../headend/line/response-time.ts'
import { confirmed, type Desk } from '../desk.ts'
import { cannotBeDone } from '../refusal.ts'
import { adviceFor } from './control-words.ts'
import { driftText, localText, looksLikeZone, readClock, spanText, type ClockReading } from './meter-clock.ts'
import { withSession, type LineOptions, type Session } from './session.ts'

/** `write`: function 14H with a password. `broadcast`: 08H to every meter. `single`: 08H to one meter. */
export type SettingWay = 'write' | 'broadcast' | 'single'

export type MeterTimeOptions = LineOptions &
  Readonly<{
    addresses: readonly string[]
    timeZone: string
    /** Whether the person has named it; this machine's own may be another than the meters'. */
    zoneIsGiven: boolean
    /** Null only reads. */
    set: Readonly<{ way: SettingWay; yes: boolean; credentials: Credentials | null }> | null
  }>

/** What meters allow with 08H; the same for all that were seen (clause of function 08H, State Grid practice). */
const broadcastRules = Object.freeze({ mostDriftMs: 300_000, quietAroundMidnightMs: 300_000 })

const ruleWords =
  'a meter takes 08H once a day at most, only when it is off by less than 5 minutes, and not within 5 minutes of midnight or of its settlement time'

/** A clock that was set is as good as this; the meter tells whole seconds. */
const goodAfterSettingMs = 2_000

/** Reads clocks and tells how far they are off; with `set` puts them right and looks whether they are. */
export const runMeterTime = async (options: MeterTimeOptions, desk: Desk): Promise<number> =>
  withSession(options, desk, async (session) => {
    const { set, json, timeZone } = options
    const addresses = options.addresses.length > 0 ? options.addresses : [await session.addressOr(null)]
    const before = new Map<string, ClockReading>()
    let isWhole = true
    for (const address of addresses) {
      const read = await readClock(session, address, timeZone)
      if (read.ok) before.set(address, read.clock)
      else isWhole = false
      if (set === null) tell(address, null, read.ok ? read.clock : null, read.ok ? null : read.detail, options, desk)
      else if (!read.ok) desk.complain(desk.paint('red', read.detail))
      else if (!json) desk.print(`meter ${address}  ${clockText(read.clock)}`)
    }
    if (set === null) return isWhole ? 0 : 1
    if (!options.zoneIsGiven) checkZone(before, options)
    if (set.way !== 'write') checkBroadcastRules(before, desk, timeZone)
    await setClocks(session, [...before.keys()], options, desk)
    for (const [address, clock] of before) {
      const read = await readClock(session, address, timeZone)
      const isGood = read.ok && Math.abs(read.clock.driftMs) <= goodAfterSettingMs + read.clock.uncertaintyMs
      isWhole &&= isGood
      const complaint = read.ok ? (isGood ? null : `the clock was not set: ${whyNot(set.way)}`) : read.detail
      tell(address, clock, read.ok ? read.clock : null, complaint, options, desk)
    }
    return isWhole ? 0 : 1
  })

const clockText = (clock: ClockReading): string => `${localText(clock.meterLocalMs)}, ${driftText(clock)}`

const tell = (
  address: string,
  before: ClockReading | null,
  now: ClockReading | null,
  complaint: string | null,
  { json, timeZone }: MeterTimeOptions,
  desk: Desk,
): void => {
  if (json) {
    const of = (clock: ClockReading | null): unknown =>
      clock === null ? null : { ...clock, meterLocal: localText(clock.meterLocalMs) }
    desk.print(JSON.stringify({ address, timeZone, before: of(before), now: of(now), complaint }))
    return
  }
  if (now !== null) desk.print(`meter ${address}  ${clockText(now)}`)
  if (complaint !== null) desk.complain(desk.paint('red', complaint))
}

const whyNot = (way: SettingWay): string =>
  way === 'write' ? 'the meter has acknowledged it, but shows another time; read it again' : ruleWords

/** A meter that is right in its own zone must not be set to the time of ours. */
const checkZone = (clocks: ReadonlyMap<string, ClockReading>, { timeZone }: MeterTimeOptions): void => {
  for (const [address, clock] of clocks)
    if (looksLikeZone(clock))
      throw cannotBeDone(
        `Meter ${address} is off by ${spanText(Math.abs(clock.driftMs))}, which looks like another time zone than ${timeZone}: ` +
          'say the zone of the meter with --time-zone, for example --time-zone Asia/Shanghai.',
      )
}

/** Sent against its rules, 08H is silently ignored: better said before. */
const checkBroadcastRules = (clocks: ReadonlyMap<string, ClockReading>, desk: Desk, timeZone: string): void => {
  const { mostDriftMs, quietAroundMidnightMs } = broadcastRules
  for (const [address, { driftMs }] of clocks)
    if (Math.abs(driftMs) >= mostDriftMs)
      throw cannotBeDone(
        `Meter ${address} is off by ${spanText(Math.abs(driftMs))}, and ${ruleWords}: use --set --by write.`,
      )
  const { hour, minute } = localTime(desk.clock.now(), timeZone)
  const sinceMidnightMs = (hour * 60 + minute) * 60_000
  if (sinceMidnightMs < quietAroundMidnightMs || sinceMidnightMs >= 86_400_000 - quietAroundMidnightMs)
    throw cannotBeDone(
      `It is ${String(hour)}:${String(minute).padStart(2, '0')}, and ${ruleWords}: wait, or use --set --by write.`,
    )
}

const setClocks = async (
  session: Session,
  addresses: readonly string[],
  options: MeterTimeOptions,
  desk: Desk,
): Promise<void> => {
  const { set } = options
  if (set === null || addresses.length === 0) return
  const whom = set.way === 'broadcast' ? 'every meter on the line' : `meter ${addresses.join(', ')}`
  if (!(await confirmed(desk, set.yes, `Set the clock of ${whom} to this machine's time (${options.timeZone})?`)))
    throw cannotBeDone('You said no: nothing was sent.')
  if (set.way === 'broadcast') {
    await callTime(session, broadcastAddress, options, desk)
    return
  }
  for (const address of addresses)
    if (set.way === 'single') await callTime(session, address, options, desk)
    else await writeTime(session, address, options, desk)
}

/** Nobody answers a broadcast, and only some meters answer 08H of their own: silence says nothing. */
const callTime = async (session: Session, address: string, options: MeterTimeOptions, desk: Desk): Promise<void> => {
  const { weekday: _, ...time } = arrivingTime(session, options, desk, callBytes)
  await session.ask({ kind: 'set-time', address, time }, 'set the time')
}

/** Date first, then time; each is an order of its own. */
const writeTime = async (session: Session, address: string, options: MeterTimeOptions, desk: Desk): Promise<void> => {
  await passMidnight(options, desk)
  const credentials = options.set?.credentials
  if (credentials === null || credentials === undefined) throw new Error('A write needs credentials.')
  const order = { kind: 'write', address, credentials } as const
  const { year, month, day, weekday } = arrivingTime(session, options, desk, writeBytes)
  const date = encodeValue('dateAndWeekday', { year, month, day, weekday })
  await write(session, { ...order, identifier: identifiers.dateAndWeekday.id, data: date }, 'date')
  const { hour, minute, second } = arrivingTime(session, options, desk, writeBytes)
  const time = encodeValue('time', { hour, minute, second })
  await write(session, { ...order, identifier: identifiers.time.id, data: time }, 'time')
}

const write = async (session: Session, request: Extract<Request, { kind: 'write' }>, what: string): Promise<void> => {
  const asked = await session.ask(request, `write the ${what}`)
  if (asked.kind === 'reply' && asked.reply.kind === 'write') return
  if (asked.kind === 'reply' && asked.reply.kind === 'error') {
    const { errors } = asked.reply
    throw cannotBeDone(
      `Meter ${request.address} refused the ${what} (${errorWords(errors)}): ${adviceFor(errors.reasons)}.`,
    )
  }
  const detail = asked.kind === 'silence' ? asked.detail : 'the connection was closed'
  throw cannotBeDone(`Writing the ${what} of meter ${request.address} got ${detail}. ${session.whatToCheck}`)
}

/** Bytes of the frames, wake-up bytes included: the meter takes the time over when the last of them has arrived. */
const callBytes = 22
const writeBytes = 31

const arrivingTime = (session: Session, { timeZone }: MeterTimeOptions, desk: Desk, bytes: number) =>
  localTime(desk.clock.now() + transmissionMs(bytes, session.asker.lineConfig) + 500, timeZone)

/** Date and time are two orders: between them it must not become another day. */
const passMidnight = async ({ timeZone }: MeterTimeOptions, desk: Desk): Promise<void> => {
  const { hour, minute, second } = localTime(desk.clock.now(), timeZone)
  const leftMs = 86_400_000 - ((hour * 60 + minute) * 60 + second) * 1_000
  if (leftMs > midnightMarginMs) return
  desk.progress('It is nearly midnight; waiting for the new day …')
  await desk.clock.delay(leftMs + 1_000)
  desk.progress(null)
}

const midnightMarginMs = 15_000
