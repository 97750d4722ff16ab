import { expect, onTestFinished, test } from 'vitest'
import { until } from '../../../domain/testing/until.ts'
import {
  answeringFor,
  dialIn,
  handMadeMeter,
  listeningGateway,
  type Answering,
} from '../../../headend/testing/hand-made-field.ts'
import { saidOf, testDesk, type Said } from '../testing/test-desk.ts'
import { runMeterRead, type MeterReadOptions } from './meter-read.ts'

const run = async (link: MeterReadOptions['link'], change: Partial<MeterReadOptions>, at = testDesk()): Promise<Said> =>
  saidOf(
    async (desk) =>
      runMeterRead(
        {
          link,
          line: { baudRate: 9_600, parity: 'even' },
          addresses: ['202611010101'],
          items: ['energy'],
          all: false,
          modbus: null,
          profile: 'standard',
          timeZone: 'Asia/Shanghai',
          everyMs: null,
          times: null,
          trace: false,
          json: false,
          waitMs: 20_000,
          ...change,
        },
        desk,
      ),
    at,
  )

const readFrom = async (
  answering: Answering,
  change: Partial<MeterReadOptions> = {},
  at = testDesk(),
): Promise<Said> => {
  const field = await listeningGateway(answering)
  onTestFinished(field.close)
  return run({ kind: 'tcp', host: '127.0.0.1', port: field.port }, change, at)
}

const meter = handMadeMeter('202611010101')

test('values are printed with their units, exactly', async () => {
  const items = ['energy', 'rates', 'power', 'frequency', 'status', '00010000']
  expect(await readFrom(answeringFor(meter), { items })).toEqual({
    code: 0,
    complained: [],
    printed: [
      'meter 202611010101',
      'energy       12.34 kWh',
      'rates        total 12.34 kWh, rate 1 0.00 kWh, rate 2 12.34 kWh, rate 3 0.00 kWh, rate 4 0.00 kWh',
      'power        1.2345 kW',
      'frequency    50.01 Hz',
      'status       relay closed, relay command closed, keep power off, alarm off, prepaid by the master, supply main, (0000H)',
      '00010000     12.34 kWh',
    ],
  })
})

test('without an address the meter is asked who it is', async () => {
  const { printed } = await readFrom(answeringFor(meter), { addresses: [] })
  expect(printed).toEqual(['meter 202611010101', 'energy       12.34 kWh'])
})

test('trace shows every byte with its direction', async () => {
  const { printed } = await readFrom(answeringFor(meter), { trace: true })
  expect(printed.map((line) => line.replace(/ +\d+ ms/u, ''))).toEqual([
    'meter 202611010101',
    '→  FE FE FE FE 68 01 01 01 11 26 20 68 11 04 33 33 34 33 0C 16',
    '←  68 01 01 01 11 26 20 68 91 08 33 33 34 33 67 45 33 33 A2 16',
    'energy       12.34 kWh',
  ])
})

test('JSON is one object with exact values', async () => {
  const { printed } = await readFrom(answeringFor(meter), { json: true })
  expect(printed.map((line) => JSON.parse(line))).toEqual([
    {
      address: '202611010101',
      at: expect.stringMatching(/^20\d\d-/u),
      items: [
        {
          item: 'energy',
          identifier: '00010000',
          name: 'forwardActiveEnergyTotal',
          value: 12_340,
          text: '12.34 kWh',
        },
      ],
    },
  ])
})

test('an item that the meter does not have is named, the others are read, and the exit code is 1', async () => {
  const { code, printed } = await readFrom(answeringFor(meter), { items: ['voltage', 'energy'] })
  expect([code, printed.slice(1)]).toEqual([
    1,
    ['voltage      the meter refused: voltageBlock: no-data', 'energy       12.34 kWh'],
  ])
})

test('a silent meter: one line that says what to do', async () => {
  const { code, complained } = await readFrom(() => [])
  expect([code, complained.length]).toEqual([1, 1])
  expect(complained[0]).toMatch(/^Meter 202611010101 gave no answer within \d+ ms\. Check the address, the wires/u)
})

test('a silent line without an address: one line that says what to do', async () => {
  const { code, complained } = await readFrom(() => [], { addresses: [] })
  expect([code, complained.length]).toEqual([1, 1])
  expect(complained[0]).toMatch(/^No meter told its address/u)
})

test('nobody at that port', async () => {
  const field = await listeningGateway(() => [])
  field.close()
  const { code, complained } = await run({ kind: 'tcp', host: '127.0.0.1', port: field.port }, {})
  expect([code, complained.length]).toEqual([1, 1])
  expect(complained[0]).toMatch(/^Could not connect to 127\.0\.0\.1:\d+.* Check the host and the port/u)
})

test('no such serial port', async () => {
  const { code, complained } = await run({ kind: 'serial', path: '/dev/tty-that-is-not-there' }, {})
  expect([code, complained]).toEqual([
    1,
    [
      'There is no serial port /dev/tty-that-is-not-there. Check that the adapter is plugged in and that the name is right.',
    ],
  ])
})

test('a word that nobody knows', async () => {
  const { code, complained } = await readFrom(answeringFor(meter), { items: ['colour'] })
  expect([code, complained.length]).toEqual([2, 1])
  expect(complained[0]).toMatch(/^"colour" cannot be read\. Say energy, rates,/u)
})

test.each([['XF-GW-7'], [null]])('a gateway dials in (registration %s) and its meter is read', async (registration) => {
  const at = testDesk()
  const said = run({ kind: 'listen', port: 0, registration }, {}, at)
  await until('it says on which port it waits', () => at.complained.length > 0)
  const port = Number(/port (\d+)/u.exec(at.complained[0] ?? '')?.[1])
  const gateway = await dialIn(port, answeringFor(meter))
  onTestFinished(() => gateway.hangUp())
  gateway.text('XF-GW-7\r\n')
  expect(await said).toMatchObject({ code: 0, printed: ['meter 202611010101', 'energy       12.34 kWh'] })
})

test('no gateway dials in', async () => {
  const { code, complained } = await run({ kind: 'listen', port: 0, registration: null }, { waitMs: 50 })
  expect([code, complained.at(-1)]).toEqual([
    1,
    'No gateway dialled in within 0 s. Check the server address and port that are set in it.',
  ])
})

test('several meters, round after round', async () => {
  const other = handMadeMeter('202611010102', { energyWh: 770 })
  const { code, printed } = await readFrom(answeringFor(meter, other), {
    addresses: ['202611010101', '202611010102'],
    everyMs: 1,
    times: 2,
  })
  const round = ['meter 202611010101', 'energy       12.34 kWh', 'meter 202611010102', 'energy       0.77 kWh']
  expect([code, printed]).toEqual([0, [...round, ...round]])
})

test('a silent meter does not keep the others from being read', async () => {
  const { code, printed, complained } = await readFrom(answeringFor(meter), {
    addresses: ['000000000007', '202611010101'],
  })
  expect([code, printed.slice(1)]).toEqual([1, ['meter 202611010101', 'energy       12.34 kWh']])
  expect(complained).toHaveLength(1)
})

test('without an end it reads until Ctrl-C', async () => {
  const at = testDesk()
  const said = readFrom(answeringFor(meter), { everyMs: 1 }, at)
  await until('it reads again', () => at.printed.length > 6)
  at.interrupt()
  expect((await said).code).toBe(0)
})
