import type { Headend } from '../headend/headend.ts'
import { createBell, loop, type FlowContext } from './process.ts'

/** Work that lines do in the time that nobody else wants, one piece at a time on each. */
export type LineWork<Job extends Readonly<{ gatewayId: number }>> = Readonly<{
  name: string
  /** The next piece of each of these lines, one a line at most. */
  find(gatewayIds: readonly number[]): Promise<readonly Job[]>
  carryOut(job: Job): Promise<void>
  /** Longest pause between two looks at lines that had nothing to do, elapsed time. */
  lookEveryMs: number
}>

type OwnLine = Readonly<{ gatewayId: number; online: boolean }>

/** The lines that this process has, of which others may have more. */
export type OwnLines = Readonly<{
  gateways(): readonly OwnLine[]
  gateway(gatewayId: number): OwnLine | null
  onGatewayChange: Headend['onGatewayChange']
}>

/** Pieces that are under way in all: what they bring waits in memory. */
const underWayAtMost = 2_000

/**
 * Keeps every connected line at one piece of the work. A line that has finished one is looked at again at once, one that
 * had nothing only with the next look at all of them: thousands of idle lines cost one query a look.
 */
export const runOnePerLine = async <Job extends Readonly<{ gatewayId: number }>>(
  context: FlowContext,
  lines: OwnLines,
  { name, find, carryOut, lookEveryMs }: LineWork<Job>,
  signal: AbortSignal,
): Promise<void> => {
  const bell = createBell()
  const busy = new Set<number>()
  const wanted = new Set<number>()
  const under = new Set<Promise<void>>()
  let lookAtAllMs = -Infinity
  lines.onGatewayChange(({ gatewayId, online }) => {
    if (!online) return
    wanted.add(gatewayId)
    bell.ring()
  })

  const begin = (job: Job): void => {
    busy.add(job.gatewayId)
    const work: Promise<void> = carryOut(job)
      .catch((error: unknown) => context.log({ level: 'error', what: `${name} was left`, detail: error }))
      .finally(() => {
        busy.delete(job.gatewayId)
        wanted.add(job.gatewayId)
        under.delete(work)
        bell.ring()
      })
    under.add(work)
  }

  await loop(context, name, signal, async () => {
    const nowMs = context.clock.elapsedMs()
    const isLook = nowMs >= lookAtAllMs
    if (isLook) lookAtAllMs = nowMs + lookEveryMs
    // Between two looks only those that have just become free: one piece that ends must not cost a pass over thousands.
    const candidates = isLook ? lines.gateways() : [...wanted].flatMap((id) => lines.gateway(id) ?? [])
    const free = candidates
      .flatMap(({ gatewayId, online }) => (online && !busy.has(gatewayId) ? [gatewayId] : []))
      .slice(0, Math.max(0, underWayAtMost - under.size))
    for (const gatewayId of free) wanted.delete(gatewayId)
    if (free.length > 0) for (const job of await find(free)) begin(job)
    await bell.wait(context.clock, Math.max(1, lookAtAllMs - context.clock.elapsedMs()), signal)
  })
  await Promise.allSettled(under)
}
