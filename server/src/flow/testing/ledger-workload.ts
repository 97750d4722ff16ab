import type { Clock } from '../../domain/clock.ts'
import { microYuan, type MicroYuan } from '../../domain/quantity.ts'
import { createFreeze, createUnfreeze } from '../freeze.ts'
import type { MoneyContext } from '../operate.ts'
import { createChargeFee } from '../owed-money.ts'
import { createPay } from '../pay.ts'
import { createRefund } from '../refund.ts'
import { createReverse } from '../reverse.ts'
import { settleReadings } from '../settle.ts'
import { createTransferMoney } from '../transfer-money.ts'
import { readingAt, type Site } from './site.ts'

/** What a writer was told of one thing that it asked for. */
export type Answer = Readonly<{
  kind: 'pay' | 'refund' | 'transfer' | 'freeze' | 'unfreeze' | 'fee' | 'reverse' | 'charge'
  key: string
  accountId: number
  ok: boolean
  /** A refusal code, or null. */
  code: string | null
  fresh: boolean
  operationId: string | null
  tookMs: number
}>

export type Writer = Readonly<{
  /** Does one thing at random, and sometimes the one before once more. */
  step(): Promise<Answer>
}>

export type WriterOptions = Readonly<{
  context: MoneyContext
  site: Site
  /** Makes its keys its own. */
  name: string
  random: () => number
  /** What a meter shows at a time; never falls. */
  totalWhAt: (at: number) => bigint
}>

/** A small generator of chance from a seed (mulberry32), so that a run can be had again. */
export const seeded = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

type Result = Readonly<{ ok: boolean; code?: string; fresh?: boolean; operationId?: string; paymentId?: string }>
type Thing = Readonly<{ kind: Answer['kind']; key: string; accountId: number; send: () => Promise<Result> }>

/** How often each is done, of a hundred. */
const shares: readonly (readonly [Answer['kind'] | 'repeat', number])[] = [
  ['pay', 30],
  ['transfer', 18],
  ['charge', 18],
  ['refund', 8],
  ['freeze', 6],
  ['unfreeze', 6],
  ['fee', 4],
  ['reverse', 4],
  ['repeat', 6],
]

export const createWriter = ({ context, site, name, random, totalWhAt }: WriterOptions): Writer => {
  const { clock }: { clock: Clock } = context
  let [count, last, payment] = [0, null as Thing | null, null as string | null]
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
  const some = (): MicroYuan => microYuan(BigInt(Math.ceil(random() * 9_000_000)))

  const choose = (): Answer['kind'] | 'repeat' => {
    let left = random() * 100
    return shares.find(([, share]) => (left -= share) < 0)?.[0] ?? 'pay'
  }

  const things: Readonly<Record<Answer['kind'], (key: string, accountId: number) => () => Promise<Result>>> = {
    pay: (key, accountId) => {
      const cashier = random() < 0.3 ? site.cashierId : null
      const input = { key, accountId, amount: some(), channel: 'cash-counter', operatorId: cashier } as const
      return async () => createPay(context.database, clock, context.ids)(input)
    },
    refund: (key, accountId) => {
      const input = { ...asked(key), accountId, amount: some(), channel: pick(['cash-counter', 'alipay'] as const) }
      return async () => createRefund(context)(input)
    },
    transfer: (key, accountId) => {
      const input = { ...asked(key), fromAccountId: accountId, toAccountId: pick(site.accountIds), amount: some() }
      return async () => createTransferMoney(context)(input)
    },
    freeze: (key, accountId) => {
      const input = { ...asked(key), accountId, amount: some() }
      return async () => createFreeze(context)(input)
    },
    unfreeze: (key, accountId) => {
      const input = { ...asked(key), accountId, amount: some() }
      return async () => createUnfreeze(context)(input)
    },
    fee: (key, accountId) => {
      const input = { ...asked(key), accountId, amount: some() }
      return async () => createChargeFee(context)(input)
    },
    reverse: (key) => {
      const input = { ...asked(key), operationId: payment ?? '00000000-0000-0000-0000-000000000000' }
      payment = null
      return async () => createReverse(context)(input)
    },
    charge: () => {
      // Several meters in one batch, as the collector brings them: many accounts locked at once.
      const at = clock.now()
      const readings = site.meterIds.filter(() => random() < 0.5).map((id) => readingAt(id, at, totalWhAt(at)))
      return async () => {
        const { held } = await settleReadings(context.database, context.ids, readings, clock.now())
        return { ok: held === 0, fresh: true, ...(held > 0 && { code: 'held' }) }
      }
    },
  }
  const asked = (key: string) => ({ key, reason: 'workload', operatorId: site.cashierId })

  return {
    async step() {
      const kind = choose()
      const repeated = kind === 'repeat' ? last : null
      const thing = repeated ?? make(kind === 'repeat' ? 'pay' : kind)
      last = thing
      const started = clock.elapsedMs()
      const result = await thing.send()
      const operationId = result.operationId ?? result.paymentId ?? null
      if (thing.kind === 'pay' && result.ok && random() < 0.3) payment = operationId
      return {
        kind: thing.kind,
        key: thing.key,
        accountId: thing.accountId,
        ok: result.ok,
        code: result.code ?? null,
        fresh: result.fresh ?? false,
        operationId,
        tookMs: clock.elapsedMs() - started,
      }
    },
  }

  function make(kind: Answer['kind']): Thing {
    count += 1
    const [key, accountId] = [`${name}/${String(count)}`, pick(site.accountIds)]
    return { kind, key, accountId, send: things[kind](key, accountId) }
  }
}
