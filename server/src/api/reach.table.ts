import {
  addNoTrip,
  addToList,
  approveBatch,
  approveStop,
  askStopAgain,
  buyForMeter,
  confirmDelivery,
  countWorkItems,
  endListEntry,
  endPause,
  expectPayment,
  exportHalfHours,
  freezeTrips,
  grantEmergency,
  handleWorkItem,
  judgeReading,
  listBatches,
  listCommands,
  listEntries,
  listEvents,
  listGuards,
  listHeldReadings,
  listLines,
  listMessages,
  listMeterEvents,
  listMeters,
  listNoTrip,
  listPauses,
  listSchedules,
  listStatements,
  listStops,
  listWorkItems,
  pauseReading,
  previewBatch,
  printReceipt,
  printStatement,
  quoteTopUp,
  readAccountStop,
  readBatch,
  readCompleteness,
  readDay,
  readFeed,
  readFieldDays,
  readGaps,
  readHalfHours,
  readHistory,
  readLineLoss,
  readLoad,
  readMeter,
  readMeterCompleteness,
  readMeterData,
  readNow,
  readOverview,
  readPurse,
  readRestorations,
  readSession,
  readStatement,
  refund,
  refuseBatch,
  refuseStop,
  releaseTrips,
  removeNoTrip,
  removeSchedule,
  requestBatch,
  requestCommand,
  resetLoad,
  runDryRun,
  setLoadRules,
  setSchedule,
  signAgreement,
  startRun,
  stopBatch,
  stopRun,
  topUp,
  type ProblemCode,
  type Route,
} from '@xianfu/contract'
import type { z } from 'zod'
import type { SubjectKind } from '../store/view/subject-sites.ts'

/** What a request is about: looked up before its handler is called, for whoever does not reach everything. */
export type Subject = Readonly<{ kind: SubjectKind; id: number | string; unknown: ProblemCode }>

/**
 * How a route keeps to the sites of the operator. `list`: its handler is given the reach and asks for nothing beyond.
 * `self`: it is about the operator alone. Otherwise the subject, or `all-sites` when all of them are concerned.
 */
export type ReachRule<I = unknown> = 'list' | 'self' | ((input: I) => Subject | 'all-sites')

type InputOf<R> =
  R extends Route<infer P, infer Q, infer B> ? { params: z.output<P>; query: z.output<Q>; body: z.output<B> } : never

const rules = new Map<string, ReachRule>()
const keyOf = ({ method, path }: Pick<Route, 'method' | 'path'>): string => `${method} ${path}`

const about = <R extends Route>(route: R, subjectOf: (input: InputOf<R>) => Subject | 'all-sites'): void => {
  rules.set(keyOf(route), subjectOf as ReachRule)
}

type ById = Route<z.ZodType<Readonly<{ id: number | string }>>>
const byId = (kind: SubjectKind, unknown: ProblemCode, routes: readonly ById[]): void => {
  for (const route of routes) about(route, ({ params: { id } }) => ({ kind, id, unknown }))
}

byId('meter', 'unknown-meter', [
  buyForMeter,
  judgeReading,
  listCommands,
  listMeterEvents,
  readHalfHours,
  readHistory,
  readLineLoss,
  readLoad,
  readMeter,
  readMeterCompleteness,
  readMeterData,
  readNow,
  readPurse,
  requestCommand,
  resetLoad,
  setLoadRules,
  startRun,
  stopRun,
])
byId('account', 'unknown-account', [
  addToList,
  askStopAgain,
  expectPayment,
  grantEmergency,
  listEntries,
  listStatements,
  quoteTopUp,
  readAccountStop,
  refund,
  signAgreement,
  topUp,
])
byId('site', 'unknown-site', [freezeTrips, releaseTrips])
byId('batch', 'unknown-batch', [approveBatch, readBatch, refuseBatch, stopBatch])
byId('list-entry', 'unknown-list-entry', [endListEntry])
byId('stop-approval', 'unknown-approval', [approveStop, refuseStop])
byId('message', 'unknown-notice', [confirmDelivery])
byId('payment', 'unknown-payment', [printReceipt])
byId('no-trip', 'unknown-span', [removeNoTrip])
byId('pause', 'unknown-pause', [endPause])
byId('work-item', 'unknown-work-item', [handleWorkItem])
for (const route of [readStatement, printStatement])
  about(route, ({ params: { number } }) => ({ kind: 'statement', id: number, unknown: 'unknown-statement' }))
about(addNoTrip, ({ body: { site } }) =>
  site === null ? 'all-sites' : { kind: 'site-name', id: site, unknown: 'unknown-site' },
)

const kindOfScope = { site: 'site', line: 'gateway', meter: 'meter' } as const
const unknownOfScope = { site: 'unknown-site', line: 'unknown-gateway', meter: 'unknown-meter' } as const
type Scope = keyof typeof kindOfScope
const ofScope = (scope: Scope, id: number): Subject => ({
  kind: kindOfScope[scope],
  id,
  unknown: unknownOfScope[scope],
})
for (const route of [setSchedule, removeSchedule])
  about(route, ({ body: { scope, subjectId } }) =>
    scope === 'company' || subjectId === null ? 'all-sites' : ofScope(scope, subjectId),
  )
about(pauseReading, ({ body: { scope, subjectId } }) => ofScope(scope, subjectId))

for (const route of [
  countWorkItems,
  exportHalfHours,
  listBatches,
  listEvents,
  listGuards,
  listHeldReadings,
  listLines,
  listMessages,
  listMeters,
  listNoTrip,
  listPauses,
  listSchedules,
  listStops,
  listWorkItems,
  previewBatch,
  readCompleteness,
  readDay,
  readFeed,
  readFieldDays,
  readGaps,
  readOverview,
  readRestorations,
  requestBatch,
  runDryRun,
] as readonly Route[])
  rules.set(keyOf(route), 'list')
rules.set(keyOf(readSession), 'self')

/** The rule of a route; a route without one is not put on the server. */
export const reachRuleOf = (route: Pick<Route, 'method' | 'path'>): ReachRule => {
  const rule = rules.get(keyOf(route))
  if (rule === undefined) throw new Error(`${keyOf(route)} does not say in api/reach.table.ts whose sites it keeps to`)
  return rule
}
