import { setMaxListeners } from 'node:events'
import { runClockWatch } from '../flow/trip-guard.ts'
import type { Clock } from '../domain/clock.ts'
import type { Ids } from '../domain/ids.ts'
import type { ReadNow } from '../flow/abilities.ts'
import { keepClosing } from '../flow/close-period-loop.ts'
import type { PurchaseWriter } from '../domain/purchase-writer.ts'
import { runDecideDue } from '../flow/decide-due.ts'
import { runListOwing } from '../flow/list-owing.ts'
import { runGapFinder } from '../flow/find-gaps.ts'
import { keepMeasuringLoss } from '../flow/line-loss-loop.ts'
import { createNotifyLoop } from '../flow/notify.ts'
import { runLoadRules } from '../flow/run-load-control.ts'
import { createBatchRunner } from '../flow/run-batches.ts'
import type { FlowContext } from '../flow/process.ts'
import { runRestorations } from '../flow/watch-restorations.ts'
import { runSealing } from '../flow/seal-ledger.ts'
import { runCommunicationWatch } from '../flow/watch-communication.ts'
import { runRollUp } from '../flow/roll-up.ts'
import { runMeasurementRollUp, usualMeasurementDays } from '../flow/roll-up-measurements.ts'
import { runEscalation } from '../flow/work-items.ts'
import { runAgreements } from '../flow/sign-agreement.ts'
import type { Headend } from '../headend/headend.ts'
import { outboxNotifier } from '../provider/outbox/outbox-notifier.ts'
import type { Database } from '../store/database.ts'
import { batchChannel, messageChannel } from '../store/notify.ts'
import { startFieldSide } from './field-side.ts'

/** More listeners than this on the house's signal are a leak. */
const loopsAtMost = 64

export type HouseParts = Readonly<{
  database: Database
  clock: Clock
  ids: Ids
  headend: Headend
  /** Names this process as the owner of the commands it carries out: a UUID. */
  owner: string
  log: FlowContext['log']
  /** The wall clock is moved by hand (a rehearsal, a test): its jumps are no alarm. */
  clockMovedByHand?: true
  /** For so many days measurements are kept one by one; as usual when absent. */
  measurementDays?: number
  /** Brings purchases into meters with a purse of their own; without one such purchases wait. */
  purchaseWriter?: PurchaseWriter
}>

export type House = Readonly<{
  context: FlowContext
  /** TCP port on which gateways dial in. */
  gatewayPort: number
  readNow: ReadNow
  stop(): Promise<void>
}>

/** Both walks under way: from the meter to the balance, and from the balance to the relay. */
export const startHouse = async (parts: HouseParts): Promise<House> => {
  const { database, clock, ids, headend, owner, log, purchaseWriter } = parts
  const context: FlowContext = { database, clock, ids, log }
  const stopping = new AbortController()
  const { signal } = stopping
  // Every loop of the house waits on it.
  setMaxListeners(loopsAtMost, signal)
  const batches = createBatchRunner(context)
  const notifyLoop = createNotifyLoop(context, outboxNotifier)
  await database.listen(batchChannel, () => batches.wake(), signal)
  await database.listen(messageChannel, () => notifyLoop.wake(), signal)
  const field = await startFieldSide({ context, headend, self: owner, kind: 'house', purchaseWriter })
  const loops = [
    batches.run(signal),
    runLoadRules(context, signal),
    notifyLoop.run(signal),
    runDecideDue(context, signal),
    runListOwing(context, signal),
    runRestorations(context, signal),
    runAgreements(context, signal),
    runSealing(context, signal),
    runEscalation(context, signal),
    runCommunicationWatch(context, signal),
    keepClosing(context, signal),
    runGapFinder(context, signal),
    runRollUp(context, signal),
    runMeasurementRollUp(context, parts.measurementDays ?? usualMeasurementDays, signal),
    keepMeasuringLoss(context, signal),
    ...(parts.clockMovedByHand === true ? [] : [runClockWatch(context, signal)]),
  ]

  return {
    context,
    gatewayPort: field.gatewayPort,
    readNow: field.readNow,
    async stop() {
      stopping.abort()
      await Promise.allSettled(loops)
      await field.stop()
    },
  }
}
