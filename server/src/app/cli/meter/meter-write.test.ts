import { fromHex, type Request } from '@xianfu/protocols'
import { describe, expect, onTestFinished, test } from 'vitest'
import { listeningGateway } from '../../../headend/testing/hand-made-field.ts'
import { saidOf, testDesk, type Said } from '../testing/test-desk.ts'
import { workshopLine } from '../testing/workshop-line.ts'
import { workshopMeter, type WorkshopMeter } from '../testing/workshop-meter.ts'
import { runMeterWrite, type MeterWriteOptions } from './meter-write.ts'
import { linkTo } from '../testing/link-to.ts'

const address = '202611010101'
const moneyAlarm1 = 0x04001001

type Heard = Said & Readonly<{ writes: readonly Request[] }>

const write = async (
  meter: WorkshopMeter,
  change: Partial<MeterWriteOptions> = {},
  at = testDesk(),
): Promise<Heard> => {
  const field = await listeningGateway(workshopLine(meter))
  onTestFinished(field.close)
  const said = await saidOf(
    async (desk) =>
      runMeterWrite(
        {
          ...linkTo(field.port),
          address,
          item: 'moneyAlarm1',
          value: '20.00',
          credentials: { level: 2, password: '123456', operator: '00000001' },
          yes: true,
          profile: 'standard',
          ...change,
        },
        desk,
      ),
    at,
  )
  return { ...said, writes: field.connections.flatMap((gateway) => gateway.requests('write')) }
}

const meterWith = (bytes = '00 10 00 00'): WorkshopMeter =>
  workshopMeter(address, { memory: { [moneyAlarm1]: fromHex(bytes) } })

test('written, read back, proven', async () => {
  const { code, printed, complained } = await write(meterWith())
  expect([code, complained]).toEqual([0, []])
  expect(printed).toEqual([
    'meter        202611010101',
    'item         money alarm 1 (04001001)',
    'before       10.00 CNY',
    'to write     20.00 CNY  [00 20 00 00]',
    'after        20.00 CNY',
    'proven       the meter shows what was written',
  ])
})

test('in Chinese', async () => {
  const { printed } = await write(meterWith(), {}, testDesk({ language: 'zh' }))
  expect(printed.slice(1, 3)).toEqual(['item         报警金额1限值 (04001001)', 'before       10.00 元'])
})

test('the question shows what is and what will be', async () => {
  const at = testDesk({ answers: ['n'] })
  const { code, writes } = await write(meterWith(), { yes: false }, at)
  expect([code, writes]).toEqual([1, []])
  expect(at.asked).toEqual([`Write money alarm 1 of meter ${address}: 10.00 CNY → 20.00 CNY? [y/N] `])
})

test('acknowledged but not taken over: exit code 1', async () => {
  const meter = meterWith()
  const honest = meter.instead
  meter.instead = (request) => (request.kind === 'write' ? { kind: 'write', address } : honest?.(request))
  const { code, printed } = await write(meter)
  expect([code, printed.at(-1)]).toEqual([
    1,
    'not proven   the meter has acknowledged it, and shows something else; it may take it over later, read it again',
  ])
})

test('written, but the acknowledgement was lost: the reading proves it', async () => {
  const meter = meterWith()
  const honest = meter.instead
  meter.instead = (request) => {
    const reply = honest?.(request)
    return request.kind === 'write' ? null : reply
  }
  const { code, writes } = await write(meter)
  expect([code, writes.length]).toEqual([0, 1])
})

test('a wrong password', async () => {
  const { code, complained } = await write(meterWith(), {
    credentials: { level: 2, password: '000000', operator: '00000001' },
  })
  expect([code, complained]).toEqual([1, [expect.stringMatching(/refused the write \(wrong-password\).*--level/u)]])
})

test('an identifier that no table has, as bytes', async () => {
  const meter = workshopMeter(address, { memory: { 0x04aabbcc: fromHex('01 02') } })
  const { code, printed } = await write(meter, { item: '04AABBCC', value: 'hex:03 04' })
  expect([code, printed.slice(2, 5)]).toEqual([
    0,
    ['before       01 02', 'to write     03 04  [03 04]', 'after        03 04'],
  ])
})

describe('what cannot be written is told before the line is opened', () => {
  test.each([
    ['energy', '1', /"energy" is in no table/u],
    ['forwardActiveEnergyTotal', '1', /takes identifiers of class 04/u],
    ['statusWord3', '0000H', /can only be read/u],
    ['passwordLevel2', '1', /function 18H/u],
    ['moneyAlarm1', 'much', /"much" is no value of moneyAlarm1: write a number of CNY/u],
    ['moneyAlarm1', '99999999', /cannot stand in moneyAlarm1/u],
    ['04AABBCC', '12', /the value as hex:/u],
    ['moneyAlarm1', 'hex:0', /pairs of hexadecimal digits/u],
  ])('%s = %s', async (item, value, complaint) => {
    const { code, complained, writes } = await write(meterWith(), { item, value })
    expect([code, complained, writes]).toEqual([2, [expect.stringMatching(complaint)], []])
  })
})
