import * as contract from '@xianfu/contract'
import type { Role, Route } from '@xianfu/contract'
import type { Branch } from './two-branches.ts'

/** What is asked of a route about something of a branch. */
export type Asked = Readonly<{ params?: object; query?: object; body?: unknown }>

/**
 * One door. `subject`: it is about one thing, and foreign things are refused as what does not exist; `shows`: a list, which
 * must show what is of the operator's own branch and nothing of another; `figures`: sums and what may be empty; `order`: foreign
 * things are as if they were not there; `own`: about the operator alone; `all-sites`: for who reaches all of them.
 */
export type Door = Readonly<{
  route: Route
  /** Who may. */
  roles: readonly Role[]
  kind: 'subject' | 'shows' | 'figures' | 'order' | 'own' | 'all-sites'
  ask(of: Branch): Asked
}>

const all: readonly Role[] = ['administrator', 'manager', 'cashier', 'field-engineer', 'auditor']
const mayTrip: readonly Role[] = ['administrator', 'manager']
const mayControl: readonly Role[] = [...mayTrip, 'field-engineer']
const mayTakeMoney: readonly Role[] = [...mayTrip, 'cashier']
const mayWork: readonly Role[] = [...mayTrip, 'cashier', 'field-engineer']

const key = '5f0c3a52-7a3e-4b4e-9d5c-0d6a1b2c3d4f'
const reason = 'asked for'

const door = (
  route: Route,
  roles: readonly Role[],
  kind: Door['kind'],
  ask: (of: Branch) => Asked = () => ({}),
): Door => ({ route, roles, kind, ask })

const ofMeter = (route: Route, roles: readonly Role[] = all, more: Omit<Asked, 'params'> = {}): Door =>
  door(route, roles, 'subject', ({ meterId }) => ({ params: { id: meterId }, ...more }))
const ofAccount = (route: Route, roles: readonly Role[] = all, more: Omit<Asked, 'params'> = {}): Door =>
  door(route, roles, 'subject', ({ accountId }) => ({ params: { id: accountId }, ...more }))
const about = (
  route: Route,
  roles: readonly Role[],
  idOf: (of: Branch) => number | string,
  more: Omit<Asked, 'params'> = {},
): Door => door(route, roles, 'subject', (of) => ({ params: { id: idOf(of) }, ...more }))

const span = { first: '2026-11-30', last: '2026-11-30' }
const moments = { from: Date.parse('2026-11-01'), to: Date.parse('2026-12-01') }
const order = (meterId: number) => ({ kind: 'direct-close', selection: { meterIds: [meterId] } })

/** Who may ask what of whom: every route of the contract has a row, or the test fails. */
export const doors: readonly Door[] = [
  door(contract.readSession, all, 'own'),

  door(contract.listMeters, all, 'shows'),
  ofMeter(contract.readMeter),
  ofMeter(contract.readHistory),
  ofMeter(contract.listCommands),
  ofMeter(contract.requestCommand, mayControl, { body: { key, kind: 'permit-close', reason } }),
  ofMeter(contract.foreseeTrip, mayTrip),
  ofMeter(contract.readMeasurements, all, { query: { from: moments.from, to: moments.to } }),
  ofMeter(contract.readDayData, all, { query: span }),
  door(contract.exportMeasurements, all, 'subject', ({ meterId }) => ({ query: { ...span, meter: meterId } })),
  ofMeter(contract.readNow, mayWork, { body: {} }),
  ofMeter(contract.listMeterEvents),
  ofMeter(contract.readMeterCompleteness),
  ofMeter(contract.readHalfHours, all, { query: span }),
  ofMeter(contract.readLineLoss),
  ofMeter(contract.readMeterData),
  ofMeter(contract.readLoad),
  ofMeter(contract.setLoadRules, mayTrip, { body: { rules: null, reason } }),
  ofMeter(contract.startRun, mayControl, { body: { minutes: 5, reason } }),
  ofMeter(contract.stopRun, mayControl, { body: { reason } }),
  ofMeter(contract.resetLoad, mayControl, { body: { reason } }),
  ofMeter(contract.readPurse),
  ofMeter(contract.buyForMeter, mayTakeMoney, { body: { key, amount: '1' } }),
  door(contract.judgeReading, mayTrip, 'subject', ({ meterId, heldAt }) => ({
    params: { id: meterId },
    body: { at: heldAt, verdict: 'reject', reason },
  })),

  door(contract.findAccounts, all, 'shows', () => ({ query: { q: '7000' } })),
  ofAccount(contract.readAccount),
  ofAccount(contract.askCounter, mayTakeMoney, { body: { key, reason, operation: { kind: 'freeze', amount: '1' } } }),
  door(contract.listOperationRequests, all, 'shows'),
  about(contract.approveOperation, mayTrip, ({ requestId }) => requestId, { body: {} }),
  about(contract.refuseOperation, mayTakeMoney, ({ requestId }) => requestId, { body: { reason } }),
  door(contract.listOpenings, mayTrip, 'shows'),
  door(contract.openAccount, mayTrip, 'subject', ({ siteId }) => ({
    body: { key, number: '79999', siteId, customer: { name: 'new', phone: '', language: 'zh' }, meterIds: [] },
  })),
  door(contract.readShift, mayTakeMoney, 'own'),
  door(contract.openShift, mayTakeMoney, 'own', () => ({ body: { key, counted: '0' } })),
  door(contract.closeShift, mayTakeMoney, 'own', () => ({ body: { key, counted: '0' } })),
  door(contract.listShifts, all, 'figures'),
  door(contract.listDifferences, all, 'figures'),
  door(contract.reconcileChannel, mayTrip, 'all-sites', () => ({
    body: { channel: 'alipay', firstDay: '2026-11-01', lastDay: '2026-11-01', file: 'reference,amount\na,1\n' },
  })),
  door(contract.resolveDifference, mayTrip, 'all-sites', () => ({
    params: { id: 1 },
    body: { state: 'explained', reason },
  })),

  ofAccount(contract.listEntries),
  ofAccount(contract.topUp, mayTakeMoney, { body: { key, amount: '1' } }),
  ofAccount(contract.quoteTopUp, mayTakeMoney, { query: { amount: '1' } }),
  ofAccount(contract.refund, mayTrip, { body: { key, amount: '1', reason } }),
  ofAccount(contract.signAgreement, mayTrip, { body: { key, alarm1: '11' } }),
  ofAccount(contract.listStatements),
  ofAccount(contract.readAccountStop),
  ofAccount(contract.addToList, mayTrip, { body: { kind: 'complaint', reason } }),
  ofAccount(contract.grantEmergency, mayTakeMoney, { body: { reason } }),
  ofAccount(contract.expectPayment, mayTakeMoney, { body: { channel: 'transfer', reference: 'slip' } }),
  about(contract.askStopAgain, mayTrip, ({ poorAccountId }) => poorAccountId, { body: { reason } }),
  door(contract.readStatement, all, 'subject', ({ statementNumber: number }) => ({ params: { number } })),
  door(contract.printStatement, all, 'subject', ({ statementNumber: number }) => ({ params: { number } })),
  about(contract.printReceipt, all, ({ paymentId }) => paymentId),

  about(contract.endListEntry, mayTrip, ({ listEntryId }) => listEntryId, { body: { reason } }),
  about(contract.approveStop, mayTrip, ({ approvalId }) => approvalId, { body: {} }),
  about(contract.refuseStop, mayTrip, ({ approvalId }) => approvalId, { body: { until: 0, reason } }),
  about(contract.confirmDelivery, mayWork, ({ messageId }) => messageId, { body: { detail: reason } }),
  door(contract.listMessages, all, 'shows'),
  door(contract.listStops, all, 'shows'),
  door(contract.listNoTrip, all, 'shows'),
  door(contract.addNoTrip, mayTrip, 'subject', ({ siteName }) => ({
    body: { site: siteName, kind: 'event', firstDay: '2027-01-01', lastDay: '2027-01-01', reason },
  })),
  about(contract.removeNoTrip, mayTrip, ({ noTripId }) => noTripId, { body: {} }),

  door(contract.listSites, all, 'shows'),
  about(contract.readSite, all, ({ siteId }) => siteId),
  about(contract.changeSite, mayTrip, ({ siteId }) => siteId, {
    body: { version: 0, reason, changes: { servicePhone: '1' } },
  }),
  door(contract.readInstallation, all, 'figures'),
  door(contract.changeInstallation, mayTrip, 'all-sites', () => ({ body: { version: 0, reason, changes: {} } })),
  door(contract.listGuards, all, 'shows'),
  about(contract.freezeTrips, mayTrip, ({ siteId }) => siteId, { body: { reason } }),
  about(contract.releaseTrips, mayTrip, ({ siteId }) => siteId, { body: { reason, password: 'correct horse' } }),
  door(contract.runDryRun, all, 'order', ({ siteId }) => ({ body: { siteId } })),

  door(contract.listBatches, all, 'shows'),
  about(contract.readBatch, all, ({ batchId }) => batchId),
  door(contract.previewBatch, mayControl, 'order', ({ meterId }) => ({ body: order(meterId) })),
  door(contract.requestBatch, mayControl, 'order', ({ meterId }) => ({ body: { ...order(meterId), key, reason } })),
  about(contract.refuseBatch, mayControl, ({ batchId }) => batchId, { body: { reason } }),
  about(contract.approveBatch, mayControl, ({ batchId }) => batchId, { body: { reason } }),
  about(contract.stopBatch, mayControl, ({ batchId }) => batchId, { body: { reason } }),

  door(contract.listLines, all, 'shows'),
  door(contract.listSchedules, all, 'shows'),
  door(contract.setSchedule, mayControl, 'subject', ({ meterId: subjectId }) => ({
    body: { scope: 'meter', subjectId, dataSet: 'freeze', minutes: 60 },
  })),
  door(contract.removeSchedule, mayControl, 'subject', ({ meterId: subjectId }) => ({
    body: { scope: 'meter', subjectId, dataSet: 'freeze' },
  })),
  door(contract.listPauses, all, 'shows'),
  door(contract.pauseReading, mayControl, 'subject', ({ gatewayId: subjectId }) => ({
    body: { scope: 'line', subjectId, to: Date.parse('2026-12-02'), reason },
  })),
  about(contract.endPause, mayControl, ({ pauseId }) => pauseId, { body: {} }),

  door(contract.listWorkItems, all, 'shows'),
  door(contract.countWorkItems, all, 'figures'),
  about(contract.handleWorkItem, mayWork, ({ workItemId }) => workItemId, { body: { deed: 'take' } }),
  door(contract.listEvents, all, 'shows'),
  door(contract.listHeldReadings, all, 'shows'),
  door(contract.readCompleteness, all, 'shows'),
  door(contract.readGaps, all, 'shows'),
  door(contract.exportHalfHours, all, 'shows', () => ({ query: span })),
  door(contract.readRestorations, all, 'shows'),
  door(contract.readFeed, all, 'shows'),
  door(contract.readOverview, all, 'shows'),
  door(contract.readDay, all, 'figures'),
  door(contract.readFieldDays, all, 'figures'),
]

/** Routes that are open to people who are not signed in, or to whoever is. */
export const openDoors: readonly Route[] = [contract.signIn, contract.signOut]

const isRoute = (value: unknown): value is Route =>
  typeof value === 'object' && value !== null && 'method' in value && 'path' in value && 'response' in value

/** All that the contract declares. */
export const contractRoutes: readonly Route[] = (Object.values(contract) as readonly unknown[]).filter(isRoute)
