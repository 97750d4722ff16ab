import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import {
  buyForMeter,
  listMeters,
  listWorkItems,
  readLineLoss,
  readMeter,
  readPurse,
  RequestError,
  signAgreement,
  topUp,
  type MeterPurchase,
} from '@xianfu/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeDataFolder, startServer, until, type RunningServer } from './running-server.ts'

const run = promisify(execFile)
const program = fileURLToPath(new URL('../../server/bin/xianfu.js', import.meta.url))
const simulator = fileURLToPath(new URL('../../simulator/bin/xianfu-simulator.js', import.meta.url))
const address = '202611010101'
const masterAddress = '202611010109'

/** A meter of an Acrel kind whose firmware takes plain writes to its purse; so dear that money goes within seconds. */
const village = {
  name: 'register purse',
  timeZone: 'Asia/Shanghai',
  gateways: [
    {
      id: 'GW-1',
      mode: 'dials-in',
      registration: 'GW-1',
      reconnectMs: 200,
      line: { baudRate: 9_600, parity: 'none' },
      meters: [
        {
          address,
          name: 'register purse',
          constantWatts: 0,
          modbus: { unit: 7, model: 'acrel-dtsy1352', registerPurse: true },
          prepayment: { prices: [100, 100, 100, 100], opened: true, balance: 12, purchases: 3 },
        },
      ],
    },
  ],
}

const site = {
  site: { name: 'Site', timeZone: 'Asia/Shanghai', servicePhone: '95598', signature: 'Site' },
  pricePlans: [
    {
      name: 'home',
      kind: 'tariff',
      document: {
        code: 'HOME',
        version: 1,
        validFrom: '2024-01-01',
        energy: { kind: 'flat', price: '100' },
        purchase: { minimum: '5', hoardLimit: '500' },
      },
    },
  ],
  gateways: [{ code: 'GW-1', link: 'dials-in', registration: 'GW-1', baudRate: 9_600, parity: 'none' }],
  accounts: [
    {
      number: '4711',
      customer: { name: 'Customer', phone: '10000000001' },
      meters: [
        {
          gateway: 'GW-1',
          address,
          place: 'Room',
          maximumWatts: 100_000,
          protocol: { kind: 'modbus-rtu', unit: 7, model: 'acrel-dtsy1352-register-purse' },
          behind: masterAddress,
        },
      ],
      agreement: { pricePlan: 'home' },
    },
    {
      number: '4712',
      customer: { name: 'House', phone: '10000000002' },
      meters: [
        { gateway: 'GW-1', address: masterAddress, place: 'Master', maximumWatts: 100_000, lossLimitPercent: '7' },
      ],
    },
  ],
}

/** Server with its database, and the virtual field, as processes of their own: HTTP on one side, real TCP on the other. */
describe('a meter with its purse in registers, from the counter to its display', () => {
  const timeout = 120_000
  const withinMs = 60_000
  let folder: Awaited<ReturnType<typeof makeDataFolder>>
  let files = ''
  let server: RunningServer
  let field: ChildProcess
  let door = ''
  let [accountId, meterId] = [0, 0]

  beforeAll(async () => {
    folder = await makeDataFolder()
    files = await mkdtemp(join(tmpdir(), 'xianfu-files-'))
    server = await startServer(folder.path, { mode: 'field' })
    await writeFile(join(files, 'site.json'), JSON.stringify(site))
    await writeFile(join(files, 'village.json'), JSON.stringify(village))
    await run(process.execPath, [program, 'enrol', join(files, 'site.json'), '--data', folder.path])
    const headend = `127.0.0.1:${String(server.gatewayPort)}`
    field = spawn(
      process.execPath,
      [simulator, '--village', join(files, 'village.json'), '--headend', headend, '--control-port', '0'],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    door = `http://127.0.0.1:${await controlPort(field)}/meters/${address}`
    const online = async () =>
      (await server.call(listMeters)).meters.find(({ gateway, place }) => gateway.online && place === 'Room')
    const meter = await until('the gateway is online', online, withinMs)
    ;({ id: meterId } = meter)
    accountId = meter.account?.id ?? 0
  }, timeout)
  afterAll(async () => {
    field.kill('SIGKILL')
    await server.stop()
    await folder.remove()
    await rm(files, { recursive: true, force: true })
  }, timeout)

  const purse = async () => server.call(readPurse, { params: { id: meterId } })
  const wallet = async () =>
    ((await (await fetch(door)).json()) as { wallet: { balanceFen: number; purchases: number } }).wallet
  const patch = async (change: object) => fetch(door, { method: 'PATCH', body: JSON.stringify(change) })
  const buy = async (amount: string, key = randomUUID()) =>
    server.call(buyForMeter, { params: { id: meterId }, body: { key, amount } })
  const ended = async (id: string): Promise<MeterPurchase> =>
    until(
      'the purchase has ended',
      async () => (await purse()).purchases.find((one) => one.id === id && one.finishedAt !== null),
      withinMs,
    )
  const refusal = async (work: Promise<unknown>) =>
    work.then(
      () => 'nothing was refused',
      (error: unknown) => (error instanceof RequestError ? error.problem?.code : String(error)),
    )

  test('the enrolment has told what it is behind', { timeout }, async () => {
    const loss = async (id: number) => server.call(readLineLoss, { params: { id } })
    const { master } = await loss(meterId)
    expect(master).toMatchObject({ address: masterAddress, place: 'Master', to: null })
    expect(await loss(master?.id ?? 0)).toMatchObject({
      limitPercent: '7',
      subs: [{ id: meterId, place: 'Room' }],
      spans: [],
    })
  })

  test('nothing is bought for it before an agreement in local mode is signed', { timeout }, async () => {
    await server.call(topUp, { params: { id: accountId }, body: { key: randomUUID(), amount: '400' } })
    expect(await refusal(buy('50'))).toBe('not-local-mode')
    const body = { key: randomUUID(), settlementMode: 'local' } as const
    const signed = await server.call(signAgreement, { params: { id: accountId }, body })
    expect(signed).toMatchObject({ version: 2, fresh: true })
    expect(await server.call(signAgreement, { params: { id: accountId }, body })).toEqual({ ...signed, fresh: false })
    expect((await server.call(readMeter, { params: { id: meterId } })).agreement).toMatchObject({
      version: 2,
      settlementMode: 'local',
      planName: 'home',
    })
  })

  test('a purchase is pending, written, and posted when the count has moved on', { timeout }, async () => {
    const key = randomUUID()
    const bought = await buy('50.05', key)
    expect(await buy('50.05', key)).toEqual({ ...bought, fresh: false })
    const done = await ended(bought.purchaseId)
    expect(done).toMatchObject({ state: 'posted', amount: '50.05', provingCount: 4, attempts: 1, resolving: false })
    expect(done.life.map(({ step }) => step)).toEqual(['written', 'accepted', 'posted'])
    expect(await wallet()).toMatchObject({ balanceFen: 6_205, purchases: 4 })
    // What was in it before came into the books by its first reading.
    expect(await purse()).toMatchObject({
      mode: 'local',
      shown: { balance: '62.05', purchaseCount: 4 },
      booked: '62.05',
      pending: '0.00',
      available: '349.95',
      hoardLimit: '500.00',
      dispute: null,
    })
  })

  test('a lost answer is shown as being resolved, and the count finds it', { timeout }, async () => {
    await patch({ behaviours: [{ kind: 'obey-without-answer', functions: [0x10], times: 1 }] })
    const { purchaseId } = await buy('30')
    const unsure = await until(
      'it is being resolved',
      async () => (await purse()).purchases.find(({ id, resolving }) => id === purchaseId && resolving),
      withinMs,
    )
    expect(unsure.state).toBe('written')
    expect((await purse()).pending).toBe('30.00')
    expect(await refusal(buy('1'))).toBe('purchase-already-open')
    const done = await ended(purchaseId)
    expect(done).toMatchObject({ state: 'posted', attempts: 1 })
    expect(done.life.map(({ step }) => step)).toEqual(['written', 'no-answer', 'posted'])
    expect(await wallet()).toMatchObject({ balanceFen: 9_205, purchases: 5 })
  })

  test('more than may be bought ahead, or than there is, never leaves the house', { timeout }, async () => {
    expect(await refusal(buy('320'))).toBe('not-enough-money')
    await server.call(topUp, { params: { id: accountId }, body: { key: randomUUID(), amount: '150' } })
    expect(await refusal(buy('408'))).toBe('above-hoard-limit')
    expect(await wallet()).toMatchObject({ balanceFen: 9_205, purchases: 5 })
  })

  test('from the command line too, and the books are right', { timeout }, async () => {
    const said = async (...words: string[]) =>
      (await run(process.execPath, [program, ...words, '--data', folder.path])).stdout
    expect(await said('purse', 'buy', '4711', '--amount', '20')).toMatch(/^bought for meter 202611010101: purchase /u)
    await until('it is posted', async () => (await wallet()).purchases === 6, withinMs)
    await until('it is in the books', async () => (await purse()).pending === '0.00', withinMs)
    expect(await said('purse', 'show', '4711')).toMatch(/shows 112\.05 yuan after 6 purchases/u)
    expect(await said('agreement', 'list', '4711')).toMatch(/^version 1 {2}remote .*\nversion 2 {2}local /u)
    expect(await said('audit')).not.toContain('WRONG')
    expect((await server.call(listWorkItems)).items.filter(({ kind }) => kind === 'purse-difference')).toEqual([])
  })
})

const controlPort = async (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the simulator ended with code ${String(code)}`)))
    if (child.stdout !== null)
      createInterface(child.stdout).on('line', (line) => {
        const found = /"controlPort":(\d+)/u.exec(line)?.[1]
        if (found !== undefined) resolve(found)
      })
  })
