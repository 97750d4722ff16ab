import type { PurseReading } from '../../domain/meter-purchase.ts'
import type { PurchaseWriter } from '../../domain/purchase-writer.ts'
import { addMoney, microYuan, zeroMoney, type MicroYuan } from '../../domain/quantity.ts'

/** What happens to the next exchanges, in their order; when the list is empty all goes well. */
export type PurseFate =
  | 'well'
  /** The write does not reach the meter. */
  | 'lost'
  /** The write is taken, its answer is lost. */
  | 'answer-lost'
  | 'refused'
  /** The meter does not answer a reading. */
  | 'silent'

export type HandMadePurse = Readonly<{
  writer: PurchaseWriter
  /** What is really in the meter. */
  shows(): PurseReading
  use(amount: MicroYuan): void
  /** Somebody else buys at the meter, by card. */
  buyByCard(amount: MicroYuan): void
  fate: { reads: PurseFate[]; writes: PurseFate[] }
  writes(): number
}>

/** A meter's purse standing in for the field: it counts purchases and takes the next number only. */
export const createHandMadePurse = (purchaseCount = 0, balance: MicroYuan = zeroMoney): HandMadePurse => {
  let [count, money, last, writes] = [purchaseCount, balance, null as MicroYuan | null, 0]
  const fate: HandMadePurse['fate'] = { reads: [], writes: [] }
  const shows = (): PurseReading => ({ purchaseCount: count, balance: money, lastPurchase: last })
  const take = (amount: MicroYuan): void => {
    count += 1
    money = addMoney(money, amount)
    last = amount
  }
  return {
    writer: {
      readPurse: async () => (fate.reads.shift() === 'silent' ? null : shows()),
      write: async (_, { amount, purchaseCount: number }) => {
        writes += 1
        const what = fate.writes.shift() ?? 'well'
        if (what === 'lost') return { kind: 'unknown', reason: 'no answer' }
        if (what === 'refused') return { kind: 'refused', reason: 'hoarding limit' }
        if (number !== count + 1) return { kind: 'refused', reason: 'purchase count' }
        take(amount)
        return what === 'answer-lost' ? { kind: 'unknown', reason: 'no answer' } : { kind: 'accepted' }
      },
    },
    shows,
    use: (amount) => {
      money = microYuan(money - amount)
    },
    buyByCard: take,
    fate,
    writes: () => writes,
  }
}
