import { createHash } from 'node:crypto'

/** How the databases of one test file begin: the run, and a key of the file by which they are found when it has failed. */
export const testDatabasePrefix = (runId: string, file: string): string =>
  `test_${runId}_${createHash('sha256').update(file).digest('hex').slice(0, 8)}_`
