import { listDifferences, reconcileChannel, resolveDifference } from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import { localDayText, localTime, startOfLocalDay } from '../domain/calendar.ts'
import { readChannelFile } from '../domain/reconciliation-file.ts'
import { viewChannelDifferences } from '../store/view/reconciliation.ts'
import type { ApiAbilities } from './abilities.ts'
import { moneyText } from './present.ts'
import { ApiProblem } from './problem.ts'
import { createRegister, type WhoIs } from './register.ts'

/** A file of five million characters, each of which may take four bytes, and what JSON adds. */
const fileLimitBytes = 24 * 1024 * 1024
/** What is shown of it at once; all of it is kept. */
const differencesShown = 500
const problemsShown = 10

/** The books against payment channels, and what was different. */
export const reconciliationRoutes = (app: FastifyInstance, abilities: ApiAbilities, whoIs: WhoIs): void => {
  const { database, system } = abilities
  const register = createRegister(app, whoIs, database)

  register.guarded(
    reconcileChannel,
    'refund',
    async ({ body: { channel, firstDay, lastDay, file, reference, amount, unit, delimiter } }, { id: operatorId }) => {
      const [from, to] = [dayStart(firstDay, 0, system.timeZone), dayStart(lastDay, 1, system.timeZone)]
      if (from >= to) throw new ApiProblem('span-out-of-order')
      const columns = {
        reference,
        amount,
        unit,
        delimiter: delimiter === 'tab' ? ('\t' as const) : delimiter,
        at: null,
        only: null,
      }
      const read = readChannelFile(file, columns)
      if (!read.ok)
        throw new ApiProblem(
          'file-not-understood',
          read.problems.slice(0, problemsShown).map(({ line, words }) => ({
            path: `line ${String(line)}`,
            message: `第 ${String(line)} 行无法识别（${words}） / line ${String(line)}: ${words}`,
          })),
        )
      const { comparison, known, fresh } = await abilities.reconcileChannel({
        channel,
        rows: read.rows,
        from,
        to,
        operatorId,
      })
      const { matched, matchedAmount, ours, theirs, differences } = comparison
      return {
        matched,
        matchedAmount: moneyText(matchedAmount),
        ours: { count: ours.count, amount: moneyText(ours.amount) },
        theirs: { count: theirs.count, amount: moneyText(theirs.amount) },
        differences: differences.slice(0, differencesShown).map((one) => ({
          kind: one.kind,
          reference: one.reference,
          ours: one.ours === null ? null : moneyText(one.ours.amount),
          theirs: one.theirs === null ? null : moneyText(one.theirs.amount),
          lines: [...(one.theirs?.lines ?? [])],
        })),
        more: Math.max(0, differences.length - differencesShown),
        known,
        fresh,
      }
    },
    { bodyLimit: fileLimitBytes },
  )

  register.guarded(listDifferences, 'view', async (_, { sites }) => ({
    differences: [...(await viewChannelDifferences(database, sites))],
  }))

  register.guarded(resolveDifference, 'refund', async ({ params: { id: itemId }, body }, { id: operatorId }) => {
    const resolved = await abilities.resolveItem({ ...body, itemId, operatorId })
    if (!resolved.ok) throw new ApiProblem(resolved.code)
    return {}
  })
}

/** When a local day begins, or one some days after it; a day that no calendar has is refused. */
const dayStart = (text: string, daysAfter: number, timeZone: string): number => {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number)
  const start = startOfLocalDay(year, month, day, timeZone)
  if (localDayText(start, timeZone) !== text) throw new ApiProblem('no-such-day')
  if (daysAfter === 0) return start
  // Over the month's end the calendar of UTC carries on; the zone is asked again for the day it comes to.
  const next = localTime(Date.UTC(year, month - 1, day + daysAfter), 'UTC')
  return startOfLocalDay(next.year, next.month, next.day, timeZone)
}
