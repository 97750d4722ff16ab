import { standardDictionary, toHex, type Moment } from '@xianfu/protocols'
import type { MeterEventSource } from '../../domain/meter-event.ts'
import { readIdentifier, type IdentifierRead } from '../driver/dlt645-read.ts'
import { noteAnswer, type FieldMeter } from '../driver/field-meter.ts'
import { readMeter, turnFailureWords } from '../driver/read-meter.ts'
import type { EventCount, EventRecordRead, MeterMoment, ReadOutcome, SignsOptions, SignsRead } from '../headend.ts'
import { dlt645EventCounters, recordIdentifier, statesOf, type EventCounter } from './event-sources.ts'
import { noSigns } from './no-signs.ts'

const singleWords = ['statusWord1', 'statusWord4', 'statusWord5', 'statusWord6', 'statusWord7'] as const

/** All status words in one answer; a meter that does not have the block is asked word by word. */
export const readDlt645States = async (meter: FieldMeter, options: SignsOptions): Promise<SignsRead> => {
  const block = await readMeter(meter, ['statusWordBlock'], options)
  const words = block.values.statusWordBlock?.words
  if (words !== undefined)
    return {
      ok: true,
      ...noSigns,
      ...told(block),
      states: statesOf(new Map(words.map((raw, index) => [index + 1, raw]))),
    }
  if (block.ok || block.code !== 'refused-by-meter') return { ...failure(block), ...noSigns, ...told(block) }
  const single = await readMeter(meter, singleWords, options)
  const shown = singleWords.flatMap((name) => {
    const value = single.values[name]
    return value === undefined ? [] : ([[Number(name.at(-1)), value.raw]] as const)
  })
  // A word that is missing would look like states that have ended.
  if (!single.ok && (single.code !== 'refused-by-meter' || shown.length === 0))
    return { ...failure(single), ...noSigns, ...told(single) }
  return { ok: true, ...noSigns, ...told(single), states: statesOf(new Map(shown)) }
}

export const readDlt645Counts = async (meter: FieldMeter, options: SignsOptions): Promise<SignsRead> => {
  const asked = dlt645EventCounters.filter(
    ({ kind }) => options.without?.includes(kind) !== true && (options.only ?? kind) === kind,
  )
  const outcome = await readMeter(
    meter,
    asked.map(({ counter }) => counter),
    options,
  )
  const counts = asked.flatMap((source) => countsIn(source, outcome))
  // Only a read that got to its end tells refusals from questions that were never asked.
  const complete = outcome.ok || outcome.code === 'refused-by-meter'
  const absent = complete
    ? asked.flatMap(({ kind, counter }) => (outcome.values[counter] === undefined ? [kind] : []))
    : []
  return {
    ...(complete ? ({ ok: true } as const) : failure(outcome)),
    ...noSigns,
    ...told(outcome),
    frame: null,
    counts,
    absent,
  }
}

const countsIn = ({ kind, counter, counts }: EventCounter, { values }: ReadOutcome): readonly EventCount[] => {
  const value: unknown = values[counter]
  if (counts === 'alone') return countOf(kind, null, value)
  if (counts === 'total-and-minutes') return countOf(kind, null, partOf(value, 'count'))
  return (['a', 'b', 'c'] as const).flatMap((phase) => countOf(kind, phase, partOf(partOf(value, phase), 'count')))
}

const countOf = (kind: EventCount['kind'], phase: EventCount['phase'], value: unknown): readonly EventCount[] =>
  typeof value === 'number' ? [{ kind, phase, count: value, recorded: true }] : []

const partOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined

const failure = (outcome: ReadOutcome): Pick<Extract<SignsRead, { ok: false }>, 'ok' | 'code' | 'detail'> =>
  outcome.ok
    ? { ok: false, code: 'bad-answer', detail: 'the answer has no value' }
    : { ok: false, code: outcome.code, detail: outcome.detail }

const told = ({ exchanges }: ReadOutcome): Pick<SignsRead, 'at' | 'frame' | 'exchanges'> => {
  const answered = exchanges.filter(({ response }) => response !== null)
  return { at: exchanges.at(-1)?.at ?? 0, frame: answered.at(-1)?.response ?? null, exchanges }
}

/** One record with its follow-up frames. What its layout does not tell is kept as bytes. */
export const readDlt645Record = async (
  meter: FieldMeter,
  source: MeterEventSource,
  last: number,
  options: SignsOptions,
): Promise<EventRecordRead> => {
  const identifier = recordIdentifier(source, last)
  if (identifier === null)
    return { ok: false, code: 'refused-by-meter', detail: `there are no records of ${source.kind}`, exchanges: [] }
  const read = await readPatiently(meter, identifier, options)
  if (!read.ok) return read
  const decoded = standardDictionary.decode(identifier, read.data)
  const value = decoded.ok ? decoded.value : null
  const operator = partOf(value, 'operator')
  return {
    ok: true,
    at: read.at,
    empty: read.data.every((byte) => byte === 0x00) || read.data.every((byte) => byte === 0xff),
    began: momentIn(value, 'start') ?? momentIn(value, 'at') ?? momentIn(value, 'before'),
    ended: momentIn(value, 'end'),
    // Lowest byte first on the wire.
    operatorCode: operator instanceof Uint8Array ? toHex(operator.toReversed()).replaceAll(' ', '') : null,
    value: plain(value),
    frames: read.exchanges.flatMap(({ response }) => (response === null ? [] : [response])),
    exchanges: read.exchanges,
  }
}

type RecordData = IdentifierRead | Extract<EventRecordRead, { ok: false }>

const readPatiently = async (meter: FieldMeter, identifier: number, options: SignsOptions): Promise<RecordData> => {
  const target = { address: meter.config.address, identifier }
  const { maxFollowUpFrames, readAttempts } = meter.limits
  let last: RecordData | null = null
  for (let attempt = 0; attempt < readAttempts.scheduled; attempt += 1) {
    const turn = await meter.line.run(options, async (own) =>
      readIdentifier(own, meter, target, { maxFollowUpFrames, signal: options.signal }),
    )
    if (!turn.ok) return { ok: false, code: turn.code, detail: turnFailureWords[turn.code], exchanges: [] }
    last = turn.value
    noteAnswer(meter, turn.value.ok || turn.value.code !== 'no-answer')
    if (turn.value.ok || turn.value.code !== 'no-answer') break
  }
  return last ?? { ok: false, code: 'no-answer', detail: 'not asked', exchanges: [] }
}

const momentIn = (value: unknown, name: string): MeterMoment | null => {
  const found = partOf(value, name) as Moment | null | undefined
  if (found === null || found === undefined || typeof found !== 'object') return null
  const { year, month, day, hour, minute, second = 0 } = found
  if (year === undefined || month === undefined || day === undefined) return null
  if (hour === undefined || minute === undefined) return null
  return { year, month, day, hour, minute, second }
}

/** Bytes as hexadecimal digits, everything else as it is. */
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return toHex(value).replaceAll(' ', '')
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]))
}
