import { amountOf, type PurchaseWish, type WishRefusal } from '../domain/purchase-amount.ts'
import { addMoney, subtractMoney, type MicroYuan, type Ratio } from '../domain/quantity.ts'
import { decidePurchase, splitPurchase } from '../domain/tariff/purchase.ts'
import type { Sql } from '../store/database.ts'
import type { PayLimit } from './abilities.ts'
import { loadOffer } from './purchase-offer.ts'

/** What a purchase would do at this moment; nothing is moved and nothing is promised. */
export type Quoted = Readonly<{
  ok: true
  amount: MicroYuan
  toDebt: MicroYuan
  toBalance: MicroYuan
  balance: MicroYuan
  balanceAfter: MicroYuan
  debt: MicroYuan
  debtAfter: MicroYuan
  minimum: MicroYuan | null
  hoardLimit: MicroYuan | null
  debtShare: Ratio | null
  /** Why it would be refused, and the limit that stands in the way. */
  refusal: Readonly<{ code: PayLimit; limit: MicroYuan }> | null
}>

export type QuoteRefusal = WishRefusal | 'unknown-account' | 'account-closed'

export const quotePurchase = async (
  sql: Sql,
  accountId: number,
  wish: PurchaseWish,
  now: number,
): Promise<Quoted | Readonly<{ ok: false; code: QuoteRefusal }>> => {
  const offer = await loadOffer(sql, accountId, now)
  if (offer === null) return { ok: false, code: 'unknown-account' }
  if (offer.closed) return { ok: false, code: 'account-closed' }
  const wished = amountOf(wish, offer.quote)
  if (!wished.ok) return wished
  const { amount } = wished
  const { balance, debt, hoardLimit, rule } = offer
  const decision = decidePurchase({ ...rule, hoardLimit }, { amount, balance, debt })
  const refused = decision.ok ? null : decision
  if (refused?.code === 'not-positive') return { ok: false, code: 'nothing-to-pay' }
  const { toDebt, toBalance } = splitPurchase(rule, { amount, debt })
  return {
    ok: true,
    amount,
    toDebt,
    toBalance,
    balance,
    balanceAfter: addMoney(balance, toBalance),
    debt,
    debtAfter: subtractMoney(debt, toDebt),
    minimum: rule.minimum,
    hoardLimit,
    debtShare: rule.debtShare,
    refusal: refused === null ? null : { code: refused.code, limit: refused.limit },
  }
}
