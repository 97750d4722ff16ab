import { objectionToSpend } from '../domain/account.ts'
import { fen, type BuyRefusal } from '../domain/meter-purchase.ts'
import { addMoney, subtractMoney, type MicroYuan } from '../domain/quantity.ts'
import { insertPurchase, purseOfAccount, purseStanding } from '../store/meter-purchases.ts'
import { operate, type Asked, type OperateContext, type Operated } from './operate.ts'
import { loadOffer } from './purchase-offer.ts'

export type BuyForMeterInput = Asked & Readonly<{ accountId: number; meterId: number; amount: MicroYuan }>
type Bought = Readonly<{ purchaseId: string; balance: MicroYuan }>

/** A purchase that could not be brought into the meter within this goes back to the account (wall time). */
export const purchaseLifetimeMs = 24 * 3_600_000

/**
 * Buys for a meter with a purse of its own, out of the account's prepayment. The money is pending at once and can be
 * spent on nothing else; `flow/run-purchases` brings it into the meter. The plan's hoarding limit holds for the purse, too.
 */
export const createBuyForMeter =
  (context: OperateContext) =>
  async ({ accountId, meterId, amount, ...asked }: BuyForMeterInput): Promise<Operated<Bought, BuyRefusal>> => {
    const request = { ...asked, kind: 'buy-for-meter', accountIds: [accountId], input: { meterId, amount } } as const
    return operate(context, request, async ({ sql, standing, post, now: at, operationId: id }) => {
      const before = standing(accountId)
      const code = objectionToSpend(before, amount)
      if (code !== null) return { ok: false, code }
      if (amount % fen !== 0n) return { ok: false, code: 'not-whole-fen' }
      const purse = await purseStanding(sql, meterId)
      if (purse === null || purse.accountId !== accountId) return { ok: false, code: 'meter-not-of-account' }
      if (!purse.local) return { ok: false, code: 'not-local-mode' }
      if (purse.open) return { ok: false, code: 'purchase-already-open' }
      if (purse.disputed) return { ok: false, code: 'purse-disputed' }
      const limit = (await loadOffer(sql, accountId, at))?.hoardLimit ?? null
      const { shown, booked } = await purseOfAccount(sql, meterId, accountId)
      if (limit !== null && addMoney(shown ?? booked, amount) > limit) return { ok: false, code: 'above-hoard-limit' }
      await post([{ template: 'purchase-pending', accountId, meterId, amount, at }])
      await insertPurchase(sql, { id, accountId, meterId, amount, at, expiresAt: at + purchaseLifetimeMs })
      return { ok: true, result: { purchaseId: id, balance: subtractMoney(before.prepayment, amount) } }
    })
  }
