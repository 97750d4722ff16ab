import { readDay, readFeed, type FeedItem } from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import { viewFeedAlarms, viewFeedCommands, viewFeedNotices, viewFeedPayments } from '../store/view/feed.ts'
import type { ApiAbilities } from './abilities.ts'
import type { DaySoFar } from './day-so-far.ts'
import { moneyText } from './present.ts'
import { createRegister, type WhoIs } from './register.ts'

const itemsShown = 40
const paymentsOfMs = 24 * 3_600_000

/** What happens on the site: the newest of four kinds, and the day hour by hour. */
export const feedRoutes = (
  app: FastifyInstance,
  { database, clock }: ApiAbilities,
  whoIs: WhoIs,
  daySoFar: DaySoFar,
): void => {
  const register = createRegister(app, whoIs, database)

  register.guarded(readFeed, 'view', async (_, { sites }) => {
    const [payments, commands, notices, alarms] = await Promise.all([
      viewFeedPayments(database, clock.now() - paymentsOfMs, itemsShown, sites),
      viewFeedCommands(database, itemsShown, sites),
      viewFeedNotices(database, itemsShown, sites),
      viewFeedAlarms(database, itemsShown, sites),
    ])
    const items: FeedItem[] = [
      ...payments.map(({ id, at, place, meter_id: meterId, amount, balance_after: balance }) => ({
        kind: 'payment' as const,
        id: `payment ${id}`,
        at,
        place,
        meterId,
        amount: moneyText(amount),
        balance: moneyText(balance),
      })),
      ...commands.map(({ id, at, place, meter_id: meterId, command, outcome }) => ({
        kind: 'command' as const,
        id: `command ${String(id)}`,
        at,
        place,
        meterId,
        command,
        outcome,
      })),
      ...notices.map(({ id, at, place, meter_id: meterId, notice }) => ({
        kind: 'notice' as const,
        id: `notice ${String(id)}`,
        at,
        place,
        meterId,
        notice,
      })),
      ...alarms.map(({ id, at, place, meter_id: meterId, alarm, over }) => ({
        kind: 'alarm' as const,
        id: `alarm ${String(id)}`,
        at,
        place,
        meterId,
        alarm,
        over,
      })),
    ]
    return { items: items.sort((a, b) => b.at - a.at).slice(0, itemsShown) }
  })

  register.guarded(readDay, 'view', async (_, { sites }) => {
    const { from, hours } = await daySoFar(sites)
    return {
      from,
      hours: hours.map(({ at, used_wh: usedWh, charged, paid }) => ({
        at,
        usedWh: String(usedWh),
        charged: moneyText(charged),
        paid: moneyText(paid),
      })),
    }
  })
}
