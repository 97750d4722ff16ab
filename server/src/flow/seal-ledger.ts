import {
  drawTransaction,
  highestEntry,
  insertBlock,
  lastBlock,
  lockSealing,
  oldestTransaction,
  type LedgerBlock,
} from '../store/chain.ts'
import type { Database } from '../store/database.ts'
import { StoreError } from '../store/store-error.ts'
import { hashJournal, noHash } from './ledger-chain.ts'
import type { MoneyContext } from './operate.ts'
import { loop, pause, type FlowContext } from './process.ts'

/** Numbers of the journal in one block at most. */
const entriesPerBlock = 100_000n
/** Pause between two sealings, elapsed time. */
const sealEveryMs = 60_000
/** How long the writers under way are waited for, and how often they are looked at, elapsed time. */
const waitForWritersMs = 30_000
const lookEveryMs = 20
/** A block of so many transfers is read and hashed within this. */
const sealTimeoutMs = 10 * 60_000

/**
 * Seals what has been posted since the last block. Nothing waits for it: numbers are drawn by writers in any order, so it
 * notes the highest number, lets those who were writing at that moment end, and then that stretch of the journal is
 * final. Returns the new blocks, none when nothing was posted; throws when a writer does not end in time.
 */
export const sealLedger = async ({ database, clock }: Omit<MoneyContext, 'ids'>): Promise<readonly LedgerBlock[]> => {
  const horizon = await finalHorizon(database, clock)
  const blocks: LedgerBlock[] = []
  for (;;) {
    const block = await sealOne(database, horizon, clock.now())
    if (block === null) return blocks
    blocks.push(block)
  }
}

/** A number of the journal below which nothing will appear any more. */
const finalHorizon = async (database: Database, clock: MoneyContext['clock']): Promise<bigint> => {
  const highest = await highestEntry(database)
  const next = await drawTransaction(database)
  const started = clock.elapsedMs()
  while ((await oldestTransaction(database)) < next) {
    if (clock.elapsedMs() - started > waitForWritersMs)
      throw new StoreError(
        'time-out',
        'somebody has been writing for too long, so nothing was sealed; it will be later',
      )
    await clock.delay(lookEveryMs)
  }
  return highest
}

const sealOne = async (database: Database, horizon: bigint, now: number): Promise<LedgerBlock | null> =>
  database.transaction(
    async (sql) => {
      await lockSealing(sql)
      const last = await lastBlock(sql)
      const firstEntry = (last?.lastEntry ?? 0n) + 1n
      if (firstEntry > horizon) return null
      const full = firstEntry + entriesPerBlock - 1n
      const lastEntry = full < horizon ? full : horizon
      const previousHash = last?.hash ?? noHash
      const { hash, transfers } = await hashJournal(sql, previousHash, firstEntry, lastEntry)
      const number = (last?.number ?? 0) + 1
      const block = { number, firstEntry, lastEntry, transfers, previousHash, hash, sealedAt: now }
      await insertBlock(sql, block)
      return block
    },
    { statementTimeoutMs: sealTimeoutMs },
  )

export const runSealing = async (context: FlowContext, signal: AbortSignal): Promise<void> =>
  loop(context, 'sealing', signal, async () => {
    await pause(context.clock, sealEveryMs, signal)
    if (!signal.aborted) await sealLedger(context)
  })
