import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { listMeters, requestCommand, type CommandDetail } from '@xianfu/contract'
import { parseVillage, startVillage, systemClock, type RunningVillage } from '@xianfu/simulator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from './free-port.ts'
import { makeDataFolder, startServer, until, type RunningServer } from './running-server.ts'
import { commandsOf } from './story.ts'

// A row of docs/power-faults.md: the server is killed when the bytes of a command have left and no answer has come. The
// field lives on in this process; server and database are processes of their own.

const run = promisify(execFile)
const program = fileURLToPath(new URL('../../server/bin/xianfu.js', import.meta.url))
const address = '202611020001'
const timeout = 120_000
const withinMs = 30_000

let folder: Awaited<ReturnType<typeof makeDataFolder>>
let files: string
let server: RunningServer
let village: RunningVillage
let gatewayPort: number

const site = {
  site: { name: 'S', timeZone: 'Asia/Shanghai', readingIntervalMinutes: 30, servicePhone: '10000', signature: 'S' },
  pricePlans: [{ name: 'flat', kind: 'flat', price: '1' }],
  gateways: [{ code: 'GW-1', link: 'dials-in', registration: 'GW-1', baudRate: 9600 }],
  accounts: [
    {
      number: '20001',
      customer: { name: 'A', phone: '10000000001' },
      meters: [{ gateway: 'GW-1', address, place: '1-101', maximumWatts: 13_200 }],
      agreement: { pricePlan: 'flat' },
      openingPayment: '100.00',
    },
  ],
}

beforeAll(async () => {
  folder = await makeDataFolder()
  files = await mkdtemp(join(tmpdir(), 'xianfu-files-'))
  gatewayPort = await freePort()
  server = await startServer(folder.path, { mode: 'field', gatewayPort })
  const path = join(files, 'site.json')
  await writeFile(path, JSON.stringify(site))
  await run(process.execPath, [program, 'enrol', path, '--data', folder.path])
  const parsed = parseVillage({
    name: 'one meter',
    timeZone: 'Asia/Shanghai',
    gateways: [
      {
        id: 'GW-1',
        mode: 'dials-in',
        registration: 'GW-1',
        reconnectMs: 100,
        line: { baudRate: 9600 },
        meters: [{ address, name: 'one' }],
      },
    ],
  })
  if (!parsed.ok) throw new Error(parsed.problems.join('; '))
  village = await startVillage({
    village: parsed.value,
    clock: systemClock(),
    headend: { host: '127.0.0.1', port: gatewayPort },
  })
}, timeout)
afterAll(async () => {
  await village.stop()
  // The database has outlived the first server and belongs to nobody: both end.
  await server.crash()
  await folder.remove()
  await rm(files, { recursive: true, force: true })
}, timeout)

const meterId = async (): Promise<number> => {
  const { meters } = await server.call(listMeters)
  const [meter] = meters
  if (meter === undefined) throw new Error('there is no meter')
  return meter.id
}
const command = async (kind: string): Promise<CommandDetail | undefined> =>
  (await commandsOf(server, await meterId())).find((one) => one.kind === kind)
const ask = async (kind: 'trip' | 'direct-close'): Promise<void> => {
  const body = { key: randomUUID(), kind, reason: 'rehearsal' }
  await server.call(requestCommand, { params: { id: await meterId() }, body })
}
const looks = () => village.meter(address)?.look()

test(
  'killed between sent and acknowledged: the next life asks the meter, and sends nothing twice',
  { timeout },
  async () => {
    await until(
      'the gateway is online',
      async () => (await server.call(listMeters)).meters.every(({ gateway }) => gateway.online),
      withinMs,
    )
    await ask('trip')
    await until('tripped', async () => (await command('trip'))?.state === 'verified', withinMs)
    village.meter(address)?.change({ behaviours: [{ kind: 'obey-without-answer', functions: [0x1c], times: 1 }] })
    await ask('direct-close')
    // The meter has obeyed and says nothing: the server waits for an answer when it dies.
    await until('obeyed', async () => looks()?.obeyed.some(({ action }) => action === 'direct-close'), withinMs)
    expect((await command('direct-close'))?.state).toBe('sent')
    await server.kill()

    server = await startServer(folder.path, { mode: 'field', gatewayPort })
    await until('proven', async () => (await command('direct-close'))?.state === 'verified', withinMs)
    const close = await command('direct-close')
    const steps = close?.events.map(({ kind }) => kind) ?? []
    expect(steps.filter((kind) => kind === 'sent')).toHaveLength(1)
    expect([steps.slice(0, 3), steps.slice(-2)]).toEqual([
      ['queued', 'sent', 'recovered'],
      ['state-read', 'verified'],
    ])
    expect(looks()?.obeyed.filter(({ action }) => action === 'direct-close')).toHaveLength(1)
  },
)
