import { readLineLoss } from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import { formatPercent, ratio } from '../domain/quantity.ts'
import { viewLineLoss, type RelatedView } from '../store/view/line-loss.ts'
import type { ApiAbilities } from './abilities.ts'
import { ApiProblem } from './problem.ts'
import { createRegister, type WhoIs } from './register.ts'

const millionths = 1_000_000n

/** Master meters and those behind them. */
export const lineLossRoutes = (app: FastifyInstance, { database }: ApiAbilities, whoIs: WhoIs): void => {
  createRegister(app, whoIs, database).guarded(readLineLoss, 'view', async ({ params: { id } }) => {
    const view = await viewLineLoss(database, id)
    if (view === null) throw new ApiProblem('unknown-meter')
    const { limit, master, subs, runs } = view
    return {
      ratio: view.ratio,
      limitPercent: limit === null ? null : formatPercent(ratio(BigInt(limit), millionths)),
      master: master === null ? null : presentRelated(master),
      subs: subs.map(presentRelated),
      spans: runs.map(({ from, to, summary }) => ({
        from,
        to,
        masterKwh: summary.master,
        subsKwh: summary.measured,
        lossKwh: summary.loss,
        lossPercent: summary.lossPercent,
        findings: summary.findings,
      })),
    }
  })
}

const presentRelated = ({ from_at: from, to_at: to, ...row }: RelatedView) => ({ ...row, from, to })
