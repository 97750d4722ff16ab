import { quoteTopUp, refund, type PurchaseWish as WishText } from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import { needsSecondPerson } from '../domain/counter-operation.ts'
import type { PurchaseWish } from '../domain/purchase-amount.ts'
import { formatPercent, parseKwh, parseMoney, type MicroYuan } from '../domain/quantity.ts'
import { quotePurchase } from '../flow/quote-purchase.ts'
import type { ApiAbilities } from './abilities.ts'
import { moneyText } from './present.ts'
import { ApiProblem, type ProblemField } from './problem.ts'
import { createRegister, type WhoIs } from './register.ts'

/** Buying before the money is taken, and giving money back. */
export const purchaseRoutes = (
  app: FastifyInstance,
  { database, clock, refund: giveBack }: ApiAbilities,
  whoIs: WhoIs,
): void => {
  const register = createRegister(app, whoIs, database)

  register.guarded(quoteTopUp, 'top-up', async ({ params: { id }, query: { amount, kwh, days } }) => {
    const quoted = await quotePurchase(database, id, askedFor(amount, kwh, days), clock.now())
    if (!quoted.ok) throw new ApiProblem(quoted.code)
    const optional = (money: MicroYuan | null) => (money === null ? null : moneyText(money))
    return {
      amount: moneyText(quoted.amount),
      toDebt: moneyText(quoted.toDebt),
      toBalance: moneyText(quoted.toBalance),
      balance: moneyText(quoted.balance),
      balanceAfter: moneyText(quoted.balanceAfter),
      debt: moneyText(quoted.debt),
      debtAfter: moneyText(quoted.debtAfter),
      minimum: optional(quoted.minimum),
      hoardLimit: optional(quoted.hoardLimit),
      debtPercent: quoted.debtShare === null ? null : formatPercent(quoted.debtShare),
      refusal: quoted.refusal?.code ?? null,
    }
  })

  register.guarded(refund, 'refund', async ({ params: { id: accountId }, body: { key, amount, reason } }, caller) => {
    const money = understood(parseMoney(amount), 'amount', amount)
    if (needsSecondPerson('refund', money, true)) throw new ApiProblem('more-than-alone')
    const asked = { key, reason, operatorId: caller.id, channel: 'cash-counter' } as const
    const given = await giveBack({ ...asked, accountId, amount: money })
    if (!given.ok) throw new ApiProblem(given.code)
    return { operationId: given.operationId, fresh: given.fresh, balance: moneyText(given.result.balance) }
  })
}

/** The contract lets through exactly one of the three. */
const askedFor = (amount?: string, kwh?: string, days?: number): PurchaseWish => {
  if (amount !== undefined) return { kind: 'amount', amount: understood(parseMoney(amount), 'amount', amount) }
  return wishOf(kwh === undefined ? { kind: 'time', days: days ?? 0 } : { kind: 'energy', kwh })
}

export const wishOf = (wish: WishText): PurchaseWish =>
  wish.kind === 'time' ? wish : { kind: 'energy', energy: understood(parseKwh(wish.kwh), 'kwh', wish.kwh) }

export const understood = <T>(value: T | null, path: string, message: string): T => {
  if (value === null) throw new ApiProblem('bad-input', [{ path, message }])
  return value
}

/** The limit that a payment ran against, in both languages. */
export const limitField = ({
  code,
  limit,
}: Readonly<{ code: 'below-minimum' | 'above-hoard-limit'; limit: MicroYuan }>): ProblemField => ({
  path: 'amount',
  message:
    code === 'below-minimum'
      ? `至少 ${moneyText(limit)} 元 / at least ${moneyText(limit)} yuan`
      : `余额上限 ${moneyText(limit)} 元 / at most ${moneyText(limit)} yuan may stand there`,
})
