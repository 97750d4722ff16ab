import { encodeValue, fromHex, identifiers } from '@xianfu/protocols'
import { expect, onTestFinished, test } from 'vitest'
import { listeningGateway } from '../../../headend/testing/hand-made-field.ts'
import { saidOf, testDesk, type Said } from '../testing/test-desk.ts'
import { workshopLine } from '../testing/workshop-line.ts'
import { workshopMeter, type WorkshopMeter } from '../testing/workshop-meter.ts'
import { runMeterRead } from './meter-read.ts'
import { linkTo } from '../testing/link-to.ts'

const address = '202611010101'
const readAll = async (meter: WorkshopMeter, json = false, at = testDesk()): Promise<Said> => {
  const field = await listeningGateway(workshopLine(meter))
  onTestFinished(field.close)
  return saidOf(
    async (desk) =>
      runMeterRead(
        {
          ...linkTo(field.port),
          json,
          addresses: [address],
          items: [],
          all: true,
          modbus: null,
          profile: 'standard',
          timeZone: 'Asia/Shanghai',
          everyMs: null,
          times: null,
        },
        desk,
      ),
    at,
  )
}

const fullMeter = (): WorkshopMeter =>
  workshopMeter(address, {
    memory: {
      [identifiers.statusWord1.id]: fromHex('04 40'),
      [identifiers.voltageBlock.id]: encodeValue('voltageBlock', { a: 220_500, b: null, c: 219_800 }),
      [identifiers.remainingMoney.id]: fromHex('75 86 00 00'),
    },
  })

test('sections, status words bit by bit, the clock, and what the meter lacks', async () => {
  const { code, printed, complained } = await readAll(fullMeter())
  expect([code, complained]).toEqual([0, []])
  const text = printed.join('\n')
  expect(text).toMatch(/voltage block +a 220\.5 V, b –, c 219\.8 V/u)
  expect(text).toMatch(/status word 1 +clock battery low, overdrawn \(4004H\)\n +bit {2}2 = 1 {2}clock battery low\n/u)
  expect(text).toMatch(/bit {2}4 = 0 {2}relay open\n/u)
  expect(text).toMatch(/bit 12 = 0 {2}keep power\n/u)
  expect(text).toMatch(/remaining money +86\.75 CNY/u)
  expect(text).toMatch(/Clock\n {2}20\d\d-\d\d-\d\d \d\d:\d\d:\d\d, as this machine's/u)
  expect(printed.at(-1)).toMatch(/^Not in this meter: communication address, meter number/u)
})

test('in Chinese', async () => {
  const { printed } = await readAll(fullMeter(), false, testDesk({ language: 'zh' }))
  expect(printed.join('\n')).toMatch(/剩余金额 +86\.75 元/u)
})

test('JSON', async () => {
  const { printed } = await readAll(fullMeter(), true)
  expect(printed.map((line) => JSON.parse(line))).toMatchObject([
    { address, items: expect.arrayContaining([expect.objectContaining({ item: 'remainingMoney', value: 8_675 })]) },
  ])
})

test('a meter that is silent where it should refuse is read all the same, and told', async () => {
  const meter = fullMeter()
  const honest = meter.instead
  const silentAbout = identifiers.frequency.id
  meter.instead = (request) =>
    request.kind === 'read' && request.identifier === silentAbout ? null : honest?.(request)
  const { code, printed } = await readAll(meter)
  expect([code, printed.at(-1)]).toEqual([1, 'No answer to: frequency'])
})
