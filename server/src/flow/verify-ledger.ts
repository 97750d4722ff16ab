import { blocksAfter, highestEntry, type LedgerBlock } from '../store/chain.ts'
import type { Sql } from '../store/database.ts'
import { beginBlock, hashJournal, noHash, readJournal } from './ledger-chain.ts'

export type ChainReport = Readonly<{
  blocks: number
  transfers: number
  /** Posted since the last block: proven by nothing yet but their balances. */
  unsealed: number
  /** Hash of the last block: whoever notes it elsewhere can prove later that nothing before it has changed. */
  head: string
  wrong: readonly string[]
}>

/** Blocks read at once. */
const blocksPerPage = 500

/**
 * Makes every block anew from the journal. A transfer that was changed, removed, added or reordered after it was sealed
 * gives another hash for its block; `noted` are hashes that were written down before and must still be in the chain, so
 * that even a chain that was made anew as a whole is found out.
 */
export const verifyLedger = async (sql: Sql, noted: readonly string[] = []): Promise<ChainReport> => {
  const wrong: string[] = []
  const missing = new Set(noted)
  let [blocks, transfers, head, sealed] = [0, 0, noHash, 0n]
  for (;;) {
    const page = await blocksAfter(sql, blocks, blocksPerPage)
    for (const block of page) {
      wrong.push(...(await problemsOf(sql, block, { number: blocks, hash: head, lastEntry: sealed })))
      missing.delete(block.hash)
      blocks = block.number
      transfers += block.transfers
      head = block.hash
      sealed = block.lastEntry
    }
    if (page.length < blocksPerPage) break
  }
  for (const hash of missing) wrong.push(`no block has the noted hash ${hash}`)
  return { blocks, transfers, unsealed: await countAfter(sql, sealed), head, wrong }
}

type Before = Readonly<{ number: number; hash: string; lastEntry: bigint }>

const problemsOf = async (sql: Sql, block: LedgerBlock, before: Before): Promise<readonly string[]> => {
  const name = `block ${String(block.number)} (${String(block.firstEntry)} to ${String(block.lastEntry)})`
  if (block.number !== before.number + 1) return [`${name}: block ${String(before.number + 1)} is missing`]
  if (block.firstEntry !== before.lastEntry + 1n) return [`${name}: does not begin where the one before ends`]
  if (block.previousHash !== before.hash) return [`${name}: does not follow the one before`]
  const { hash, transfers } = await hashJournal(sql, before.hash, block.firstEntry, block.lastEntry)
  if (transfers !== block.transfers)
    return [`${name}: sealed with ${String(block.transfers)} transfers, ${String(transfers)} are there`]
  return hash === block.hash ? [] : [`${name}: a transfer was changed after it was sealed`]
}

const countAfter = async (sql: Sql, entry: bigint): Promise<number> => {
  let count = 0
  for await (const page of readJournal(sql, entry + 1n, await highestEntry(sql))) count += page.length
  return count
}

/** Proves an exported file without any database: every block in it is made anew from the lines before it. */
export const verifyExport = async (lines: AsyncIterable<string>): Promise<ChainReport> => {
  const wrong: string[] = []
  let [blocks, transfers, head, open] = [0, 0, null as string | null, [] as string[]]
  for await (const line of lines) {
    const block = blockIn(line)
    if (block === null) {
      open.push(line)
      continue
    }
    const hash = beginBlock(block.previousHash)
    for (const sealed of open) hash.add(sealed)
    const name = `block ${String(block.block)}`
    if (head !== null && head !== block.previousHash) wrong.push(`${name}: does not follow the one before`)
    if (hash.digest() !== block.hash) wrong.push(`${name}: its lines are not those that were sealed`)
    blocks += 1
    transfers += open.length
    head = block.hash
    open = []
  }
  return { blocks, transfers, unsealed: open.length, head: head ?? noHash, wrong }
}

const blockIn = (line: string): Readonly<{ block: number; previousHash: string; hash: string }> | null => {
  if (!line.startsWith('{"block":')) return null
  return JSON.parse(line) as { block: number; previousHash: string; hash: string }
}
