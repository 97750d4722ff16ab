import {
  addNoTrip,
  addToList,
  approveOperation,
  approveBatch,
  approveStop,
  askCounter,
  askStopAgain,
  buyForMeter,
  changeInstallation,
  changeSite,
  closeShift,
  confirmDelivery,
  countWorkItems,
  endListEntry,
  endPause,
  expectPayment,
  exportHalfHours,
  exportMeasurements,
  findAccounts,
  foreseeTrip,
  freezeTrips,
  grantEmergency,
  handleWorkItem,
  judgeReading,
  listBatches,
  listCommands,
  listDifferences,
  listEntries,
  listEvents,
  listGuards,
  listHeldReadings,
  listLines,
  listMessages,
  listMeterEvents,
  listMeters,
  listNoTrip,
  listOpenings,
  listOperationRequests,
  listPauses,
  listSchedules,
  listShifts,
  listSites,
  listStatements,
  listStops,
  listWorkItems,
  openAccount,
  openShift,
  pauseReading,
  previewBatch,
  printReceipt,
  printStatement,
  quoteTopUp,
  readAccount,
  readAccountStop,
  readBatch,
  readCompleteness,
  readDay,
  readDayData,
  readFeed,
  readFieldDays,
  readGaps,
  readHalfHours,
  readHistory,
  readInstallation,
  readLineLoss,
  readLoad,
  readMeasurements,
  readMeter,
  readMeterCompleteness,
  readMeterData,
  readNow,
  readOverview,
  readPurse,
  readRestorations,
  readSession,
  readShift,
  readSite,
  readStatement,
  reconcileChannel,
  refund,
  refuseBatch,
  refuseOperation,
  refuseStop,
  releaseTrips,
  removeNoTrip,
  removeSchedule,
  requestBatch,
  requestCommand,
  resetLoad,
  resolveDifference,
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
 * `self`: it is about the operator alone. Otherwise the subjects, or `all-sites` when all of them are concerned.
 */
type About = Subject | readonly Subject[] | 'all-sites'
export type ReachRule<I = unknown> = 'list' | 'self' | ((input: I) => About)

type InputOf<R> =
  R extends Route<infer P, infer Q, infer B> ? { params: z.output<P>; query: z.output<Q>; body: z.output<B> } : never

const rules = new Map<string, ReachRule>()
const keyOf = ({ method, path }: Pick<Route, 'method' | 'path'>): string => `${method} ${path}`

const about = <R extends Route>(route: R, subjectOf: (input: InputOf<R>) => About): void => {
  rules.set(keyOf(route), subjectOf as ReachRule)
}

type ById = Route<z.ZodType<Readonly<{ id: number | string }>>>
const byId = (kind: SubjectKind, unknown: ProblemCode, routes: readonly ById[]): void => {
  for (const route of routes) about(route, ({ params: { id } }) => ({ kind, id, unknown }))
}

byId('meter', 'unknown-meter', [
  buyForMeter,
  foreseeTrip,
  judgeReading,
  listCommands,
  listMeterEvents,
  readDayData,
  readHalfHours,
  readHistory,
  readLineLoss,
  readLoad,
  readMeasurements,
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
  readAccount,
  readAccountStop,
  refund,
  signAgreement,
  topUp,
])
byId('site', 'unknown-site', [changeSite, freezeTrips, readSite, releaseTrips])
byId('batch', 'unknown-batch', [approveBatch, readBatch, refuseBatch, stopBatch])
byId('operation-request', 'unknown-request', [approveOperation, refuseOperation])
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

for (const route of [changeInstallation, reconcileChannel, resolveDifference]) about(route as Route, () => 'all-sites')

const accountOf = (id: number): Subject => ({ kind: 'account', id, unknown: 'unknown-account' })
/** An operation names further things, and moves money of all of them. */
about(askCounter, ({ params: { id }, body: { operation } }) => {
  const account = accountOf(id)
  switch (operation.kind) {
    case 'transfer':
      return [account, accountOf(operation.toAccountId)]
    case 'move-payment': {
      const payment = { kind: 'payment', id: operation.paymentId, unknown: 'unknown-payment' } as const
      return [account, payment, accountOf(operation.toAccountId)]
    }
    case 'reverse':
      return [account, { kind: 'operation', id: operation.operationId, unknown: 'unknown-operation' }]
    case 'refund-paid':
      return [account, { kind: 'operation', id: operation.refundId, unknown: 'unknown-refund' }]
    case 'refund':
    case 'freeze':
    case 'unfreeze':
    case 'write-off':
    case 'close-account':
      return account
  }
})
about(openAccount, ({ body: { siteId, meterIds, customer } }) => [
  { kind: 'site', id: siteId, unknown: 'unknown-site' },
  ...('id' in customer ? [{ kind: 'customer', id: customer.id, unknown: 'unknown-customer' } as const] : []),
  ...meterIds.map((id) => ({ kind: 'meter', id, unknown: 'meter-not-free' }) as const),
])

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
  exportMeasurements,
  findAccounts,
  listBatches,
  listDifferences,
  listEvents,
  listGuards,
  listHeldReadings,
  listLines,
  listMessages,
  listMeters,
  listNoTrip,
  listOpenings,
  listOperationRequests,
  listPauses,
  listSchedules,
  listShifts,
  listSites,
  listStops,
  listWorkItems,
  previewBatch,
  readCompleteness,
  readDay,
  readFeed,
  readFieldDays,
  readGaps,
  readInstallation,
  readOverview,
  readRestorations,
  requestBatch,
  runDryRun,
] as readonly Route[])
  rules.set(keyOf(route), 'list')
for (const route of [readSession, readShift, openShift, closeShift] as readonly Route[]) rules.set(keyOf(route), 'self')

/** The rule of a route; a route without one is not put on the server. */
export const reachRuleOf = (route: Pick<Route, 'method' | 'path'>): ReachRule => {
  const rule = rules.get(keyOf(route))
  if (rule === undefined) throw new Error(`${keyOf(route)} does not say in api/reach.table.ts whose sites it keeps to`)
  return rule
}
