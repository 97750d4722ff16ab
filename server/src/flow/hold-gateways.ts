import type { GatewayStatus, Headend } from '../headend/headend.ts'
import { hastenCommands, recoverCommands } from '../store/commands-under-way.ts'
import {
  buryHeadends,
  endHeadend,
  freeGateways,
  heldElsewhere,
  leaseMs,
  registerHeadend,
  renewHeadend,
  saveGatewayStates,
  type GatewayState,
  type HeadendProcess,
} from '../store/headends.ts'
import { dropLineReports } from '../store/line-reports.ts'
import { hastenPurchases } from '../store/meter-purchases.ts'
import { gatewayChannel, notify, notifyLive } from '../store/notify.ts'
import { createBell, loop, pause, type FlowContext } from './process.ts'

/** A lease is renewed four times before it ends, elapsed time. */
const renewEveryMs = leaseMs / 4
/** Gateways written down in one transaction: their numbers travel in one notice of at most 8,000 bytes. */
const gatewaysPerPass = 500

export type GatewayHolder = Readonly<{
  /** Gateways as the headend has them; online only when it is written down that they are ours. */
  gateways(): readonly GatewayStatus[]
  gateway(gatewayId: number): GatewayStatus | null
  /** Before anything of the field is done. */
  register(): Promise<void>
  /** Renews the lease, buries others whose lease is over, and takes their commands up. */
  run(signal: AbortSignal): Promise<void>
  /** Gives everything back at a clean end. */
  end(): Promise<void>
}>

export type HolderOptions = Readonly<{
  self: HeadendProcess
  headend: Pick<Headend, 'gateways' | 'gateway' | 'onGatewayChange' | 'hangUp'>
  /** Gateways have come that another process held before; awaited before anything is asked of them. */
  onInherited(gatewayIds: readonly number[]): Promise<void>
  /** A gateway of ours has come, or commands of a process that has ended wait: look for work now. */
  onWork(): void
}>

/**
 * Which gateways are ours. A gateway belongs to the process that has its socket, and the newest socket counts: a gateway
 * that has redialled to us is ours from then on, and whoever had it before hangs up. A process that does not renew its
 * lease is buried by the others, its gateways are nobody's and its commands are taken up again, each with a look at the
 * meter's state first.
 */
export const createGatewayHolder = (
  context: FlowContext,
  { self, headend, onInherited, onWork }: HolderOptions,
): GatewayHolder => {
  const { database, clock, log } = context
  const bell = createBell()
  /** Newest state of each gateway that is not written down yet: thousands come together after a power cut. */
  const changed = new Map<number, GatewayState>()
  const ours = new Set<number>()

  const writeDown = async (): Promise<void> => {
    const states = [...changed.values()].slice(0, gatewaysPerPass)
    if (states.length === 0) return
    const came = states.flatMap(({ gatewayId, online }) => (online ? [gatewayId] : []))
    const inherited = await database.transaction(async (sql) => {
      const another = await saveGatewayStates(sql, self.id, states)
      await hastenCommands(sql, came, clock.now())
      await hastenPurchases(sql, came, clock.now())
      if (came.length > 0) await notify(sql, gatewayChannel, `${self.id} ${came.join(' ')}`)
      await notifyLive(sql, ['gateway'])
      return another
    })
    if (inherited.length > 0) await onInherited(inherited)
    for (const id of came) if (changed.get(id)?.online !== false) ours.add(id)
    for (const state of states) if (changed.get(state.gatewayId) === state) changed.delete(state.gatewayId)
    if (came.length > 0) onWork()
    if (changed.size > 0) bell.ring()
  }

  headend.onGatewayChange(({ gatewayId, online, since }) => {
    if (!online) ours.delete(gatewayId)
    changed.set(gatewayId, { gatewayId, online, since })
    bell.ring()
  })

  /** After a notice, and after notices may have been missed: what others hold is not ours any more. */
  const letGoOfOthers = async (gatewayIds: readonly number[]): Promise<void> => {
    for (const id of await heldElsewhere(database, self.id, gatewayIds))
      headend.hangUp(id, 'the gateway has come to another process')
  }

  const onlineHere = () => headend.gateways().filter(({ online }) => online)

  const onNotice = (payload: string): void => {
    const [holder, ...came] = payload.split(' ')
    if (holder === self.id) return
    const ids = payload === '' ? onlineHere().map(({ gatewayId }) => gatewayId) : came.map(Number)
    letGoOfOthers(ids).catch((error: unknown) =>
      log({ level: 'error', what: 'gateways of other processes were not looked up', detail: error }),
    )
  }

  /** We were thought dead: what nobody has taken meanwhile is ours again. */
  const reclaim = async (): Promise<void> => {
    log({ level: 'warn', what: 'this process was silent for so long that others took over; it begins anew' })
    await letGoOfOthers(onlineHere().map(({ gatewayId }) => gatewayId))
    for (const { gatewayId, online, since } of onlineHere()) changed.set(gatewayId, { gatewayId, online, since })
    bell.ring()
  }

  const step = async (steadyMs: number): Promise<void> => {
    if ((await renewHeadend(database, self.id)) === 'revived') await reclaim()
    // Right after a database was away everybody's lease may be over: let them renew first.
    if (steadyMs < leaseMs) return
    const buried = await buryHeadends(database, self.id)
    for (const { name } of buried) log({ level: 'warn', what: `the process ${name} does not answer any more` })
    if (buried.length > 0) await takeOver(context, self.id)
    if (buried.length > 0) onWork()
  }

  const ofOurs = (status: GatewayStatus): GatewayStatus =>
    status.online && !ours.has(status.gatewayId) ? { ...status, online: false } : status

  return {
    gateways: () => headend.gateways().map(ofOurs),
    gateway(gatewayId) {
      const status = headend.gateway(gatewayId)
      return status === null ? null : ofOurs(status)
    },
    async register() {
      await registerHeadend(database, self)
      await takeOver(context, self.id)
    },
    async run(signal) {
      await database.listen(gatewayChannel, onNotice, signal)
      const writing = loop(context, 'gateways', signal, async () => {
        await bell.wait(clock, renewEveryMs, signal)
        await writeDown()
      })
      let steadySinceMs = clock.elapsedMs()
      await loop(context, 'lease', signal, async () => {
        try {
          await step(clock.elapsedMs() - steadySinceMs)
        } catch (error) {
          steadySinceMs = clock.elapsedMs()
          throw error
        }
        await pause(clock, renewEveryMs, signal)
      })
      await writing
    },
    async end() {
      await endHeadend(database, self.id)
      await freeGateways(database, clock.now())
      await dropLineReports(database)
    },
  }
}

/** What ended processes have left behind: their gateways are nobody's, their commands are queued again. */
const takeOver = async ({ database, clock, log }: FlowContext, self: string): Promise<void> => {
  const { gateways, commands } = await database.transaction(async (sql) => ({
    gateways: await freeGateways(sql, clock.now()),
    commands: await recoverCommands(sql, clock.now(), self),
  }))
  await dropLineReports(database)
  if (gateways > 0 || commands > 0)
    log({
      level: 'info',
      what: `taken over: ${String(gateways)} gateways to wait for, ${String(commands)} commands to look at again`,
    })
}
