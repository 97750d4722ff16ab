import type { Headend } from '../headend/headend.ts'
import { wholeField, type Reach } from '../store/headends.ts'
import { pursesDue } from '../store/meter-purchases.ts'
import { readFieldPurse } from './field-purchase-writer.ts'
import { loop, pause, type FlowContext } from './process.ts'
import { reconcilePurse } from './settle-purse.ts'

/** Purses read in one pass. */
const pursesPerPass = 50
/** Between two looks when nothing is due, and before a purse that failed or is disputed is read again; elapsed time. */
const lookEveryMs = 5_000
const askAgainMs = 300_000

export type PurseWatch = Readonly<{
  /** One pass; returns how many purses were due. */
  step(signal?: AbortSignal): Promise<number>
  run(signal: AbortSignal): Promise<void>
}>

/**
 * Reads the purse of every meter in local mode once per reading interval and charges what the meter has deducted by
 * itself, so that the books follow the meters without anybody buying.
 */
export const createPurseWatch = (
  context: FlowContext,
  headend: Pick<Headend, 'readPurse'>,
  reach: Reach = wholeField,
): PurseWatch => {
  const { database, clock } = context
  /** Elapsed time at which a purse that brought nothing may be read again. */
  const notBefore = new Map<number, number>()

  const readOne = async (meterId: number, signal: AbortSignal | undefined): Promise<void> => {
    notBefore.set(meterId, clock.elapsedMs() + askAgainMs)
    const askedAt = clock.now()
    const reading = await readFieldPurse(context, headend, meterId, { priority: 'scheduled', signal })
    if (reading === null) return
    const outcome = await reconcilePurse(context, meterId, reading, askedAt)
    if (outcome.kind === 'dispute')
      context.log({ level: 'error', what: 'a purse needs a person', detail: { meterId, reason: outcome.reason } })
    else notBefore.delete(meterId)
  }

  const step = async (signal?: AbortSignal): Promise<number> => {
    for (const [meterId, atMs] of notBefore) if (clock.elapsedMs() >= atMs) notBefore.delete(meterId)
    const due = await pursesDue(database, clock.now(), [...notBefore.keys()], pursesPerPass, reach)
    // All at once: each line orders its own exchanges.
    const read = await Promise.allSettled(due.map(async (meterId) => readOne(meterId, signal)))
    const failed = read.find(({ status }) => status === 'rejected')
    if (failed?.status === 'rejected') throw failed.reason
    return due.length
  }

  return {
    step,
    run: async (signal) =>
      loop(context, 'purses', signal, async () => {
        if ((await step(signal)) === 0) await pause(clock, lookEveryMs, signal)
      }),
  }
}
