import { standardDictionary, type LoadRecords, type MinuteTime } from '@xianfu/protocols'
import { instantOfLocal, localTime } from '../../domain/calendar.ts'
import type { RecordSource } from '../../domain/gap.ts'
import type { Exchange, Priority, StoredRead, StoredRecord, StoredSpan } from '../headend.ts'
import { meterMemories, recordSources } from '../model/meter-memory.ts'
import { readIdentifier, type IdentifierRead } from './dlt645-read.ts'
import { noteAnswer, type FieldMeter } from './field-meter.ts'
import { turnFailureWords } from './read-meter.ts'

type StoredOptions = Readonly<{ priority: Priority; signal?: AbortSignal | undefined }>
type Failure = Extract<StoredRead, { ok: false }>
type Sourced = Readonly<{ ok: true; records: readonly StoredRecord[]; exhausted: boolean }> | Failure

/** Asks one question after the other, each in a turn of its own, and keeps what went over the wire. */
type Asking = Readonly<{
  exchanges: Exchange[]
  /** Null when no question may be asked any more. */
  ask(identifier: number, blocks?: number, from?: MinuteTime): Promise<IdentifierRead | Failure | null>
}>

/** As the table has it (`hourlyBlockLast1` and so on). */
type HourlyBlock = Readonly<{ at: MinuteTime | null; forwardActiveEnergy: number | null }>

const minuteMs = 60_000

/**
 * Reads what a meter has kept of a span by itself. A meter that nobody has asked before is asked for its load profile
 * first, then for its half-hourly freezes; `no-memory` when it refuses both.
 */
export const readStored = async (meter: FieldMeter, span: StoredSpan, options: StoredOptions): Promise<StoredRead> => {
  const asking = createAsking(meter, options)
  const failed = (code: Failure['code'], detail: string): Failure => ({
    ok: false,
    code,
    detail,
    exchanges: asking.exchanges,
  })
  if (meter.modbus !== null) return failed('no-memory', 'no such memory is known of this kind of meter')
  if (meter.backOff.permission(options.priority, meter.clock.elapsedMs()) !== 'full')
    return failed('backing-off', 'the meter has not answered lately')
  for (const source of span.source === null ? recordSources : [span.source]) {
    const read = await readers[source](meter, span, asking)
    if (read.ok) return { ...read, source, exchanges: asking.exchanges }
    if (read.code !== 'no-memory') return { ...read, exchanges: asking.exchanges }
  }
  return failed('no-memory', 'the meter keeps neither a load profile nor half-hourly freezes')
}

const createAsking = (meter: FieldMeter, { priority, signal }: StoredOptions): Asking => {
  const exchanges: Exchange[] = []
  let asked = 0
  const once = async (identifier: number, blocks?: number, from?: MinuteTime): Promise<IdentifierRead | Failure> => {
    const { address } = meter.config
    const target = {
      address,
      identifier,
      ...(blocks === undefined ? {} : { blocks }),
      ...(from === undefined ? {} : { from }),
    }
    const turn = await meter.line.run({ priority, signal }, async (line) =>
      readIdentifier(line, meter, target, { maxFollowUpFrames: meter.limits.maxFollowUpFrames, signal }),
    )
    if (!turn.ok) return { ok: false, code: turn.code, detail: turnFailureWords[turn.code], exchanges }
    exchanges.push(...turn.value.exchanges)
    return turn.value
  }
  return {
    exchanges,
    async ask(...question) {
      for (let attempt = 1; ; attempt += 1) {
        if (asked >= meter.limits.maxStoredExchanges) return null
        asked += 1
        const read = await once(...question)
        if (read.ok || read.code === 'refused-by-meter' || read.code === 'bad-answer') noteAnswer(meter, true)
        if (read.ok || read.code !== 'no-answer') return read
        if (attempt >= meter.limits.readAttempts.scheduled) {
          noteAnswer(meter, false)
          return read
        }
      }
    },
  }
}

/** A meter refuses what it does not have; an identifier without data is one it could have had. */
const isNothingThere = (read: IdentifierRead | Failure): boolean => !read.ok && read.code === 'refused-by-meter'

const failureOf = (read: Exclude<IdentifierRead | Failure, { ok: true }>): Failure => ({
  ok: false,
  code: read.code,
  detail: read.detail,
  exchanges: [],
})

const badAnswer = (detail: string): Failure => ({ ok: false, code: 'bad-answer', detail, exchanges: [] })

const noMemory: Failure = { ok: false, code: 'no-memory', detail: '', exchanges: [] }

const minuteOf = (instant: number, timeZone: string): MinuteTime => {
  const { year, month, day, hour, minute } = localTime(instant, timeZone)
  return { year, month, day, hour, minute }
}

/** Class 4 from a time on, a few records a question, until the span is passed or nothing more comes. */
const fromLoadProfile = async (meter: FieldMeter, { from, to }: StoredSpan, { ask }: Asking): Promise<Sourced> => {
  const { identifier, blocksPerExchange } = meterMemories.loadProfile
  const { timeZone } = meter.config
  const records: StoredRecord[] = []
  let next = from
  while (next < to) {
    const read = await ask(identifier, blocksPerExchange, minuteOf(next, timeZone))
    if (read === null) return { ok: true, records, exhausted: false }
    if (isNothingThere(read))
      return next === from ? await whetherProfile(records, ask) : { ok: true, records, exhausted: true }
    if (!read.ok) return failureOf(read)
    const decoded = standardDictionary.decode(identifier, read.data)
    if (!decoded.ok) return badAnswer(`load profile: ${decoded.detail}`)
    const { records: blocks } = decoded.value as LoadRecords
    const before = next
    for (const { at: moment, damaged, energy } of blocks) {
      if (moment === null) continue
      const at = instantOfLocal(moment, timeZone)
      if (at >= next) next = at + minuteMs
      if (at < from || at >= to || damaged || energy?.forwardActive == null) continue
      records.push({ at, totalWh: energy.forwardActive })
    }
    // A meter that answers with what lies before the time it was asked for would be asked for ever.
    if (next === before) return { ok: true, records, exhausted: true }
  }
  return { ok: true, records, exhausted: true }
}

/** Nothing from the time on: because the meter has no profile, or because the profile has nothing so late. */
const whetherProfile = async (records: readonly StoredRecord[], ask: Asking['ask']): Promise<Sourced> => {
  const newest = await ask(meterMemories.loadProfile.newest, 1)
  if (newest === null || isNothingThere(newest)) return noMemory
  return newest.ok ? { ok: true, records, exhausted: true } : failureOf(newest)
}

/** The block of one freeze: counted from the newest, so the second tells how far apart they are. */
const fromHourlyFreeze = async (meter: FieldMeter, { from, to }: StoredSpan, { ask }: Asking): Promise<Sourced> => {
  const { block, deepest } = meterMemories.hourlyFreeze
  const freezeAt = async (index: number): Promise<StoredRecord | 'nothing' | 'enough' | Failure> => {
    const read = await ask(block + index)
    if (read === null) return 'enough'
    if (isNothingThere(read)) return 'nothing'
    if (!read.ok) return failureOf(read)
    const decoded = standardDictionary.decode(block + index, read.data)
    if (!decoded.ok) return badAnswer(`half-hourly freeze: ${decoded.detail}`)
    const { at: moment, forwardActiveEnergy } = decoded.value as HourlyBlock
    if (moment === null || forwardActiveEnergy === null) return 'nothing'
    return { at: instantOfLocal(moment, meter.config.timeZone), totalWh: forwardActiveEnergy }
  }
  const newest = await freezeAt(1)
  if (newest === 'nothing') return noMemory
  if (newest === 'enough') return { ok: true, records: [], exhausted: false }
  if ('ok' in newest) return newest
  const second = await freezeAt(2)
  if (typeof second !== 'string' && 'ok' in second) return second
  const stepMs = typeof second === 'string' ? 0 : newest.at - second.at
  const records: StoredRecord[] = [newest, ...(typeof second === 'string' ? [] : [second])].filter(isIn(from, to))
  if (stepMs <= 0) return { ok: true, records, exhausted: second !== 'enough' }
  // From the oldest one that can lie in the span; what is found between others tells where one is.
  const oldest = Math.min(deepest, 1 + Math.ceil((newest.at - from) / stepMs))
  const last = Math.max(3, 1 + Math.floor((newest.at - to) / stepMs))
  for (let index = oldest; index >= last; index -= 1) {
    const freeze = await freezeAt(index)
    if (freeze === 'enough') return { ok: true, records, exhausted: false }
    if (freeze === 'nothing') continue
    if ('ok' in freeze) return freeze
    if (isIn(from, to)(freeze)) records.push(freeze)
  }
  return { ok: true, records, exhausted: true }
}

const isIn =
  (from: number, to: number) =>
  ({ at }: StoredRecord): boolean =>
    at >= from && at < to

const readers: Readonly<
  Record<RecordSource, (meter: FieldMeter, span: StoredSpan, asking: Asking) => Promise<Sourced>>
> = { 'load-profile': fromLoadProfile, 'hourly-freeze': fromHourlyFreeze }
