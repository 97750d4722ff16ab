import { runClockWatch } from '../flow/trip-guard.ts'
import type { Clock } from '../domain/clock.ts'
import type { Ids } from '../domain/ids.ts'
import { keepClosing } from '../flow/close-period-loop.ts'
import type { PurchaseWriter } from '../domain/purchase-writer.ts'
import { createCollector } from '../flow/collect.ts'
import { runDecideDue } from '../flow/decide-due.ts'
import { createDispatcher } from '../flow/dispatch.ts'
import { createNotifyLoop } from '../flow/notify.ts'
import { createLoadControl } from '../flow/run-load-control.ts'
import { createBatchRunner } from '../flow/run-batches.ts'
import { createDownloadRunner } from '../flow/run-downloads.ts'
import type { FlowContext } from '../flow/process.ts'
import { runPurchases } from '../flow/run-purchases.ts'
import { runSealing } from '../flow/seal-ledger.ts'
import { createPurseWatch } from '../flow/watch-purses.ts'
import { runEscalation } from '../flow/work-items.ts'
import { runAgreements } from '../flow/sign-agreement.ts'
import type { Headend } from '../headend/headend.ts'
import { outboxNotifier } from '../provider/outbox/outbox-notifier.ts'
import { forgetGatewayStates, loadField, saveGatewayState } from '../store/archive.ts'
import { hastenCommands } from '../store/commands.ts'
import type { Database } from '../store/database.ts'
import { hastenPurchases } from '../store/meter-purchases.ts'
import { archiveChannel, batchChannel, commandChannel, messageChannel, notifyLive } from '../store/notify.ts'

export type HouseParts = Readonly<{
  database: Database
  clock: Clock
  ids: Ids
  headend: Headend
  /** Names this process as the owner of the commands it carries out. */
  owner: string
  log: FlowContext['log']
  /** The wall clock is moved by hand (a rehearsal, a test): its jumps are no alarm. */
  clockMovedByHand?: true
  /** Brings purchases into meters with a purse of their own; without one such purchases wait. */
  purchaseWriter?: PurchaseWriter
}>

export type House = Readonly<{
  context: FlowContext
  /** TCP port on which gateways dial in. */
  gatewayPort: number
  stop(): Promise<void>
}>

/** Both walks under way: from the meter to the balance, and from the balance to the relay. */
export const startHouse = async (parts: HouseParts): Promise<House> => {
  const { database, clock, ids, headend, owner, log, purchaseWriter } = parts
  const context: FlowContext = { database, clock, ids, log }
  const stopping = new AbortController()
  const { signal } = stopping
  const collector = createCollector(context, headend)
  const dispatcher = createDispatcher(context, headend, owner)
  const batches = createBatchRunner(context)
  const downloads = createDownloadRunner(context, headend)
  const notifyLoop = createNotifyLoop(context, outboxNotifier)

  const reloadField = (): void => {
    loadField(database)
      .then((field) => {
        headend.configure(field)
        collector.reload()
      })
      .catch((error: unknown) => log({ level: 'error', what: 'the archive could not be read again', detail: error }))
  }
  const gatewayChanged = async (gatewayId: number, online: boolean, since: number): Promise<void> => {
    await saveGatewayState(database, gatewayId, online, since)
    if (online) await hastenCommands(database, gatewayId, clock.now())
    if (online) await hastenPurchases(database, gatewayId, clock.now())
    await notifyLive(database, ['gateway'])
    if (!online) return
    dispatcher.wake()
    collector.wake()
  }

  await forgetGatewayStates(database)
  headend.configure(await loadField(database))
  headend.onGatewayChange(({ gatewayId, online, since }) => {
    gatewayChanged(gatewayId, online, since).catch((error: unknown) =>
      log({ level: 'error', what: 'the state of a gateway was not written down', detail: error }),
    )
  })
  await database.listen(commandChannel, () => dispatcher.wake(), signal)
  await database.listen(
    batchChannel,
    () => {
      batches.wake()
      downloads.wake()
    },
    signal,
  )
  await database.listen(messageChannel, () => notifyLoop.wake(), signal)
  await database.listen(archiveChannel, reloadField, signal)
  const { port: gatewayPort } = await headend.start()
  const loops = [
    collector.run(signal),
    dispatcher.run(signal),
    batches.run(signal),
    downloads.run(signal),
    createLoadControl(context, headend).run(signal),
    notifyLoop.run(signal),
    runDecideDue(context, signal),
    runAgreements(context, signal),
    runSealing(context, signal),
    runEscalation(context, signal),
    keepClosing(context, signal),
    ...(parts.clockMovedByHand === true ? [] : [runClockWatch(context, signal)]),
    ...(purchaseWriter === undefined ? [] : [runPurchases(context, purchaseWriter, signal)]),
    ...(purchaseWriter === undefined ? [] : [createPurseWatch(context, headend).run(signal)]),
  ]

  return {
    context,
    gatewayPort,
    async stop() {
      stopping.abort()
      await Promise.allSettled(loops)
      await headend.stop()
    },
  }
}
