import { runDryRun, type DryRunRow as ShownRow } from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import type { DryRunChange, Foreseen } from '../domain/dry-run.ts'
import { parseMoney, parsePercent, parsePrice, type MicroYuan } from '../domain/quantity.ts'
import type { ThoughtOf } from '../flow/dry-run-plan.ts'
import type { DryRunRow } from '../flow/dry-run.ts'
import type { ApiAbilities } from './abilities.ts'
import { moneyText } from './present.ts'
import { ApiProblem } from './problem.ts'
import { createRegister, type WhoIs } from './register.ts'

const hourMs = 3_600_000
/** A document that is something else entirely would be wrong everywhere. */
const mostProblems = 20

export const dryRunRoutes = (app: FastifyInstance, abilities: ApiAbilities, whoIs: WhoIs): void => {
  const register = createRegister(app, whoIs, abilities.database)
  register.guarded(runDryRun, 'view', async ({ body }, { id: operatorId, sites: reach }) => {
    const { siteId = null, planName = null, at = abilities.clock.now(), hours, goesOnUsing, change, plan } = body
    const report = await abilities.dryRun({
      siteId,
      reach,
      planName,
      at,
      forMs: hours * hourMs,
      goesOnUsing,
      operatorId,
      change: changeOf(change),
      thoughtPlan: plan === undefined ? null : thoughtOf(plan),
    })
    if (!report.ok)
      throw new ApiProblem(
        report.code,
        report.code === 'plan-not-readable'
          ? report.problems
              .slice(0, mostProblems)
              .map(({ at: path, words }) => ({ path, message: `${path} ${words}.` }))
          : [],
      )
    return { ...report, guards: [...report.guards], rows: report.rows.map(presentRow) }
  })
}

const thoughtOf = (
  plan: Readonly<{ document: unknown }> | Readonly<{ name: string; version?: number | undefined }>,
): ThoughtOf =>
  'name' in plan
    ? { kind: 'stored', name: plan.name, version: plan.version ?? null }
    : { kind: 'document', document: plan.document }

type Said = Readonly<{
  alarm1?: string | undefined
  alarm2?: string | undefined
  cutOff?: string | undefined
  restore?: string | undefined
  noticeLeadMinutes?: number | undefined
  tripWindow?: DryRunChange['tripWindow'] | undefined
  ignoreNoTrip?: true | undefined
  ignoreProtected?: true | undefined
  liftKeepPower?: true | undefined
  pricePercent?: string | undefined
  flatPrice?: string | undefined
}>

const changeOf = (said: Said): DryRunChange => ({
  ...money('alarm1', said.alarm1),
  ...money('alarm2', said.alarm2),
  ...money('cutOff', said.cutOff),
  ...money('restore', said.restore),
  ...(said.noticeLeadMinutes === undefined ? {} : { noticeLeadMs: said.noticeLeadMinutes * 60_000 }),
  ...(said.tripWindow === undefined ? {} : { tripWindow: said.tripWindow }),
  ...(said.ignoreNoTrip === undefined ? {} : { ignoreNoTrip: said.ignoreNoTrip }),
  ...(said.ignoreProtected === undefined ? {} : { ignoreProtected: said.ignoreProtected }),
  ...(said.liftKeepPower === undefined ? {} : { liftKeepPower: said.liftKeepPower }),
  ...priceOf(said),
})

const money = <Name extends string>(name: Name, text: string | undefined): { [N in Name]?: MicroYuan } => {
  const amount = text === undefined ? null : parseMoney(text)
  return amount === null ? {} : ({ [name]: amount } as { [N in Name]?: MicroYuan })
}

const priceOf = ({ pricePercent, flatPrice }: Said): Pick<DryRunChange, 'price'> => {
  const factor = pricePercent === undefined ? null : parsePercent(pricePercent)
  if (factor !== null) return { price: { kind: 'factor', factor } }
  const price = flatPrice === undefined ? null : parsePrice(flatPrice)
  return price === null ? {} : { price: { kind: 'flat', price } }
}

const presentRow = ({ accountId, number, place, balance, changed, unchanged }: DryRunRow): ShownRow => ({
  accountId,
  number,
  place,
  balance: moneyText(balance),
  changed: presentForeseen(changed),
  unchanged: presentForeseen(unchanged),
})

const presentForeseen = ({ outcome, at, reasons, balanceThen, notices }: Foreseen): ShownRow['changed'] => ({
  outcome,
  at,
  reasons: [...reasons],
  balanceThen: moneyText(balanceThen),
  notices: [...notices],
})
