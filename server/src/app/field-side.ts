import { setMaxListeners } from 'node:events'
import { hostname } from 'node:os'
import type { PurchaseWriter } from '../domain/purchase-writer.ts'
import type { ReadNow } from '../flow/abilities.ts'
import { runMeterChecks } from '../flow/check-meters.ts'
import { createCollector } from '../flow/collect.ts'
import { createDispatcher } from '../flow/dispatch.ts'
import { createArchiveFollower } from '../flow/follow-archive.ts'
import { runGapFiller } from '../flow/fill-gaps.ts'
import { createGatewayHolder } from '../flow/hold-gateways.ts'
import { runSelfTrips } from '../flow/explain-self-trips.ts'
import type { FlowContext } from '../flow/process.ts'
import { createElsewhereReader } from '../flow/read-elsewhere.ts'
import { createLinePublisher, runLinePublisher } from '../flow/publish-lines.ts'
import { createReadNow } from '../flow/read-now.ts'
import { createDownloadRunner } from '../flow/run-downloads.ts'
import { createLoadSampler } from '../flow/run-load-control.ts'
import { runPurchases } from '../flow/run-purchases.ts'
import { createPurseWatch } from '../flow/watch-purses.ts'
import type { Headend } from '../headend/headend.ts'
import { forgetGatewayStates, loadField } from '../store/archive.ts'
import type { HeadendKind } from '../store/headends.ts'
import { archiveChannel, batchChannel, commandChannel } from '../store/notify.ts'

export type FieldSideParts = Readonly<{
  context: FlowContext
  headend: Headend
  /** Identifier of this process, by which it holds gateways and owns commands. */
  self: string
  kind: HeadendKind
  /** Brings purchases into meters with a purse of their own; without one such purchases wait. */
  purchaseWriter?: PurchaseWriter | undefined
}>

/** Each of them, and each listener of the database, hangs on the one signal. */
const loopsAtMost = 40

export type FieldSide = Readonly<{ gatewayPort: number; readNow: ReadNow; stop(): Promise<void> }>

/**
 * The walks as far as they touch the field: gateways held, meters read and settled, commands and purchases carried out.
 * Every process with a headend runs this, for the gateways whose sockets it has.
 */
export const startFieldSide = async (parts: FieldSideParts): Promise<FieldSide> => {
  const { context, headend, self, kind, purchaseWriter } = parts
  const { database } = context
  const stopping = new AbortController()
  const { signal } = stopping
  setMaxListeners(loopsAtMost, signal)
  const reach = { self, onlyHeld: kind === 'headend' }
  const collector = createCollector(context, {
    read: async (...asked) => headend.read(...asked),
    readSigns: async (...asked) => headend.readSigns(...asked),
    readEventRecord: async (...asked) => headend.readEventRecord(...asked),
    gateway: (id) => holder.gateway(id),
  })
  const dispatcher = createDispatcher(context, headend, reach)
  const downloads = createDownloadRunner(context, headend, reach)
  const onWork = (): void => {
    dispatcher.wake()
    collector.wake()
  }
  const name = `${hostname()} ${String(process.pid)}`
  const holder = createGatewayHolder(context, {
    self: { id: self, kind, name },
    headend,
    onInherited: collector.refresh,
    onWork,
  })
  const elsewhere = createElsewhereReader(context, self, createReadNow(context, headend))
  const publisher = createLinePublisher(context, self, headend, () => holder.gateways())
  const readField = async () => {
    const field = await loadField(database)
    if (kind === 'house') return field
    // Gateways that are dialled, and serial ports, are the house's: two processes must not have one line.
    const gateways = field.gateways.filter(({ link }) => link.kind === 'dials-in')
    return { ...field, gateways }
  }
  const archive = createArchiveFollower(context, async () => {
    headend.configure(await readField())
    collector.reload()
  })

  await holder.register()
  await forgetGatewayStates(database)
  headend.configure(await readField())
  await database.listen(commandChannel, () => dispatcher.wake(), signal)
  await database.listen(archiveChannel, archive.changed, signal)
  await database.listen(batchChannel, () => downloads.wake(), signal)
  const { port: gatewayPort } = await headend.start()
  const lines = {
    gateways: () => holder.gateways(),
    gateway: (id: number) => holder.gateway(id),
    onGatewayChange: headend.onGatewayChange.bind(headend),
  }
  const loops = [
    holder.run(signal),
    archive.run(signal),
    collector.run(signal),
    dispatcher.run(signal),
    elsewhere.run(signal),
    runGapFiller(context, headend, lines, signal),
    runMeterChecks(context, headend, lines, signal),
    downloads.run(signal),
    createLoadSampler(context, headend, reach).run(signal),
    runSelfTrips(context, headend, signal, reach),
    ...(kind === 'house' ? [] : [runLinePublisher(context, publisher, signal)]),
    ...(purchaseWriter === undefined ? [] : [runPurchases(context, purchaseWriter, signal, reach)]),
    ...(purchaseWriter === undefined ? [] : [createPurseWatch(context, headend, reach).run(signal)]),
  ]
  return {
    gatewayPort,
    readNow: elsewhere.readNow,
    async stop() {
      stopping.abort()
      await Promise.allSettled(loops)
      await headend.stop()
      await holder.end()
    },
  }
}
