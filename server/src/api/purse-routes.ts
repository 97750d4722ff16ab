import { buyForMeter, readPurse, signAgreement } from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import { microYuan, parseMoney, type MicroYuan } from '../domain/quantity.ts'
import { loadOffer } from '../flow/purchase-offer.ts'
import { accountExists } from '../store/view/account.ts'
import { viewPurchases, viewPurse, type PurchaseView } from '../store/view/purse.ts'
import type { ApiAbilities } from './abilities.ts'
import { moneyText } from './present.ts'
import { ApiProblem } from './problem.ts'
import { createRegister, type WhoIs } from './register.ts'

/** Meters that keep their own balance (本地费控): what is in them, buying for them, and signing for it. */
export const purseRoutes = (
  app: FastifyInstance,
  { database, clock, buyForMeter: buy, signAgreement: sign }: ApiAbilities,
  whoIs: WhoIs,
): void => {
  const register = createRegister(app, whoIs, database)

  register.guarded(readPurse, 'view', async ({ params: { id } }) => {
    const purse = await viewPurse(database, id)
    if (purse === null) throw new ApiProblem('unknown-meter')
    const { account_id: accountId, shown, purchase_count: purchaseCount, read_at: at } = purse
    const offer = accountId === null ? null : await loadOffer(database, accountId, clock.now())
    const hoardLimit = offer?.hoardLimit ?? null
    return {
      mode: purse.mode,
      shown:
        shown === null || purchaseCount === null || at === null
          ? null
          : { balance: moneyText(shown), purchaseCount, at },
      booked: moneyText(purse.booked),
      pending: moneyText(purse.pending),
      available: moneyText(purse.available),
      hoardLimit: hoardLimit === null ? null : moneyText(hoardLimit),
      dispute: purse.dispute,
      purchases: (await viewPurchases(database, id)).map(presentPurchase),
    }
  })

  register.guarded(buyForMeter, 'top-up', async ({ params: { id: meterId }, body: { key, amount } }, caller) => {
    const purse = await viewPurse(database, meterId)
    if (purse === null) throw new ApiProblem('unknown-meter')
    const { account_id: accountId } = purse
    if (accountId === null) throw new ApiProblem('meter-without-account')
    const asked = { key, reason: '', operatorId: caller.id }
    const bought = await buy({ ...asked, accountId, meterId, amount: moneyOf('amount', amount) })
    if (!bought.ok) throw new ApiProblem(bought.code)
    const { purchaseId, balance } = bought.result
    return { purchaseId, fresh: bought.fresh, balance: moneyText(balance) }
  })

  register.guarded(signAgreement, 'sign', async ({ params: { id: accountId }, body }, caller) => {
    if (!(await accountExists(database, accountId))) throw new ApiProblem('unknown-account')
    const { key, reason, effectiveFrom = null, noticeLeadMinutes, alarm1, alarm2, cutOff, restore, ...plain } = body
    const change = {
      ...withoutUndefined(plain),
      ...withoutUndefined({
        alarm1: optional('alarm1', alarm1),
        alarm2: optional('alarm2', alarm2),
        cutOff: optional('cutOff', cutOff),
        restore: optional('restore', restore),
        noticeLeadMs: noticeLeadMinutes === undefined ? undefined : noticeLeadMinutes * 60_000,
      }),
    }
    const signed = await sign({ key, reason, operatorId: caller.id, accountId, change, effectiveFrom })
    if (!signed.ok) throw new ApiProblem(signed.code)
    return { ...signed.result, fresh: signed.fresh }
  })
}

const moneyOf = (path: string, text: string): MicroYuan => {
  const money = parseMoney(text)
  if (money === null) throw new ApiProblem('bad-input', [{ path, message: text }])
  return microYuan(money)
}

const optional = (path: string, text: string | undefined): MicroYuan | undefined =>
  text === undefined ? undefined : moneyOf(path, text)

type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> }
const withoutUndefined = <T extends object>(given: T): Given<T> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Given<T>

const presentPurchase = (row: PurchaseView) => ({
  id: row.id,
  at: row.at,
  amount: moneyText(row.amount),
  state: row.state,
  resolving: row.state === 'written',
  provingCount: row.proving_count,
  attempts: row.attempts,
  expiresAt: row.expires_at,
  finishedAt: row.finished_at,
  operator: row.operator,
  life: [...row.life],
})
