import { uuidv7 } from 'uuidv7'
import { createWriter, seeded } from '../../flow/testing/ledger-workload.ts'
import type { Site } from '../../flow/testing/site.ts'
import type { Connection } from '../../store/connection.ts'
import { openDatabase } from '../../store/database.ts'
import { anchoredClock, type ClockAnchor } from '../system-clock.ts'

export type WriterOrder = Readonly<{
  connection: Connection
  seed: number
  writers: number
  anchor: ClockAnchor
  site: Omit<Site, 'ids'>
}>

/**
 * The process that is killed: writers that tell each answer on standard output, a line at once after it was given. Whatever
 * stands there was acknowledged, whenever the process ends.
 */
export const soakWriter = async ({ connection, seed, writers, anchor, site }: WriterOrder): Promise<never> => {
  const database = openDatabase({ connection, maxConnections: writers, onError: () => undefined })
  const ids = { uuid: uuidv7 }
  const context = { database, clock: anchoredClock(anchor), ids }
  const work = async (index: number): Promise<never> => {
    const options = { context, site: { ...site, ids }, name: `${String(seed)}/${String(index)}` }
    const writer = createWriter({ ...options, random: seeded(seed * 1_000 + index), totalWhAt: totalWhSince(anchor) })
    for (;;) process.stdout.write(`${JSON.stringify(await writer.step())}\n`)
  }
  await Promise.all(Array.from({ length: writers }, async (_, index) => work(index)))
  throw new Error('a writer has ended')
}

/** A load of sixty kilowatts: what a meter shows depends on the time alone, so any process may read it. */
const totalWhSince =
  ({ virtualMs }: ClockAnchor) =>
  (at: number): bigint =>
    BigInt(Math.max(0, Math.floor((at - virtualMs) / 60)))
