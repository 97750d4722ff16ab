import type { Headend } from '../headend/headend.ts'
import type { ReadNow, RequestCommand } from './abilities.ts'
import {
  createExpectPayment,
  createGrantEmergency,
  type ExpectPayment,
  type GrantEmergency,
} from './emergency-credit.ts'
import { createNoTripCalendar, type NoTripCalendar } from './no-trip.ts'
import { createDeliverByHand, type DeliverByHand } from './notice-receipt.ts'
import { createJudgeReading, type JudgeReading } from './judge-reading.ts'
import { createBatchAbilities, type BatchAbilities } from './batch-abilities.ts'
import { createDryRun, type DryRun } from './dry-run.ts'
import { createForeseeTrip, type ForeseeTrip } from './foresee-trip.ts'
import { createLoadAbilities, type LoadAbilities } from './load-control.ts'
import { createBuyForMeter } from './buy-for-meter.ts'
import { createCloseShift, createOpenShift } from './cash-shift.ts'
import { createCounter, type Counter } from './counter.ts'
import { createOpenAccount } from './open-account.ts'
import { createReadLines, type ReadLines } from './line-report.ts'
import type { FlowContext } from './process.ts'
import { createAskAgain, createGiveVerdict, type AskAgain, type GiveVerdict } from './stop-approvals.ts'
import { createAddToList, createEndListEntry, type AddToList, type EndListEntry } from './stop-lists.ts'
import { createReadNow } from './read-now.ts'
import { reconcileChannel, resolveItem } from './reconcile.ts'
import { createRefund } from './refund.ts'
import { createRequestCommand } from './request-command.ts'
import { createSignChange, type SignChange } from './sign-change.ts'
import {
  createEndReadingPause,
  createPauseReading,
  createRemoveSchedule,
  createSetSchedule,
  type EndReadingPause,
  type PauseReading,
  type RemoveSchedule,
  type SetSchedule,
} from './schedules.ts'
import { createSiteDeeds, type SiteDeeds } from './site-settings.ts'
import { createFreezeTrips, createReleaseTrips, type GuardStep } from './trip-guard.ts'
import { createHandleWorkItem, type HandleWorkItem } from './work-items.ts'

/** What people and other programs may ask the walks to do, besides paying. The API writes by nothing else. */
export type Deeds = Readonly<{
  requestCommand: RequestCommand
  foreseeTrip: ForeseeTrip
  readNow: ReadNow
  freezeTrips: GuardStep
  releaseTrips: GuardStep
  handleWorkItem: HandleWorkItem
  addToList: AddToList
  endListEntry: EndListEntry
  grantEmergency: GrantEmergency
  expectPayment: ExpectPayment
  giveVerdict: GiveVerdict
  askAgain: AskAgain
  deliverByHand: DeliverByHand
  noTrip: NoTripCalendar
  judgeReading: JudgeReading
  batches: BatchAbilities
  dryRun: DryRun
  load: LoadAbilities
  buyForMeter: ReturnType<typeof createBuyForMeter>
  signAgreement: SignChange
  refund: ReturnType<typeof createRefund>
  counter: Counter
  reconcileChannel: (request: Parameters<typeof reconcileChannel>[1]) => ReturnType<typeof reconcileChannel>
  resolveItem: (request: Parameters<typeof resolveItem>[1]) => ReturnType<typeof resolveItem>
  openShift: ReturnType<typeof createOpenShift>
  closeShift: ReturnType<typeof createCloseShift>
  openAccount: ReturnType<typeof createOpenAccount>
  setSchedule: SetSchedule
  removeSchedule: RemoveSchedule
  pauseReading: PauseReading
  endReadingPause: EndReadingPause
  readLines: ReadLines
  sites: SiteDeeds
}>

/** `readNow` where reads may have to go to another process. */
export const createDeeds = (
  context: FlowContext,
  headend: Headend,
  readNow: ReadNow = createReadNow(context, headend),
): Deeds => ({
  requestCommand: createRequestCommand(context),
  foreseeTrip: createForeseeTrip(context),
  readNow,
  freezeTrips: createFreezeTrips(context),
  releaseTrips: createReleaseTrips(context),
  handleWorkItem: createHandleWorkItem(context),
  addToList: createAddToList(context),
  endListEntry: createEndListEntry(context),
  grantEmergency: createGrantEmergency(context),
  expectPayment: createExpectPayment(context),
  giveVerdict: createGiveVerdict(context),
  askAgain: createAskAgain(context),
  deliverByHand: createDeliverByHand(context),
  noTrip: createNoTripCalendar(context),
  judgeReading: createJudgeReading(context),
  batches: createBatchAbilities(context),
  dryRun: createDryRun(context),
  load: createLoadAbilities(context),
  buyForMeter: createBuyForMeter(context),
  signAgreement: createSignChange(context),
  refund: createRefund(context),
  counter: createCounter(context),
  reconcileChannel: async (request) => reconcileChannel(context, request),
  resolveItem: async (request) => resolveItem(context, request),
  openShift: createOpenShift(context),
  closeShift: createCloseShift(context),
  openAccount: createOpenAccount(context),
  setSchedule: createSetSchedule(context),
  removeSchedule: createRemoveSchedule(context),
  pauseReading: createPauseReading(context),
  endReadingPause: createEndReadingPause(context),
  readLines: createReadLines(context, headend),
  sites: createSiteDeeds(context),
})
