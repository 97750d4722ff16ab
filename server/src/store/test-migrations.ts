import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Database } from './database.ts'
import { migrate, migrationsDirectory } from './migrate.ts'

/**
 * Applies the files before that one, as an older house has left its database; `migrate` then takes it the rest of the
 * way. Throws when there is no such file, or nothing before it.
 */
export const migrateBefore = async (database: Database, isIt: (name: string) => boolean): Promise<void> => {
  const names = (await readdir(migrationsDirectory)).filter((name) => name.endsWith('.sql')).sort()
  const before = names.slice(0, Math.max(0, names.findIndex(isIt)))
  if (before.length === 0) throw new Error('there is no such migration, or none before it')
  const directory = await mkdtemp(join(tmpdir(), 'migrations-'))
  try {
    for (const name of before) await copyFile(join(migrationsDirectory, name), join(directory, name))
    await migrate(database, { directory })
  } finally {
    await rm(directory, { recursive: true })
  }
}
