import { createHash, type Hash } from 'node:crypto'
import { journalLine, type JournalTransfer } from '../domain/ledger/journal-line.ts'
import type { Sql } from '../store/database.ts'
import { transfersBetween } from '../store/chain.ts'

/** What the first block follows. */
export const noHash = '0'.repeat(64)

/** Numbers of the journal read at once. */
const entriesPerPage = 5_000n

/** The transfers of a stretch of the journal, a page at a time. */
export const readJournal = async function* (
  sql: Sql,
  first: bigint,
  last: bigint,
): AsyncGenerator<readonly JournalTransfer[]> {
  for (let from = first; from <= last; from += entriesPerPage) {
    const to = from + entriesPerPage - 1n
    yield await transfersBetween(sql, from, to < last ? to : last)
  }
}

/** The hash of a block under way: the hash before it, then the line of each transfer, each ended by a line feed. */
export type BlockHash = Readonly<{ add(line: string): void; count(): number; digest(): string }>

export const beginBlock = (previousHash: string): BlockHash => {
  const hash: Hash = createHash('sha256').update(`${previousHash}\n`)
  let lines = 0
  return {
    add(line) {
      hash.update(`${line}\n`)
      lines += 1
    },
    count: () => lines,
    digest: () => hash.digest('hex'),
  }
}

export const hashJournal = async (
  sql: Sql,
  previousHash: string,
  first: bigint,
  last: bigint,
): Promise<Readonly<{ hash: string; transfers: number }>> => {
  const block = beginBlock(previousHash)
  for await (const page of readJournal(sql, first, last)) for (const transfer of page) block.add(journalLine(transfer))
  return { hash: block.digest(), transfers: block.count() }
}
