import { expect, onTestFinished, test } from 'vitest'
import { acrelDtsy1352Model } from './model/acrel.ts'
import { acrelDtsy1352RegisterClockModel } from './model/acrel-register-clock.ts'
import { handMadeAcrel, type HandMadeModbusMeter } from './testing/hand-made-modbus.ts'
import { createRtuBench } from './testing/modbus-bench.ts'

const benchWith = async (model = acrelDtsy1352RegisterClockModel, change: Partial<HandMadeModbusMeter> = {}) => {
  const meter = Object.assign(handMadeAcrel(9, model), change)
  for (let at = 0x0354; at < 0x0359; at += 1) meter.words.set(at, 0)
  const made = await createRtuBench([meter], { limits: { gatewayLatencyMs: 100 } })
  onTestFinished(async () => made.close())
  return { ...made, meter }
}

const writes = (meter: HandMadeModbusMeter) =>
  meter.requests.flatMap((request) => (request.kind === 'write-multiple' ? [request] : []))

test('a clock is written in one message, in the time of the site, where the model says how', async () => {
  const { headend, meter } = await benchWith()
  expect(await headend.setClock(1, 'write', { priority: 'clock' })).toMatchObject({ ok: true })
  const [write, ...more] = writes(meter)
  expect(more).toEqual([])
  expect(write?.start).toBe(0x0354)
  const [second = 60, minute = 60, hour, weekday, day, month, year, ...rest] = write?.data ?? []
  // The test clock begins at noon of a Thursday in Shanghai.
  expect([hour, weekday, day, month, year, rest]).toEqual([12, 4, 15, 1, 26, [0, 0, 0]])
  expect(minute * 60 + second).toBeLessThan(20)
})

test('nothing leaves where no way is known, and a broadcast never does', async () => {
  const plain = await benchWith(acrelDtsy1352Model)
  expect(await plain.headend.setClock(1, 'write', { priority: 'clock' })).toMatchObject({ code: 'not-settable' })
  const { headend, meter } = await benchWith()
  expect(await headend.setClock(1, 'broadcast', { priority: 'clock' })).toMatchObject({ code: 'not-settable' })
  expect([plain.meter.requests, meter.requests]).toEqual([[], []])
})

test('a meter that refuses says why, and one that is silent is so', async () => {
  const { headend } = await benchWith(acrelDtsy1352RegisterClockModel, {
    instead: () => ({ kind: 'exception', functionCode: 0x10, exceptionCode: 2 }),
  })
  expect(await headend.setClock(1, 'write', { priority: 'clock' })).toMatchObject({
    code: 'refused-by-meter',
    detail: 'illegal-address (exception 2)',
  })
  const silent = await benchWith(acrelDtsy1352RegisterClockModel, { instead: () => null })
  expect(await silent.headend.setClock(1, 'write', { priority: 'clock' })).toMatchObject({ code: 'no-answer' })
})

test('a clock is as old as the answer that brought it, not as the first of the read', async () => {
  const { headend, meter } = await benchWith(acrelDtsy1352Model)
  meter.instead = () => {
    meter.words.set(0x0228, (26 << 8) | 1)
    meter.words.set(0x0229, (15 << 8) | 4)
    return undefined
  }
  const read = await headend.read(1, ['meterNumber', 'dateAndWeekday', 'time'], { priority: 'person' })
  expect(read).toMatchObject({ ok: true, values: { dateAndWeekday: { year: 2026, month: 1, day: 15, weekday: 4 } } })
  const [number, clock] = read.exchanges.map(({ at }) => at)
  expect(read.times).toEqual({ meterNumber: number, dateAndWeekday: clock, time: clock })
})
