import { uuidv7 } from 'uuidv7'
import type { Clock } from '../domain/clock.ts'
import { createFieldPurchaseWriter } from '../flow/field-purchase-writer.ts'
import { pendingMigrations } from '../store/migrate.ts'
import { readSetting } from '../store/settings.ts'
import type { Config } from './config.ts'
import { startFieldSide } from './field-side.ts'
import { StartRefused, type Mode } from './one-server.ts'
import { openHeadend } from './open-headend.ts'
import { openHouseDatabase } from './open-house-database.ts'
import { createSay, sayFlow } from './say.ts'
import { systemClock } from './system-clock.ts'

export type RunningHeadend = Readonly<{ gatewayPort: number; stop(): Promise<void> }>

const ids = { uuid: uuidv7 }

/**
 * One more process that holds gateways, beside the house: same database, same program, no console. Gateways that dial in
 * here are read, settled and commanded here. Throws {@link StartRefused} with one clear line.
 */
export const startHeadend = async (config: Config): Promise<RunningHeadend> => {
  const clock: Clock = systemClock()
  const say = createSay(config.logLevel, () => clock.now())
  const { database, close } = await openHouseDatabase(
    config,
    (text) => say.line(text),
    (error) => say.log('warn', 'database', error),
  )
  try {
    if ((await pendingMigrations(database)).length > 0)
      throw new StartRefused('the database is older than this program; start the house (`xianfu start`) once')
    if ((await readSetting<Mode>(database, 'mode')) !== 'field')
      throw new StartRefused('only a real field has several processes; a demonstration keeps its own time in one')
    const listen = { host: config.gatewayHost ?? '0.0.0.0', port: config.gatewayPort ?? 8645 }
    const headend = await openHeadend(config, { mode: 'field', listen, clock, say })
    const log = sayFlow(say)
    const stopping = new AbortController()
    const context = { database, clock, ids, log }
    const purchaseWriter = createFieldPurchaseWriter({ database, log }, headend, stopping.signal)
    const field = await startFieldSide({ context, headend, self: ids.uuid(), kind: 'headend', purchaseWriter })
    say.line(`Xianfu 先付 headend is ready; gateways dial in on port ${String(field.gatewayPort)}`)
    return {
      gatewayPort: field.gatewayPort,
      async stop() {
        stopping.abort()
        await field.stop()
        await close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}
