import { readSetting, writeSetting } from '../store/settings.ts'
import type { Database } from '../store/database.ts'
import type { Config } from './config.ts'

export type Mode = 'demonstration' | 'field'

/** What a person has done wrong, said in one line that tells what to do; no stack is of use. */
export class StartRefused extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'StartRefused'
  }
}

/**
 * A database is a demonstration or a real field for ever: virtual money and real money never share a ledger. Decided by
 * the first start.
 */
export const settleMode = async (database: Database, wanted: Config['mode']): Promise<Mode> => {
  const known = await readSetting<Mode>(database, 'mode')
  const mode = known ?? wanted ?? 'demonstration'
  if (wanted !== undefined && wanted !== mode)
    throw new StartRefused(
      `this database is a ${mode} installation; use another --data folder or DATABASE_URL for --mode ${wanted}`,
    )
  if (known === null) await writeSetting(database, 'mode', mode)
  return mode
}
