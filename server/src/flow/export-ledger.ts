import { csvHeader, csvLine, journalLine } from '../domain/ledger/journal-line.ts'
import { blocksAfter, highestEntry, type LedgerBlock } from '../store/chain.ts'
import type { Sql } from '../store/database.ts'
import { readJournal } from './ledger-chain.ts'

export type ExportOptions = Readonly<{
  format: 'jsonl' | 'csv'
  /** By the time of posting, wall time: from (included) to (not included). */
  from: number
  to: number
}>

const blocksPerPage = 500

/**
 * The journal as lines of text. JSON lines come in whole blocks, each followed by a line with its hash, so that the file
 * can be proven by itself; CSV has exactly the transfers asked for.
 */
export const exportLedger = async function* (sql: Sql, options: ExportOptions): AsyncGenerator<string> {
  if (options.format === 'csv') yield csvHeader
  let sealed = 0n
  for await (const block of allBlocks(sql)) {
    sealed = block.lastEntry
    yield* options.format === 'csv' ? csvOf(sql, block, options) : wholeBlock(sql, block, options)
  }
  const rest = { firstEntry: sealed + 1n, lastEntry: await highestEntry(sql) }
  for await (const page of readJournal(sql, rest.firstEntry, rest.lastEntry))
    for (const transfer of page)
      if (isInside(transfer.postedAt, options))
        yield options.format === 'csv' ? csvLine(transfer) : journalLine(transfer)
}

const isInside = (postedAt: number, { from, to }: ExportOptions): boolean => postedAt >= from && postedAt < to

const allBlocks = async function* (sql: Sql): AsyncGenerator<LedgerBlock> {
  for (let number = 0; ; number += blocksPerPage) {
    const page = await blocksAfter(sql, number, blocksPerPage)
    yield* page
    if (page.length < blocksPerPage) return
  }
}

const csvOf = async function* (sql: Sql, block: LedgerBlock, options: ExportOptions): AsyncGenerator<string> {
  for await (const page of readJournal(sql, block.firstEntry, block.lastEntry))
    for (const transfer of page) if (isInside(transfer.postedAt, options)) yield csvLine(transfer)
}

/** A block is given whole or not at all: half of it could not be proven. */
const wholeBlock = async function* (sql: Sql, block: LedgerBlock, options: ExportOptions): AsyncGenerator<string> {
  let touched = false
  for await (const page of readJournal(sql, block.firstEntry, block.lastEntry))
    if (page.some(({ postedAt }) => isInside(postedAt, options))) {
      touched = true
      break
    }
  if (!touched) return
  for await (const page of readJournal(sql, block.firstEntry, block.lastEntry))
    for (const transfer of page) yield journalLine(transfer)
  yield blockLine(block)
}

const blockLine = ({ number, firstEntry, lastEntry, previousHash, hash, sealedAt, transfers }: LedgerBlock): string =>
  JSON.stringify({
    block: number,
    firstEntry: String(firstEntry),
    lastEntry: String(lastEntry),
    transfers,
    previousHash,
    hash,
    sealedAt: new Date(sealedAt).toISOString(),
  })
