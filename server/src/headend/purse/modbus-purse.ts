import { planReads, registerSpan } from '@xianfu/protocols'
import type { WriteOutcome } from '../../domain/purchase-writer.ts'
import { failureOf } from '../driver/ask-line.ts'
import { noteAnswer, type FieldMeter, type ModbusUnit } from '../driver/field-meter.ts'
import { askModbus } from '../driver/modbus-ask.ts'
import { writeMessage } from '../driver/modbus-control.ts'
import { exceptionWords, readSpan } from '../driver/modbus-read.ts'
import { turnFailureWords } from '../driver/read-meter.ts'
import type { Exchange, PurseFailure, PurseOptions, PursePurchase } from '../headend.ts'
import type { Turn } from '../line/line.ts'
import type { PurseModel, PurseWriteModel } from '../model/meter-model.ts'
import { readRegister, registerNamed, type ReadSpan } from '../model/model-registers.ts'
import { fenOf, moneyOf, mostFen } from './fen.ts'
import type { PurseLanguage } from './purse.ts'

/**
 * A purse that stands in registers. Its registers hold the balance itself, so a purchase is written as the new balance
 * with the next count: looked up and written while the line is held, and only where the model says that it may be.
 */
export const modbusPurse = (meter: FieldMeter, unit: ModbusUnit, options: PurseOptions): PurseLanguage => {
  const { purse, name } = unit.model
  return {
    async read() {
      if (purse === null) return { ok: false, code: 'no-purse', detail: `the model ${name} has none`, exchanges: [] }
      const exchanges: Exchange[] = []
      const turn = await meter.line.run(options, async (line) =>
        lookWithPatience({ line, meter, unit, purse, options, exchanges }),
      )
      if (!turn.ok) return { ok: false, code: turn.code, detail: turnFailureWords[turn.code], exchanges }
      if (!turn.value.ok) return { ...turn.value, exchanges }
      const { count: purchaseCount, fen } = turn.value
      return { ok: true, purse: { purchaseCount, balance: moneyOf(Math.max(0, fen)), lastPurchase: null }, exchanges }
    },
    async write(purchase) {
      const exchanges: Exchange[] = []
      const writable = purse?.write ?? null
      if (purse === null || writable === null)
        return { kind: 'refused', reason: `the model ${name} takes no purchase by register`, exchanges }
      const turn = await meter.line.run(options, async (line) =>
        buy({ line, meter, unit, purse, options, exchanges }, writable, purchase),
      )
      return turn.ok
        ? { ...turn.value, exchanges }
        : { kind: 'unknown', reason: `not sent: ${turnFailureWords[turn.code]}`, exchanges }
    },
  }
}

type Visit = Readonly<{
  line: Turn
  meter: FieldMeter
  unit: ModbusUnit
  purse: PurseModel
  options: PurseOptions
  exchanges: Exchange[]
}>

/** `fen` is below zero in overdraft. */
type Looked = Readonly<{ ok: true; count: number; fen: number } | { ok: false; code: PurseFailure; detail: string }>

const lookWithPatience = async (visit: Visit): Promise<Looked> => {
  const startedAtMs = visit.meter.clock.elapsedMs()
  let looked = await look(visit, startedAtMs)
  const attempts = visit.meter.limits.readAttempts.person
  for (let attempt = 1; attempt < attempts && !looked.ok && looked.code === 'no-answer'; attempt += 1)
    looked = await look(visit, startedAtMs)
  return looked
}

const look = async ({ line, meter, unit, purse, options, exchanges }: Visit, freshSinceMs: number): Promise<Looked> => {
  const { model } = unit
  const spans: ReadSpan[] = []
  const wanted = [purse.balance, purse.purchaseCount].map((name) => registerSpan(registerNamed(model, name)))
  for (const span of planReads(wanted, model.reading)) {
    const read = await readSpan(line, meter, unit, span, options.signal, freshSinceMs)
    exchanges.push(...read.exchanges)
    if (!read.ok && read.code === 'no-answer') noteAnswer(meter, false)
    if (!read.ok) return { ok: false, code: read.code, detail: read.detail }
    noteAnswer(meter, true)
    spans.push({ ...span, data: read.data })
  }
  const balance = readRegister(model, purse.balance, spans)
  if (!balance.ok) return { ok: false, code: 'bad-answer', detail: balance.detail }
  const count = readRegister(model, purse.purchaseCount, spans)
  if (!count.ok) return { ok: false, code: 'bad-answer', detail: count.detail }
  return { ok: true, count: Number(count.value), fen: Number(balance.value) / microYuanPerFen }
}

const microYuanPerFen = 10_000
const mostPurchases = 0xffff
/** The exception that acknowledges a longer work, and the one that asks to come back. */
const notDoneYet: ReadonlySet<number> = new Set([0x05, 0x06])

const buy = async (
  visit: Visit,
  { balance, purchaseCount }: PurseWriteModel,
  purchase: PursePurchase,
): Promise<WriteOutcome> => {
  const { line, meter, unit, options, exchanges } = visit
  const wanted = fenOf(purchase.amount)
  if (wanted === null) return { kind: 'refused', reason: 'the amount cannot stand in a purchase' }
  const looked = await lookWithPatience(visit)
  if (!looked.ok) return { kind: 'unknown', reason: `not sent: ${looked.detail}` }
  // A register takes whatever is written to it: the meter's rule of the next count is kept here, in its place.
  if (looked.count === purchase.purchaseCount)
    return { kind: 'refused', reason: 'its purchase count has been used already' }
  if (looked.count !== purchase.purchaseCount - 1 || purchase.purchaseCount > mostPurchases)
    return { kind: 'refused', reason: 'the purchase count is not the next one' }
  const after = looked.fen + wanted
  if (after < 0) return { kind: 'refused', reason: 'the purchase does not cover the overdraft in the meter' }
  if (after > mostFen) return { kind: 'refused', reason: 'the balance would exceed what the meter can hold' }
  const order = { [purchaseCount]: purchase.purchaseCount, [balance]: after * microYuanPerFen }
  const message = writeMessage(unit.model, order)
  const asked = await askModbus(line, meter, unit, message, 'write purchase', options.signal)
  if (asked.kind !== 'not-sent') exchanges.push(asked.exchange)
  if (asked.kind === 'silence') noteAnswer(meter, false)
  if (asked.kind !== 'reply') {
    const { detail } = failureOf(asked)
    return { kind: 'unknown', reason: asked.kind === 'not-sent' ? `not sent: ${detail}` : detail }
  }
  noteAnswer(meter, true)
  const { reply } = asked
  if (reply.kind !== 'exception') return { kind: 'accepted' }
  const kind = notDoneYet.has(reply.exceptionCode) ? 'unknown' : 'refused'
  return { kind, reason: exceptionWords(reply) }
}
