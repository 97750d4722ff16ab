import type { Headend } from '../headend/headend.ts'
import { hastenCommands, recoverCommands } from '../store/commands.ts'
import {
  buryHeadends,
  endHeadend,
  freeGateways,
  heldElsewhere,
  holdGateway,
  leaseMs,
  letGoGateway,
  registerHeadend,
  renewHeadend,
  type HeadendProcess,
} from '../store/headends.ts'
import { hastenPurchases } from '../store/meter-purchases.ts'
import { gatewayChannel, notify, notifyLive } from '../store/notify.ts'
import { loop, pause, type FlowContext } from './process.ts'

/** A lease is renewed four times before it ends, elapsed time. */
const renewEveryMs = leaseMs / 4

export type GatewayHolder = Readonly<{
  /** Before anything of the field is done. */
  register(): Promise<void>
  /** Renews the lease, buries others whose lease is over, and takes their commands up. */
  run(signal: AbortSignal): Promise<void>
  /** Gives everything back at a clean end. */
  end(): Promise<void>
}>

export type HolderOptions = Readonly<{
  self: HeadendProcess
  headend: Pick<Headend, 'gateways' | 'onGatewayChange' | 'hangUp'>
  /** A gateway of ours has come, or commands of a process that has ended wait: look for work now. */
  onWork(): void
}>

/**
 * Which gateways are ours. A gateway belongs to the process that has its socket, and the newest socket counts: a gateway
 * that has redialled to us is ours from then on, and whoever had it before hangs up. A process that does not renew its
 * lease is buried by the others, its gateways are nobody's and its commands are taken up again, each with a look at the
 * meter's state first.
 */
export const createGatewayHolder = (context: FlowContext, { self, headend, onWork }: HolderOptions): GatewayHolder => {
  const { database, clock, log } = context
  /** Changes of one gateway are written one after the other: offline must not overtake online. */
  const writing = new Map<number, Promise<void>>()

  const cameTo = async (gatewayId: number, since: number): Promise<void> => {
    await database.transaction(async (sql) => {
      await holdGateway(sql, { gatewayId, headendId: self.id, since })
      await hastenCommands(sql, gatewayId, clock.now())
      await hastenPurchases(sql, gatewayId, clock.now())
      await notify(sql, gatewayChannel, `${String(gatewayId)} ${self.id}`)
      await notifyLive(sql, ['gateway'])
    })
    onWork()
  }

  const wentFrom = async (gatewayId: number, since: number): Promise<void> =>
    database.transaction(async (sql) => {
      await letGoGateway(sql, { gatewayId, headendId: self.id, since })
      await notifyLive(sql, ['gateway'])
    })

  headend.onGatewayChange(({ gatewayId, online, since }) => {
    const before = writing.get(gatewayId) ?? Promise.resolve()
    const written: Promise<void> = before
      .then(async () => (online ? cameTo(gatewayId, since) : wentFrom(gatewayId, since)))
      .catch((error: unknown) =>
        log({ level: 'error', what: 'the state of a gateway was not written down', detail: error }),
      )
      .finally(() => {
        if (writing.get(gatewayId) === written) writing.delete(gatewayId)
      })
    writing.set(gatewayId, written)
  })

  /** After a notice, and after notices may have been missed: what others hold is not ours any more. */
  const letGoOfOthers = async (gatewayIds: readonly number[]): Promise<void> => {
    for (const id of await heldElsewhere(database, self.id, gatewayIds))
      headend.hangUp(id, 'the gateway has come to another process')
  }

  const onlineHere = () => headend.gateways().filter(({ online }) => online)

  const onNotice = (payload: string): void => {
    const [gateway, holder] = payload.split(' ')
    if (holder === self.id) return
    const ids = payload === '' ? onlineHere().map(({ gatewayId }) => gatewayId) : [Number(gateway)]
    letGoOfOthers(ids).catch((error: unknown) =>
      log({ level: 'error', what: 'gateways of other processes were not looked up', detail: error }),
    )
  }

  /** We were thought dead: what nobody has taken meanwhile is ours again. */
  const reclaim = async (): Promise<void> => {
    log({ level: 'warn', what: 'this process was silent for so long that others took over; it begins anew' })
    await letGoOfOthers(onlineHere().map(({ gatewayId }) => gatewayId))
    for (const { gatewayId, since } of onlineHere()) await cameTo(gatewayId, since)
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

  return {
    async register() {
      await registerHeadend(database, self)
      await takeOver(context, self.id)
    },
    async run(signal) {
      await database.listen(gatewayChannel, onNotice, signal)
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
    },
    async end() {
      await Promise.allSettled(writing.values())
      await endHeadend(database, self.id)
      await freeGateways(database, clock.now())
    },
  }
}

/** What ended processes have left behind: their gateways are nobody's, their commands are queued again. */
const takeOver = async ({ database, clock, log }: FlowContext, self: string): Promise<void> => {
  const { gateways, commands } = await database.transaction(async (sql) => ({
    gateways: await freeGateways(sql, clock.now()),
    commands: await recoverCommands(sql, clock.now(), self),
  }))
  if (gateways > 0 || commands > 0)
    log({
      level: 'info',
      what: `taken over: ${String(gateways)} gateways to wait for, ${String(commands)} commands to look at again`,
    })
}
