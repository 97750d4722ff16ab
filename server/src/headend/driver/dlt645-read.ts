import {
  decodeValue,
  identifierName,
  identifiers,
  type IdentifierName,
  type MeterErrors,
  type RequestOf,
} from '@xianfu/protocols'
import type { Exchange, Values } from '../headend.ts'
import type { Turn } from '../line/line.ts'
import { type Asker, failureOf } from './ask-line.ts'
import { ask } from './dlt645-ask.ts'
import { askerFor, type FieldMeter } from './field-meter.ts'
import type { ReadPlan } from './read-meter.ts'

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

/** One part for each identifier. */
export const dlt645ReadPlan = (meter: FieldMeter, items: readonly IdentifierName[]): ReadPlan => {
  const values: Partial<Record<IdentifierName, unknown>> = {}
  const times: Partial<Record<IdentifierName, number>> = {}
  return {
    parts: items.map((item) => ({
      name: item,
      read: async (turn, signal) => {
        const read = await readIdentifier(
          turn,
          askerFor(meter),
          { address: meter.config.address, identifier: identifiers[item].id },
          { maxFollowUpFrames: meter.limits.maxFollowUpFrames, signal },
        )
        if (!read.ok) return read
        const decoded = decodeValue(item, read.data)
        if (decoded.ok) {
          values[item] = decoded.value
          times[item] = read.at
        }
        const problem = decoded.ok ? null : ({ code: 'bad-answer', detail: `${item}: ${decoded.detail}` } as const)
        return { ok: true, at: read.at, problem, exchanges: read.exchanges }
      },
    })),
    finish: () => ({ values: values as Values, times, problem: null }),
  }
}

/**
 * Reads one identifier once: function 11, and function 12 for as long as the meter says that more follows. The frames
 * of one identifier share one turn, because a meter remembers only its last question.
 */
export const readIdentifier = async (
  turn: Turn,
  asker: Asker,
  target: Omit<RequestOf<'read'>, 'kind'>,
  options: Readonly<{ maxFollowUpFrames: number; signal?: AbortSignal | undefined; freshSinceMs?: number }>,
): Promise<IdentifierRead> => {
  const name = nameOf(target.identifier)
  const exchanges: Exchange[] = []
  const parts: Uint8Array[] = []
  for (let sequence = 0; sequence <= options.maxFollowUpFrames; sequence += 1) {
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
    if (!reply.more) return { ok: true, at: asked.exchange.at, data: join(parts), exchanges }
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

const join = (parts: readonly Uint8Array[]): Uint8Array => {
  const [only] = parts
  if (parts.length === 1 && only !== undefined) return only
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
