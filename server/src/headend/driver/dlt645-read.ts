import {
  decodeValue,
  identifierName,
  identifiers,
  joinBytes,
  type IdentifierName,
  type MeterErrors,
  type RequestOf,
} from '@xianfu/protocols'
import type { Exchange, Values } from '../headend.ts'
import type { Turn } from '../line/line.ts'
import { type Asker, failureOf } from './ask-line.ts'
import { ask } from './dlt645-ask.ts'
import { type FieldMeter } from './field-meter.ts'
import { coverWithBlocks, type Covered } from './dlt645-blocks.ts'
import type { ReadFailure, ReadPlan } from './read-meter.ts'

export type ReadFailureCode = 'no-answer' | 'bad-answer' | 'refused-by-meter' | 'gateway-offline' | 'cancelled'

/** The data of one identifier, or why there is none; with every exchange it took. */
export type IdentifierRead = Readonly<
  (
    | { ok: true; /** Wall time of the answer. */ at: number; data: Uint8Array }
    | {
        ok: false
        code: ReadFailureCode
        detail: string
        /** Of a meter that refused. */
        reasons?: MeterErrors['reasons']
      }
  ) & { exchanges: readonly Exchange[] }
>

/** Broken off between two frames, for a relay command; nothing is wrong, and it may be read anew. */
export type GaveWay = Readonly<{ ok: false; code: 'gave-way'; detail: string; exchanges: readonly Exchange[] }>

/** So often one read begins anew; then it is read to its end. */
const mostGivenWay = 3

/**
 * One part for each identifier that has to be asked for: several values of one block come with the block. A meter that
 * does not have the block is asked for its parts one by one, then and later.
 */
export const dlt645ReadPlan = (meter: FieldMeter, items: readonly IdentifierName[]): ReadPlan => {
  const values: Partial<Record<IdentifierName, unknown>> = {}
  const times: Partial<Record<IdentifierName, number>> = {}
  const parts: ReadPlan['parts'][number][] = []

  let givenWay = 0
  const partFor = ({ ask: name, brings }: Covered): ReadPlan['parts'][number] => ({
    name,
    read: async (turn, signal) => {
      const read = await readFrames(
        turn,
        meter,
        { address: meter.config.address, identifier: identifiers[name].id },
        {
          maxFollowUpFrames: meter.limits.maxFollowUpFrames,
          signal,
          givesWay: () => givenWay < mostGivenWay && turn.relayWaits?.() === true,
        },
      )
      if (!read.ok && read.code === 'gave-way') givenWay += 1
      const isOwn = brings.some((one) => one.name === name)
      if (!read.ok && read.code === 'refused-by-meter' && !isOwn) {
        meter.learnt.refusedBlocks = new Set([...meter.learnt.refusedBlocks, name])
        parts.push(...brings.map((one) => partFor({ ask: one.name, brings: [{ name: one.name, take: null }] })))
        return { ok: true, at: meter.clock.now(), problem: null, exchanges: read.exchanges }
      }
      if (!read.ok) return read
      const decoded = decodeValue(name, read.data)
      if (!decoded.ok)
        return {
          ok: true,
          at: read.at,
          problem: { code: 'bad-answer', detail: `${name}: ${decoded.detail}` },
          exchanges: read.exchanges,
        }
      let problem: ReadFailure | null = null
      for (const one of brings) {
        const value = one.take === null ? decoded.value : one.take(decoded.value)
        if (value === undefined) {
          problem = { code: 'refused-by-meter', detail: `${one.name}: the block ${name} does not have it` }
          continue
        }
        values[one.name] = value
        times[one.name] = read.at
      }
      return { ok: true, at: read.at, problem, exchanges: read.exchanges }
    },
  })

  parts.push(...coverWithBlocks(items, meter.learnt.refusedBlocks).map(partFor))
  return { parts, finish: () => ({ values: values as Values, times, problem: null }) }
}

type FrameOptions = Readonly<{
  maxFollowUpFrames: number
  signal?: AbortSignal | undefined
  freshSinceMs?: number
}>

/**
 * Reads one identifier once: function 11, and function 12 for as long as the meter says that more follows. The frames
 * of one identifier share one turn, because a meter remembers only its last question.
 */
export const readIdentifier = async (
  turn: Turn,
  asker: Asker,
  target: Omit<RequestOf<'read'>, 'kind'>,
  options: FrameOptions,
): Promise<IdentifierRead> => {
  const read = await readFrames(turn, asker, target, { ...options, givesWay: () => false })
  if (!read.ok && read.code === 'gave-way') throw new Error('A read gave way that was not to.')
  return read
}

/** The same, but between two frames it may give way, and is then to begin anew. */
const readFrames = async (
  turn: Turn,
  asker: Asker,
  target: Readonly<{ address: string; identifier: number }>,
  options: FrameOptions & Readonly<{ givesWay(): boolean }>,
): Promise<IdentifierRead | GaveWay> => {
  const name = nameOf(target.identifier)
  const exchanges: Exchange[] = []
  const parts: Uint8Array[] = []
  for (let sequence = 0; sequence <= options.maxFollowUpFrames; sequence += 1) {
    if (sequence > 0 && options.givesWay())
      return { ok: false, code: 'gave-way', detail: `${name}: a relay command passes`, exchanges }
    const asked =
      sequence === 0
        ? await ask(turn, asker, { kind: 'read', ...target }, `read ${name}`, options.signal, options.freshSinceMs)
        : await ask(
            turn,
            asker,
            { kind: 'read-follow-up', address: target.address, identifier: target.identifier, sequence },
            `read ${name}, follow-up ${String(sequence)}`,
            options.signal,
          )
    if (asked.kind !== 'not-sent') exchanges.push(asked.exchange)
    if (asked.kind !== 'reply') return { ok: false, ...failureOf(asked), exchanges }
    const { reply } = asked
    if (reply.kind === 'error')
      return {
        ok: false,
        code: 'refused-by-meter',
        detail: `${name}: ${errorWords(reply.errors)}`,
        reasons: reply.errors.reasons,
        exchanges,
      }
    if (reply.kind !== 'read' && reply.kind !== 'read-follow-up')
      return { ok: false, code: 'bad-answer', detail: `${name}: the answer is of another kind`, exchanges }
    parts.push(reply.data)
    if (!reply.more) return { ok: true, at: asked.exchange.at, data: joined(parts), exchanges }
  }
  return {
    ok: false,
    code: 'bad-answer',
    detail: `${name}: more than ${String(options.maxFollowUpFrames)} follow-up frames`,
    exchanges,
  }
}

/** The identifier's name where we know it, else its eight digits. */
export const nameOf = (identifier: number): string =>
  identifierName(identifier) ?? identifier.toString(16).toUpperCase().padStart(8, '0')

export const errorWords = (errors: MeterErrors): string =>
  errors.reasons.length === 0 ? `the meter refused (${errors.raw.toString(16)}H)` : errors.reasons.join(', ')

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const [only] = parts
  return parts.length === 1 && only !== undefined ? only : joinBytes(parts)
}
