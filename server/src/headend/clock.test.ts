import { broadcastAddress, decodeValue, identifiers, type Request } from '@xianfu/protocols'
import { afterEach, describe, expect, test } from 'vitest'
import { createOnlineBench, type Bench } from './testing/bench.ts'
import { handMadeMeter, wallStart, type HandMadeGateway } from './testing/hand-made-field.ts'

const address = '202611250001'

describe('the clock of a meter', () => {
  let bench: (Bench & Readonly<{ gateway: HandMadeGateway }>) | undefined
  afterEach(async () => bench?.close())
  const open = async (refuses = false) => {
    const instead = (request: Request) => {
      if (request.kind !== 'write') return undefined
      return refuses
        ? ({ kind: 'error', address, functionCode: 0x14, errors: { raw: 4, reasons: ['wrong-password'] } } as const)
        : ({ kind: 'write', address } as const)
    }
    bench = await createOnlineBench({ meters: [handMadeMeter(address, { instead })] })
    return bench
  }
  /** 12:00:00 in Shanghai, when the test clock began. */
  const secondsSinceNoon = ({ hour, minute, second }: Readonly<{ hour: number; minute: number; second: number }>) =>
    (hour - 12) * 3_600 + minute * 60 + second

  test('is told to all of a line by 08H, in the time of the site; nobody has to answer', async () => {
    const { headend, gateway } = await open()
    expect(await headend.setClock(1, 'broadcast', { priority: 'clock' })).toMatchObject({ ok: true })
    const [request] = gateway.requests('set-time')
    if (request?.kind !== 'set-time') throw new Error('nothing was told')
    expect(request.address).toBe(broadcastAddress)
    expect(request.time).toMatchObject({ year: 2026, month: 1, day: 15 })
    expect(secondsSinceNoon(request.time)).toBeLessThan(20)
    expect(new Date(wallStart).getUTCHours()).toBe(4)
  })

  test('is written by 14H, date and time in one go', async () => {
    const { headend, gateway } = await open()
    expect(await headend.setClock(1, 'write', { priority: 'clock' })).toMatchObject({ ok: true })
    const writes = gateway.requests('write').flatMap((request) => (request.kind === 'write' ? [request] : []))
    expect(writes.map(({ identifier }) => identifier)).toEqual([identifiers.dateAndWeekday.id, identifiers.time.id])
    const [date, time] = writes
    expect(decodeValue('dateAndWeekday', date?.data ?? new Uint8Array(0))).toMatchObject({
      ok: true,
      value: { year: 2026, month: 1, day: 15, weekday: 4 },
    })
    const told = decodeValue('time', time?.data ?? new Uint8Array(0))
    expect(told.ok && told.value !== null && secondsSinceNoon(told.value)).toBeLessThan(20)
  })

  test('stays where the meter refuses, and says why', async () => {
    const { headend, gateway } = await open(true)
    const set = await headend.setClock(1, 'write', { priority: 'clock' })
    expect(set).toMatchObject({ ok: false, code: 'refused-by-meter', detail: 'wrong-password' })
    expect(gateway.requests('write')).toHaveLength(1)
  })
})
