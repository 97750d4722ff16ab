import {
  modbusExceptionName,
  planReads,
  registerSpan,
  type IdentifierName,
  type ModbusReply,
  type RegisterSpan,
} from '@xianfu/protocols'
import type { Exchange, Values } from '../headend.ts'
import type { Turn } from '../line/line.ts'
import { registerNamed, type ReadSpan } from '../model/model-registers.ts'
import { itemValue, registersFor } from '../model/model-values.ts'
import { type Asker, failureOf } from './ask-line.ts'
import type { ModbusUnit } from './field-meter.ts'
import { askModbus } from './modbus-ask.ts'
import type { PartRead, ReadFailure, ReadPlan } from './read-meter.ts'

/** The fewest reads of registers that bring all of the items; the values are made when all have come. */
export const modbusReadPlan = (asker: Asker, unit: ModbusUnit, items: readonly IdentifierName[]): ReadPlan => {
  const { model, wiring } = unit
  const spans: (ReadSpan & Readonly<{ at: number }>)[] = []
  /** One item may lie in several spans: it is taken to be as old as the first of them. */
  const readAt = (item: IdentifierName): number =>
    Math.min(
      ...(registersFor(model, item) ?? []).flatMap((name) => {
        const { start } = registerSpan(registerNamed(model, name))
        return spans.filter((span) => span.start <= start && start < span.start + span.count).map(({ at }) => at)
      }),
    )
  const names = new Set(items.flatMap((item) => registersFor(model, item) ?? []))
  const wanted = [...names].map((name) => registerSpan(registerNamed(model, name)))
  return {
    parts: planReads(wanted, model.reading).map((span) => ({
      name: spanWords(span),
      read: async (turn, signal): Promise<PartRead> => {
        const { exchanges, ...read } = await readSpan(turn, asker, unit, span, signal)
        if (!read.ok) return { ...read, exchanges }
        spans.push({ ...span, data: read.data, at: read.at })
        return { ok: true, at: read.at, problem: null, exchanges }
      },
    })),
    finish() {
      const values: Partial<Record<IdentifierName, unknown>> = {}
      const times: Partial<Record<IdentifierName, number>> = {}
      let problem: ReadFailure | null = null
      for (const item of items) {
        const made = itemValue(model, item, spans, wiring)
        if (made.ok) {
          values[item] = made.value
          times[item] = readAt(item)
        } else
          problem ??= {
            code: model.items[item] === undefined ? 'refused-by-meter' : 'bad-answer',
            detail: `${item}: ${made.detail}`,
          }
      }
      return { values: values as Values, times, problem }
    },
  }
}

export type SpanRead = Readonly<
  (
    | { ok: true; at: number; data: Uint8Array }
    | {
        ok: false
        code: 'no-answer' | 'bad-answer' | 'refused-by-meter' | 'gateway-offline' | 'cancelled'
        detail: string
      }
  ) & { exchanges: readonly Exchange[] }
>

/** One read of registers, once. */
export const readSpan = async (
  turn: Turn,
  asker: Asker,
  unit: ModbusUnit,
  span: RegisterSpan,
  signal: AbortSignal | undefined,
  freshSinceMs = 0,
): Promise<SpanRead> => {
  const words = spanWords(span)
  const asked = await askModbus(
    turn,
    asker,
    unit,
    { kind: unit.model.table.readWith, ...span },
    `read ${words}`,
    signal,
    freshSinceMs,
  )
  const exchanges = asked.kind === 'not-sent' ? [] : [asked.exchange]
  if (asked.kind !== 'reply') return { ok: false, ...failureOf(asked), exchanges }
  const { reply, exchange } = asked
  if (reply.kind === 'exception')
    return { ok: false, code: 'refused-by-meter', detail: `${words}: ${exceptionWords(reply)}`, exchanges }
  if (!('data' in reply))
    return { ok: false, code: 'bad-answer', detail: `${words}: the answer is of another kind`, exchanges }
  return { ok: true, at: exchange.at, data: reply.data, exchanges }
}

/** Registers as manuals write them. */
const spanWords = ({ start, count }: RegisterSpan): string =>
  `${start.toString(16).toUpperCase().padStart(4, '0')}H × ${String(count)}`

export const exceptionWords = ({ exceptionCode }: Extract<ModbusReply, { kind: 'exception' }>): string =>
  `${modbusExceptionName(exceptionCode)} (exception ${String(exceptionCode)})`
