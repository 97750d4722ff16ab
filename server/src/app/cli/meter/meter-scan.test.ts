import { expect, onTestFinished, test } from 'vitest'
import { listeningGateway, type Answering } from '../../../headend/testing/hand-made-field.ts'
import { saidOf, testDesk, type Said, type TestDesk } from '../testing/test-desk.ts'
import { workshopLine } from '../testing/workshop-line.ts'
import { workshopMeter } from '../testing/workshop-meter.ts'
import { runMeterScan, type MeterScanOptions } from './meter-scan.ts'

const scan = async (answering: Answering, change: Partial<MeterScanOptions> = {}, at = testDesk()): Promise<Said> => {
  const field = await listeningGateway(answering)
  onTestFinished(field.close)
  return scanAt(field.port, change, at)
}

const scanAt = async (port: number, change: Partial<MeterScanOptions>, at: TestDesk): Promise<Said> =>
  saidOf(
    async (desk) =>
      runMeterScan(
        {
          link: { kind: 'tcp', host: '127.0.0.1', port },
          parity: 'even',
          baudRates: [19_200],
          suffix: '',
          deep: false,
          mostQuestions: 1_000,
          waitMs: 1_000,
          trace: false,
          json: false,
          ...change,
        },
        desk,
      ),
    at,
  )

const one = workshopMeter('202611010101')
const two = workshopMeter('202611010102')

test('one meter tells its address to the wildcard', async () => {
  const { code, printed } = await scan(workshopLine(one))
  expect(code).toBe(0)
  expect(printed).toEqual([
    expect.stringMatching(/^202611010101 {2}19200 bit\/s {2}12\.34 kWh {2}\(\d+ ms\)$/u),
    '1 meter at 19200 bit/s, 1 question',
  ])
})

test('two meters whose answers collide are told apart, and the progress is shown', { timeout: 60_000 }, async () => {
  const interrupting = new AbortController()
  const progress: string[] = []
  const at = testDesk({
    interrupted: () => interrupting.signal,
    progress: (line) => {
      if (line !== null) progress.push(line)
      // What comes after the second meter is ninety-seven times silence.
      if (line?.startsWith(`found ${two.address}`) === true) interrupting.abort()
    },
  })
  const { code, printed } = await scan(workshopLine(one, two), {}, at)
  expect(code).toBe(0)
  expect(printed.map((line) => line.slice(0, 12))).toEqual([one.address, two.address, '2 meters at '])
  expect(printed.at(-1)).toMatch(/4 questions; interrupted, so there may be more$/u)
  expect(progress.some((line) => /AAAAAAAAAA02 .* 1 found, about \d+ s left/u.test(line))).toBe(true)
})

test('JSON is one object', async () => {
  const { printed } = await scan(workshopLine(one), { json: true })
  expect(printed.map((line) => JSON.parse(line))).toMatchObject([
    {
      baudRate: 19_200,
      meters: [{ address: '202611010101', isConfirmed: true, energy: '12.34 kWh' }],
      isComplete: true,
    },
  ])
})

test('nobody: exit code 1, and what to try', async () => {
  const { code, complained, printed } = await scan(() => [])
  expect([code, complained]).toEqual([
    1,
    [expect.stringMatching(/^Nobody answered\. Check the wires A and B.*--deep/u)],
  ])
  expect(printed).toEqual(['0 meters at 19200 bit/s, 2 questions'])
})

test('a glitch in front of an answer is no second meter', async () => {
  const line = workshopLine(one)
  const { code, printed } = await scan((request) => [Uint8Array.of(0x00), ...line(request)])
  expect([code, printed.at(-1)]).toEqual([0, '1 meter at 19200 bit/s, 1 question'])
})

test('a meter that answers the wildcard but not its own address is told', async () => {
  const line = workshopLine(one)
  const { printed } = await scan((request) => (request.kind === 'read-address' ? line(request) : []))
  expect(printed[0]).toMatch(/^202611010101 {2}was heard once, but does not answer to its address/u)
})

test('several rates are for serial ports', async () => {
  const { code, complained } = await scan(workshopLine(one), { baudRates: [2_400, 9_600] })
  expect([code, complained]).toEqual([2, [expect.stringMatching(/--serial alone/u)]])
})

test('a connection that is closed ends it in one line', async () => {
  const field = await listeningGateway(workshopLine(one, two))
  onTestFinished(field.close)
  const at = testDesk({
    progress: (line) => {
      if (line?.includes('AAAAAAAAAA03') === true) field.close()
    },
  })
  const { code, complained } = await scanAt(field.port, {}, at)
  expect([code, complained.length]).toEqual([1, 1])
  expect(complained[0]).toMatch(/closed/u)
})
