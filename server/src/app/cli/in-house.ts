import { uuidv7 } from 'uuidv7'
import type { FlowContext } from '../../flow/process.ts'
import { demonstrationTime } from '../running-clock.ts'
import { inHouse } from './house-command.ts'

/** What a command may use of the house: its books, its time (virtual in a demonstration) and new identifiers. */
export type CommandContext = Pick<FlowContext, 'database' | 'ids'> &
  Readonly<{ clock: Pick<FlowContext['clock'], 'now'> }>

/** Does one thing with the house's books and prints what comes of it. */
export const atHome = async (
  options: Readonly<Record<string, unknown>>,
  work: (context: CommandContext) => Promise<string>,
): Promise<void> =>
  inHouse(options, async (database) => {
    const now = (await demonstrationTime(database)) ?? Date.now()
    process.stdout.write(`${await work({ database, clock: { now: () => now }, ids: { uuid: uuidv7 } })}\n`)
  })
