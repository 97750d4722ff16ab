import { fromHex, identifiers, toHex } from '@xianfu/protocols'
import { hash } from '@node-rs/argon2'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createBench, type Bench } from '../headend/testing/bench.ts'
import {
  answeringFor,
  handMadeMeter,
  type HandMadeGateway,
  type HandMadeMeter,
} from '../headend/testing/hand-made-field.ts'
import { insertOperator } from '../store/operators.ts'
import { viewBatch, viewBatchItems } from '../store/view/batches.ts'
import { createBatchAbilities, type BatchAbilities } from './batch-abilities.ts'
import { stepBatches } from './run-batches.ts'
import { createDownloadRunner } from './run-downloads.ts'
import { createTown, type Town } from './testing/town.ts'
import type { SignedIn } from './sign-in.ts'

const password = 'correct horse'
const alarm1 = identifiers.moneyAlarm1.id
const alarm2 = identifiers.moneyAlarm2.id

/** Two meters of the town on a real line: what is written is seen in their memories. */
describe('parameters downloaded by a batch', () => {
  let town: Town
  let bench: Bench
  let gateway: HandMadeGateway
  let batches: BatchAbilities
  let asker: SignedIn
  let second: SignedIn
  let stopping = new AbortController()
  let running: Promise<void> = Promise.resolve()
  const memories = new Map<string, Map<number, Uint8Array>>()
  const refuses = new Set<string>()

  const meterAt = (address: string): HandMadeMeter => {
    const memory = new Map<number, Uint8Array>([
      [alarm1, fromHex('00 10 00 00')],
      [alarm2, fromHex('00 05 00 00')],
    ])
    memories.set(address, memory)
    const meter = handMadeMeter(address)
    meter.instead = (request) => {
      if (request.kind === 'read') {
        const data = memory.get(request.identifier)
        return data === undefined
          ? undefined
          : { kind: 'read', address, identifier: request.identifier, data, more: false }
      }
      if (request.kind !== 'write') return undefined
      if (refuses.has(address))
        return { kind: 'error', address, functionCode: 0x14, errors: { raw: 4, reasons: ['wrong-password'] } }
      memory.set(request.identifier, request.data)
      return { kind: 'write', address }
    }
    return meter
  }
  const person = async (login: string): Promise<SignedIn> => {
    await insertOperator(town.database, { login, name: login, role: 'manager', passwordHash: await hash(password) })
    const [row] = await town.database.query<{ id: number }>('select id from operator where login = $1', [login])
    return { id: row?.id ?? 0, login, name: login, role: 'manager', sites: null }
  }
  const run = (): void => {
    stopping = new AbortController()
    const runner = createDownloadRunner(town.context, bench.headend, { self: 'one', onlyHeld: false })
    running = runner.run(stopping.signal)
    const waking = setInterval(() => {
      runner.wake()
      stepBatches(town.context).catch(() => undefined)
    }, 20)
    stopping.signal.addEventListener('abort', () => clearInterval(waking))
  }

  beforeEach(async () => {
    memories.clear()
    refuses.clear()
    town = await createTown([{ place: '1-101' }, { place: '1-102' }])
    const rows = await town.database.query<{ id: number; address: string }>('select id, address from meter order by id')
    // The bench numbers its meters 1, 2 … as a fresh town does.
    if (rows.map(({ id }) => id).join() !== '1,2') throw new Error('a fresh town numbers its meters from 1')
    const meters = rows.map(({ address }) => meterAt(address))
    bench = await createBench({ meters, limits: { gatewayLatencyMs: 100 } })
    gateway = await bench.connect(answeringFor(...meters))
    batches = createBatchAbilities(town.context)
    asker = await person('li')
    second = await person('wang')
  })
  afterEach(async () => {
    stopping.abort()
    await running
    await bench.close()
    await town.close()
  })

  const ask = async (change: Partial<Parameters<BatchAbilities['request']>[0]> = {}) =>
    batches.request({
      kind: 'write-parameters',
      selection: { placePrefix: '1-' },
      override: false,
      parameters: [
        { item: 'money-alarm-2', value: '10.50' },
        { item: 'money-alarm-1', value: '30' },
      ],
      key: 'k',
      reason: 'new thresholds',
      operator: asker,
      ...change,
    })
  const approved = async (): Promise<string> => {
    const asked = await ask()
    if (!asked.ok) throw new Error(asked.code)
    const { id } = asked
    const approval = { batchId: id, operator: second, reason: 'read', overrideSeen: false }
    const done = await batches.approve({ ...approval, password })
    if (!done.ok) throw new Error(done.code)
    return id
  }
  const untilOver = async (id: string) =>
    town.until('the end', async () => (await viewBatch(town.database, id))?.finished_at !== null)
  const items = async (id: string) =>
    (await viewBatchItems(town.database, id)).map(({ place, state, because }) => [place, state, because])
  const shown = (): readonly string[][] => [...memories.values()].map((memory) => [...memory.values()].map(toHex))

  test('each meter is read, written, read back, and everything is kept with its bytes', async () => {
    const id = await approved()
    run()
    await untilOver(id)
    expect(shown()).toEqual([
      ['00 30 00 00', '50 10 00 00'],
      ['00 30 00 00', '50 10 00 00'],
    ])
    expect(await items(id)).toEqual([
      ['1-101', 'written', null],
      ['1-102', 'written', null],
    ])
    const [first] = await viewBatchItems(town.database, id)
    expect(first?.detail).toMatchObject([
      { item: 'money-alarm-1', value: '30', outcome: 'verified', before: '00 10 00 00' },
      { item: 'money-alarm-2', value: '10.50', outcome: 'verified', before: '00 05 00 00' },
    ])
    const exchanges = ((first?.detail ?? []) as { exchanges: { request: string }[] }[])[0]?.exchanges ?? []
    expect(exchanges).toHaveLength(3)
    expect(exchanges[1]?.request).toMatch(/68 .*68 14 /u)
  })

  test('a meter that refuses has failed with its reason, keeps its further parameters, and holds up nobody', async () => {
    refuses.add([...memories.keys()][0] ?? '')
    const id = await approved()
    run()
    await untilOver(id)
    expect(await items(id)).toEqual([
      ['1-101', 'failed', 'wrong-password'],
      ['1-102', 'written', null],
    ])
    expect(shown()[0]).toEqual(['00 10 00 00', '00 05 00 00'])
    expect(gateway.requests('write')).toHaveLength(3)
  })

  test('a line that is away is waited for; after its time it has failed', async () => {
    gateway.hangUp()
    await gateway.closed
    await town.until('offline', async () => !bench.isOnline())
    const id = await approved()
    run()
    await town.until('postponed', async () => (await items(id)).some(([, , because]) => because === 'gateway-offline'))
    expect((await viewBatch(town.database, id))?.state).toBe('running')
    town.clock.move(25 * 3_600_000)
    await untilOver(id)
    expect(await items(id)).toEqual([
      ['1-101', 'failed', 'gateway-offline'],
      ['1-102', 'failed', expect.any(String)],
    ])
  })

  test('a restart in the middle: read first, written only where missing', async () => {
    const id = await approved()
    await town.database.query(`update batch_item set state = 'writing' where batch_id = $1`, [id])
    for (const memory of memories.values()) memory.set(alarm1, fromHex('00 30 00 00'))
    run()
    await untilOver(id)
    expect(gateway.requests('write').map((request) => 'identifier' in request && request.identifier)).toEqual([
      alarm2,
      alarm2,
    ])
  })

  test('stopped: nothing more is written', async () => {
    const id = await approved()
    expect(await batches.stop({ batchId: id, operator: asker, reason: 'wrong value' })).toEqual({
      ok: true,
      cancelled: 0,
    })
    run()
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(gateway.requests('write')).toEqual([])
    expect((await items(id)).map(([, state]) => state)).toEqual(['skipped', 'skipped'])
  })

  test('refusals, and meters that cannot be written', async () => {
    expect(await ask({ parameters: [] })).toEqual({ ok: false, code: 'no-parameters' })
    expect(await ask({ parameters: [{ item: 'money-alarm-1', value: '1.005' }] })).toEqual({
      ok: false,
      code: 'bad-parameter',
    })
    await town.database.query(
      `update meter set protocol = 'modbus-rtu', unit_address = id, model = 'ADL400' where place = '1-102'`,
    )
    const previewed = await batches.preview({
      kind: 'write-parameters',
      selection: { placePrefix: '1-' },
      override: false,
      parameters: [{ item: 'money-alarm-1', value: '1' }],
    })
    expect(previewed.ok && previewed.meters.map(({ skip }) => skip)).toEqual([null, 'unwritable'])
  })
})
