import { uuidv7 } from 'uuidv7'
import type { FlowContext } from '../../flow/process.ts'
import { openHouseDatabase } from '../open-house-database.ts'
import { demonstrationTime } from '../running-clock.ts'
import type { ConfigOf } from './operator.ts'

/** What a command may use of the house: its books, its time (virtual in a demonstration) and new identifiers. */
export type CommandContext = Pick<FlowContext, 'database' | 'ids'> &
  Readonly<{ clock: Pick<FlowContext['clock'], 'now'> }>

/** Opens the house, does one thing in it, prints what comes of it, and closes it again. */
export const inHouse = async (
  configOf: ConfigOf,
  options: Readonly<Record<string, unknown>>,
  work: (context: CommandContext) => Promise<string>,
): Promise<void> => {
  const house = await openHouseDatabase(
    configOf(options),
    () => undefined,
    () => undefined,
  )
  try {
    const { database } = house
    const now = (await demonstrationTime(database)) ?? Date.now()
    process.stdout.write(`${await work({ database, clock: { now: () => now }, ids: { uuid: uuidv7 } })}\n`)
  } finally {
    await house.close()
  }
}
