import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase, type Database } from '../store/database.ts'
import { migrate } from '../store/migrate.ts'
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres/start-embedded-postgres.ts'
import { createPowerField, type PowerField } from './testing/power-field.ts'

// A row of docs/power-faults.md: PostgreSQL stops while a close is on the wire, and comes back. Its own server, for the
// tests beside this one need theirs.

const patience = 120_000
let folder: string
let server: EmbeddedPostgres
let database: Database
let field: PowerField

const start = async (): Promise<EmbeddedPostgres> =>
  startEmbeddedPostgres({ dataDirectory: join(folder, 'data'), onProgress: () => undefined })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xianfu-restart-'))
  await chmod(folder, 0o711)
  server = await start()
  database = openDatabase({ connection: server.connection, onError: () => undefined })
  await migrate(database)
  field = await createPowerField(database, [
    { place: 'on the wire', gateway: 'GW-1' },
    { place: 'later', gateway: 'GW-1' },
  ])
}, patience)
afterAll(async () => {
  await field.close()
  await database.close()
  await server.stop()
  await rm(folder, { recursive: true, force: true })
}, patience)

test(
  'database restarted: what was on the wire is looked at again, sent once, and the next payment restores as ever',
  { timeout: patience },
  async () => {
    for (const place of ['on the wire', 'later']) {
      await field.useUp(place)
      await field.untilCommand(place, 'trip', 'verified')
    }
    const meter = field.meter('on the wire')
    // Answers a second late, so that the database is gone when the proof arrives.
    meter.change({ behaviours: [{ kind: 'late-answer', delayMs: 1_000, functions: [0x11] }] })
    await field.pay('on the wire', 30)
    await field.until('obeyed', () => meter.look().obeyed.some(({ action }) => action === 'direct-close'))
    await server.stop()
    await field.until('closed in the field', () => meter.look().relay.actual === 'closed')
    await expect(field.pay('later', 30)).rejects.toThrow(/PostgreSQL/u)
    // Longer than the proof takes: its end can not be written down.
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    server = await start()
    const close = await field.untilCommand('on the wire', 'direct-close', 'verified')
    expect(meter.look().obeyed.filter(({ action }) => action === 'direct-close')).toHaveLength(1)
    expect((await field.steps(close.id)).slice(-2)).toEqual(['state-read', 'verified'])
    await field.pay('later', 30)
    await field.untilCommand('later', 'direct-close', 'verified')
  },
)
