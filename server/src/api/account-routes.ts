import { listEntries, listMessages, readOverview, topUp } from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import { localDayText } from '../domain/calendar.ts'
import { parseMoney } from '../domain/quantity.ts'
import { accountExists, viewEntries, viewMessages, type EntryView } from '../store/view/account.ts'
import { viewGateways, viewOpenAlarms, viewOverview } from '../store/view/overview.ts'
import type { ApiAbilities } from './abilities.ts'
import type { DaySoFar } from './day-so-far.ts'
import { byReach } from './by-reach.ts'
import { localMidnight } from './local-midnight.ts'
import { moneyText } from './present.ts'
import { ApiProblem } from './problem.ts'
import { limitField, wishOf } from './purchase-routes.ts'
import { createRegister, type WhoIs } from './register.ts'
import { shareReads } from './share-reads.ts'

export const accountRoutes = (
  app: FastifyInstance,
  { database, clock, pay, system }: ApiAbilities,
  whoIs: WhoIs,
  daySoFar: DaySoFar,
): void => {
  const register = createRegister(app, whoIs, database)

  register.guarded(listEntries, 'view', async ({ params: { id } }) => {
    if (!(await accountExists(database, id))) throw new ApiProblem('unknown-account')
    const entries = await viewEntries(database, id)
    return {
      entries: entries.map((row) => ({
        id: row.id,
        at: row.at,
        kind: row.kind,
        amount: moneyText(row.amount),
        balance: moneyText(row.balance_after),
        text: textOf(row),
        usedWh: row.used_wh === null ? null : String(row.used_wh),
      })),
    }
  })

  register.guarded(topUp, 'top-up', async ({ params: { id }, body: { key, amount, wish, means: channel } }, caller) => {
    const money = parseMoney(amount)
    if (money === null) throw new ApiProblem('bad-input', [{ path: 'amount', message: amount }])
    const asked = wish === undefined ? {} : { wish: wishOf(wish) }
    const by = { channel, operatorId: caller.id }
    const result = await pay({ accountId: id, key, amount: money, ...by, ...asked })
    if (!result.ok) throw new ApiProblem(result.code, 'limit' in result ? [limitField(result)] : [])
    return {
      paymentId: result.paymentId,
      fresh: result.fresh,
      amount: moneyText(result.amount),
      toDebt: moneyText(result.toDebt),
      balance: moneyText(result.balance),
      stage: result.stage,
      restoring: [...result.restoring],
    }
  })

  register.guarded(listMessages, 'view', async ({ query: { account } }, { sites }) => {
    const messages = await viewMessages(database, account ?? null, sites)
    return {
      messages: messages.map(({ id, at, notice, channel, recipient, text, state, attempts, ...row }) => ({
        id: Number(id),
        at,
        account: { id: row.account_id, number: row.account_number, customerName: row.customer_name },
        notice,
        channel,
        recipient,
        text,
        state,
        attempts,
        sentAt: row.sent_at,
        notBefore: row.not_before,
        deliveredAt: row.delivered_at,
      })),
    }
  })

  const overview = byReach((reach) =>
    shareReads(async () => {
      const now = clock.now()
      const [{ hours }, figures, gateways, alarms] = await Promise.all([
        daySoFar(reach),
        viewOverview(database, localDayText(now, system.timeZone), localMidnight(now, system.timeZone), reach),
        viewGateways(database, reach),
        viewOpenAlarms(database, reach),
      ])
      const charged = hours.reduce((sum, hour) => sum + hour.charged, 0n)
      return {
        now,
        meters: {
          total: Number(figures.meters),
          relayOpen: Number(figures.relay_open),
          relayUnknown: Number(figures.relay_unknown),
          notAnswering: Number(figures.not_answering),
        },
        accounts: {
          normal: Number(figures.normal),
          warned: Number(figures.warned),
          stopNotified: Number(figures.stop_notified),
          cutOff: Number(figures.cut_off),
        },
        alarms: alarms.map(({ kind, severity, open }) => ({ kind, severity, open: Number(open) })),
        gateways: gateways.map(({ id, code, online, online_since: since }) => ({ id, code, online, since })),
        readsToday: { good: Number(figures.good), held: Number(figures.held), failed: Number(figures.failed) },
        moneyInToday: moneyText(figures.money_in),
        chargedToday: moneyText(charged),
        paymentToPower: {
          count: Number(figures.restored),
          p50Ms: figures.p50_ms,
          p95Ms: figures.p95_ms,
          p99Ms: figures.p99_ms,
          worstMs: figures.worst_ms,
          running: Number(figures.restoring),
          late: Number(figures.late),
        },
      }
    }, clock),
  )
  register.guarded(readOverview, 'view', async (_, { sites }) => overview(sites))
}

/** What the entry was for: the channel of a payment, the metering point of a charge. */
const textOf = ({ channel, place, kind }: EntryView): string => channel ?? place ?? kind
