import { Option, type Command } from 'commander'
import { pendingMigrations } from '../../store/migrate.ts'
import type { Database } from '../../store/database.ts'
import { readConfig, settings, type Config } from '../config.ts'
import { StartRefused } from '../one-server.ts'
import { openHouseDatabase } from '../open-house-database.ts'

/** What all commands share that open the house's database beside, or without, a running server. */

export const withOptions = (command: Command, keys: readonly (keyof Config)[]): Command => {
  for (const key of keys) {
    const { flag, words, environment } = settings[key]
    command.addOption(new Option(flag, `${words} [${environment}]`))
  }
  return command.exitOverride()
}

export const withDatabaseOptions = (command: Command): Command => withOptions(command, ['data', 'databaseUrl'])

export const configOf = (options: Readonly<Record<string, unknown>>): Config => {
  const result = readConfig(options, process.env)
  if (!result.ok) throw new StartRefused(result.problems.join('; '))
  return result.config
}

/** Opens the database, does the work, closes; what it tells of itself goes to standard error. */
export const inHouse = async (
  options: Readonly<Record<string, unknown>>,
  work: (database: Database) => Promise<void>,
): Promise<void> => {
  const tell = (text: string): void => {
    process.stderr.write(`${text}\n`)
  }
  const { data, databaseUrl } = options
  const house = await openHouseDatabase(configOf({ data, databaseUrl }), tell, () => undefined)
  try {
    if ((await pendingMigrations(house.database)).length > 0)
      throw new StartRefused('the database is older than this program; run `xianfu start` once to bring it up to date')
    await work(house.database)
  } finally {
    await house.close()
  }
}

/** An instant as a person types it: `2026-05-01`, `2026-05-01T08:00+08:00`. */
export const instantOf = (text: string): number => {
  const instant = Date.parse(text)
  if (Number.isNaN(instant))
    throw new StartRefused(`${text} is no date; write 2026-05-01 (UTC) or 2026-05-01T08:00+08:00`)
  return instant
}
