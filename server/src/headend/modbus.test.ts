import { encodeFrame, encodeRtuFrame, fromHex, toHex } from '@xianfu/protocols'
import { expect, onTestFinished, test } from 'vitest'
import { acrelDdsy1352Model, acrelDtsy1352Model } from './model/acrel.ts'
import { controlRequest, createBench, type Bench } from './testing/bench.ts'
import { until } from '../domain/testing/until.ts'
import { answeringFor, handMadeMeter } from './testing/hand-made-field.ts'
import { handMadeAcrel, serveModbus, setRegister } from './testing/hand-made-modbus.ts'
import { createRtuBench, createTcpBench, protocolOf } from './testing/modbus-bench.ts'

const kept = async <T extends Bench>(made: Promise<T>): Promise<T> => {
  const bench = await made
  onTestFinished(async () => bench.close())
  return bench
}

const scheduled = ['forwardActiveEnergyBlock', 'statusWord3', 'activePowerTotal'] as const
const forPeople = [...scheduled, 'voltageBlock', 'currentBlock'] as const

const singlePhase = () =>
  handMadeAcrel(7, acrelDdsy1352Model, {
    energyTotal: 123_450,
    energySharp: 10_000,
    energyPeak: 20_000,
    energyFlat: 83_450,
    energyValley: 10_000,
    voltageA: 229_800,
    currentA: 4_350,
    activePowerTotal: 999_000,
  })

test.each([
  ['RTU through a gateway that dials in', createRtuBench],
  ['Modbus TCP', createTcpBench],
] as const)('%s: what a person gets is one exchange, in the words of a DL/T 645 meter', async (_, create) => {
  const meter = singlePhase()
  const { headend } = await kept(create([meter]))
  const outcome = await headend.read(1, forPeople, { priority: 'person' })
  expect(outcome).toMatchObject({
    ok: true,
    values: {
      forwardActiveEnergyBlock: { total: 123_450, rates: [10_000, 20_000, 83_450, 10_000] },
      activePowerTotal: 999_000,
      voltageBlock: { a: 229_800, b: null, c: null },
      currentBlock: { a: 4_350, b: null, c: null },
      statusWord3: { relay: 'closed', relayCommand: 'closed', keepPower: false, preTripAlarm: false },
    },
  })
  expect(outcome.exchanges.map(({ meaning }) => meaning)).toEqual(['read 0201H × 36'])
  expect(meter.requests).toEqual([{ kind: 'read-holding', start: 0x0201, count: 36 }])
})

test('a three-phase meter behind transformers is multiplied', async () => {
  const meter = handMadeAcrel(1, acrelDtsy1352Model, {
    currentRatio: 40,
    energyTotal: 5_000,
    voltageA: 220_000,
    voltageB: 221_000,
    voltageC: 222_000,
    currentA: 1_000,
    currentB: 2_000,
    currentC: 3_000,
    activePowerTotal: -1_000,
  })
  const { headend } = await kept(createRtuBench([meter]))
  expect((await headend.read(1, forPeople, { priority: 'person' })).values).toMatchObject({
    forwardActiveEnergyBlock: { total: 200_000 },
    activePowerTotal: -40_000,
    voltageBlock: { a: 220_000, b: 221_000, c: 222_000 },
    currentBlock: { a: 40_000, b: 80_000, c: 120_000 },
  })
})

test('what the model does not have fails the read, and the rest is still read', async () => {
  const { headend } = await kept(createRtuBench([singlePhase()]))
  const outcome = await headend.read(1, ['reverseActiveEnergyTotal', 'activePowerTotal'], { priority: 'person' })
  expect(outcome).toMatchObject({ ok: false, code: 'refused-by-meter', values: { activePowerTotal: 999_000 } })
  expect(await headend.read(1, ['voltageC'], { priority: 'person' })).toMatchObject({
    ok: false,
    code: 'refused-by-meter',
    exchanges: [],
  })
})

test('registers that the meter does not have are named', async () => {
  const meter = singlePhase()
  meter.words.delete(0x0043)
  const { headend } = await kept(createRtuBench([meter]))
  expect(await headend.read(1, ['meterNumber', 'activePowerTotal'], { priority: 'person' })).toMatchObject({
    ok: false,
    code: 'refused-by-meter',
    detail: '0043H × 3: illegal-address (exception 2)',
    values: { activePowerTotal: 999_000 },
  })
})

test('DL/T 645 and Modbus meters share one line', async () => {
  const modbus = singlePhase()
  const dlt645 = handMadeMeter('202611010101')
  const bench = await kept(createBench({ meters: [dlt645, { address: '000000000007', protocol: protocolOf(modbus) }] }))
  const gateway = await bench.connect(answeringFor(dlt645))
  // Both hang on the same wires: each hears everything and answers its own.
  serveModbus(gateway.socket, 'rtu', [modbus])
  const reads = await Promise.all([
    bench.headend.read(1, scheduled, { priority: 'scheduled' }),
    bench.headend.read(2, scheduled, { priority: 'scheduled' }),
    bench.headend.read(1, scheduled, { priority: 'scheduled' }),
  ])
  expect(reads.map(({ ok, values }) => [ok, values.forwardActiveEnergyBlock?.total])).toEqual([
    [true, 12_340],
    [true, 123_450],
    [true, 12_340],
  ])
})

test('an echoing line, an answer in pieces, junk and heartbeats around it', async () => {
  const meter = singlePhase()
  const { headend, socket } = await kept(
    createRtuBench([meter], {
      sending: (bytes) => [
        fromHex('00 07 03 FF'),
        Buffer.from('HB'),
        bytes.slice(0, 5),
        { pauseMs: 20 },
        bytes.slice(5, 30),
        { pauseMs: 20 },
        bytes.slice(30),
        Buffer.from('HB'),
        fromHex('AA'),
      ],
    }),
  )
  socket.prependListener('data', (bytes) => socket.write(bytes))
  // "HB" inside an answer is data: 4842H in a register.
  setRegister(meter, 'voltageA', 0x4842 * 100)
  const values = { voltageBlock: { a: 0x4842 * 100 } }
  expect(await headend.read(1, forPeople, { priority: 'person' })).toMatchObject({ ok: true, values })
  expect(await headend.read(1, forPeople, { priority: 'person' })).toMatchObject({ ok: true, values })
})

test('a wrong CRC is asked for again', async () => {
  let answers = 0
  const { headend } = await kept(
    createRtuBench([singlePhase()], {
      limits: { gatewayLatencyMs: 100 },
      sending: (bytes) => {
        answers += 1
        return [answers === 1 ? bytes.map((byte, index) => (index === 4 ? byte ^ 1 : byte)) : bytes]
      },
    }),
  )
  const outcome = await headend.read(1, scheduled, { priority: 'person' })
  expect(outcome).toMatchObject({ ok: true, values: { activePowerTotal: 999_000 } })
  expect(outcome.exchanges.map(({ response }) => response === null)).toEqual([true, false])
})

test('RTU: a late answer is never taken for that of a like question, which waits for it', async () => {
  const meter = singlePhase()
  // Two single registers, so that both answers have the same length and nothing tells them apart.
  let answers = 0
  const { headend, events } = await kept(
    createRtuBench([meter], {
      limits: { gatewayLatencyMs: 50, guardMs: 20, readAttempts: { scheduled: 1, person: 1, state: 1 } },
      sending: (bytes) => {
        answers += 1
        return answers === 1 ? [{ pauseMs: 900 }, bytes] : [bytes]
      },
    }),
  )
  setRegister(meter, 'powerFactorTotal', 500)
  expect(await headend.read(1, ['voltageA'], { priority: 'person' })).toMatchObject({ ok: false, code: 'no-answer' })
  expect(await headend.read(1, ['powerFactorTotal'], { priority: 'person' })).toMatchObject({
    ok: true,
    values: { powerFactorTotal: 500 },
  })
  expect(events).toContainEqual(expect.objectContaining({ kind: 'late-answer', meterId: 1 }))
})

test('RTU: the same question again may take the late answer, and then its own passes before the next', async () => {
  const meter = singlePhase()
  let answers = 0
  const { headend } = await kept(
    createRtuBench([meter], {
      limits: { gatewayLatencyMs: 50, guardMs: 20, backOffAfterFailures: 9 },
      sending: (bytes) => {
        answers += 1
        if (answers === 1) return [{ pauseMs: 700 }, bytes]
        return answers === 2 ? [{ pauseMs: 300 }, bytes] : [bytes]
      },
    }),
  )
  setRegister(meter, 'powerFactorTotal', 500)
  expect(await headend.read(1, ['voltageA'], { priority: 'person' })).toMatchObject({
    ok: true,
    values: { voltageA: 229_800 },
  })
  expect(await headend.read(1, ['powerFactorTotal'], { priority: 'person' })).toMatchObject({
    ok: true,
    values: { powerFactorTotal: 500 },
  })
})

test('TCP: the transaction tells a late answer from the right one, and another unit or number is nobody', async () => {
  const meter = singlePhase()
  let late: Uint8Array = new Uint8Array(0)
  const { headend, events } = await kept(
    createTcpBench([meter], {
      limits: { gatewayLatencyMs: 50, guardMs: 20, readAttempts: { scheduled: 1, person: 1, state: 1 } },
      sending: (bytes) => {
        if (late.length === 0) {
          late = bytes.slice()
          return []
        }
        const foreign = bytes.slice()
        foreign[6] = 8
        return [late, foreign, bytes]
      },
    }),
  )
  expect(await headend.read(1, ['voltageA'], { priority: 'person' })).toMatchObject({ ok: false, code: 'no-answer' })
  setRegister(meter, 'voltageA', 111_100)
  expect(await headend.read(1, ['voltageA'], { priority: 'person' })).toMatchObject({
    ok: true,
    values: { voltageA: 111_100 },
  })
  expect(events.filter(({ kind }) => kind === 'frame-dropped')).toHaveLength(2)
})

test('bytes that nobody asked for are dropped and told, before the first question and after an answer', async () => {
  const { headend, socket, events } = await kept(createRtuBench([singlePhase()]))
  const dropped = () => events.flatMap((event) => (event.kind === 'frame-dropped' ? [event.frameHex] : []))
  socket.write(fromHex('01 02 03'))
  await until('the first bytes are told', () => dropped().length === 1)
  expect(await headend.read(1, scheduled, { priority: 'person' })).toMatchObject({ ok: true })
  const again = encodeRtuFrame({ unit: 7, pdu: readReply() })
  socket.write(again)
  await until('the second answer is told', () => dropped().length === 2)
  expect(dropped()).toEqual(['01 02 03', toHex(again)])
  expect(await headend.read(1, scheduled, { priority: 'person' })).toMatchObject({ ok: true })
})

/** A whole answer to the scheduled read: 020AH to 0224H. */
const readReply = (): Uint8Array => Uint8Array.from([3, 54, ...new Uint8Array(54)])

test('RTU: the line is silent for 3.5 characters before the next question', async () => {
  const meter = singlePhase()
  // 30 bit/s, so that the silence is longer than any noise of the machine.
  const line = { baudRate: 30, parity: 'even' } as const
  const moments: number[] = []
  const { headend, socket } = await kept(createRtuBench([meter], { line }))
  socket.prependListener('data', () => moments.push(performance.now()))
  await headend.read(1, ['voltageA'], { priority: 'person' })
  await headend.read(1, ['voltageA'], { priority: 'person' })
  expect(moments).toHaveLength(2)
  expect((moments[1] ?? 0) - (moments[0] ?? 0)).toBeGreaterThan(1_200)
})

test("a gateway's word that the meter is silent counts as silence", async () => {
  const meter = singlePhase()
  meter.instead = () => ({ kind: 'exception', functionCode: 3, exceptionCode: 0x0b })
  const { headend, events } = await kept(createTcpBench([meter], { limits: { backOffAfterFailures: 1 } }))
  expect(await headend.read(1, scheduled, { priority: 'scheduled' })).toMatchObject({
    ok: false,
    code: 'no-answer',
    exchanges: [{ meaning: 'read 020AH × 27' }, { meaning: 'read 020AH × 27' }],
  })
  expect(events.at(-1)).toMatchObject({ kind: 'meter-silent', meterId: 1 })
})

test('a relay command passes the reads that wait, on a Modbus line too', async () => {
  const meter = singlePhase()
  const { headend } = await kept(createRtuBench([meter]))
  const items = ['meterNumber', 'voltageA', 'frequency'] as const
  const reads = Array.from({ length: 30 }, async () => headend.read(1, items, { priority: 'scheduled' }))
  await until('the first read is on the wire', () => meter.requests.length > 0)
  const before = meter.requests.length
  expect((await headend.control(1, controlRequest({ action: 'trip' }).request)).kind).toBe('verified')
  const waited = meter.requests.findIndex(({ kind }) => kind === 'write-multiple') - before
  expect(waited).toBeLessThanOrEqual(1)
  expect((await Promise.all(reads)).every(({ ok }) => ok)).toBe(true)
})

test('a meter of a model that is not known is never spoken to', async () => {
  const meter = singlePhase()
  const unknown = { kind: 'modbus-rtu', unit: 7, model: 'nobody-1', wiring: 'in-line' } as const
  const { headend, events } = await kept(createBench({ meters: [{ address: '000000000007', protocol: unknown }] }))
  expect(await headend.read(1, scheduled, { priority: 'person' })).toMatchObject({ ok: false, code: 'unknown-meter' })
  expect(await headend.control(1, controlRequest({ action: 'trip' }).request)).toMatchObject({
    kind: 'not-sent',
    code: 'unknown-meter',
  })
  expect(events).toContainEqual(expect.objectContaining({ kind: 'meter-model-unknown', model: 'nobody-1' }))
  expect(meter.requests).toEqual([])
})

test('a DL/T 645 frame on a Modbus line, and the other way round, is junk', async () => {
  const stranger = encodeFrame({ address: '202611010101', control: 0x91, data: new Uint8Array(8) })
  const { headend } = await kept(createRtuBench([singlePhase()], { sending: (bytes) => [stranger, bytes] }))
  expect(await headend.read(1, scheduled, { priority: 'person' })).toMatchObject({ ok: true })
})
