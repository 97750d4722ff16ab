import type { Config } from './config.ts'
import { findRunningPostgres } from './embedded-postgres/running.ts'
import { startEmbeddedPostgres } from './embedded-postgres/start-embedded-postgres.ts'
import { openDatabase, type Database } from '../store/database.ts'

export type HouseDatabase = Readonly<{ database: Database; close(): Promise<void> }>

type DatabaseConfig = Pick<Config, 'data' | 'databaseUrl'>

/** Opens the server that `DATABASE_URL` names, or starts the embedded one in the data folder. */
export const openHouseDatabase = async (
  { data, databaseUrl }: DatabaseConfig,
  tell: (text: string) => void,
  onError: (error: unknown) => void,
): Promise<HouseDatabase> => {
  if (databaseUrl !== undefined) return opened(openDatabase({ connection: { connectionString: databaseUrl }, onError }))
  const running = await findRunningPostgres(data)
  if (running !== undefined) return opened(openDatabase({ connection: running, onError }))
  const embedded = await startEmbeddedPostgres({ dataDirectory: data, onProgress: tell })
  try {
    return await opened(openDatabase({ connection: embedded.connection, onError }), async () => embedded.stop())
  } catch (error) {
    await embedded.stop()
    throw error
  }
}

/** The first answer is waited for here, so that an unreachable server is told in one line at the start. */
const opened = async (database: Database, after?: () => Promise<void>): Promise<HouseDatabase> => {
  try {
    await database.ping()
  } catch (error) {
    await database.close()
    throw error
  }
  return {
    database,
    async close() {
      await database.close()
      await after?.()
    },
  }
}
