import { expect, onTestFinished, test } from 'vitest'
import { listeningGateway } from '../../../headend/testing/hand-made-field.ts'
import { saidOf, testDesk, type Said } from '../testing/test-desk.ts'
import { workshopLine } from '../testing/workshop-line.ts'
import { workshopMeter, workshopZone, type WorkshopMeter } from '../testing/workshop-meter.ts'
import { driftText, spanText } from './meter-clock.ts'
import { runMeterTime, type MeterTimeOptions } from './meter-time.ts'
import { linkTo } from '../testing/link-to.ts'

/** Noon, so that no test meets midnight and its rules. */
const noon = Date.UTC(2026, 0, 15, 4, 0, 0)

const time = async (
  meters: readonly WorkshopMeter[],
  change: Partial<MeterTimeOptions> = {},
  at = testDesk(),
): Promise<Said> => {
  const field = await listeningGateway(workshopLine(...meters))
  onTestFinished(field.close)
  return saidOf(
    async (desk) =>
      runMeterTime(
        {
          ...linkTo(field.port),
          addresses: meters.map(({ address }) => address),
          timeZone: workshopZone,
          zoneIsGiven: false,
          set: null,
          ...change,
        },
        desk,
      ),
    at,
  )
}

const credentials = { level: 2, password: '123456', operator: '00000001' }
const write = { way: 'write', yes: true, credentials } as const
const broadcast = { way: 'broadcast', yes: true, credentials: null } as const

/** A desk whose clock shows the time of the meters, moved to noon. */
const deskAt = (wall: number, change: Parameters<typeof testDesk>[0] = {}) => {
  const { desk } = testDesk()
  const startMs = desk.clock.elapsedMs()
  return testDesk({
    ...change,
    clock: { ...desk.clock, now: () => Math.round(wall + desk.clock.elapsedMs() - startMs) },
  })
}

/** A meter that is so far off from a desk at noon. */
const meterOff = (address: string, driftMs: number): WorkshopMeter =>
  workshopMeter(address, { clockOffsetMs: noon - Date.now() + driftMs })

test('how far two clocks are off', async () => {
  const { code, printed } = await time(
    [meterOff('000000000001', 90_000), meterOff('000000000002', -7_200_000)],
    {},
    deskAt(noon),
  )
  expect(code).toBe(0)
  expect(printed[0]).toMatch(
    /^meter 000000000001 {2}2026-01-15 12:01:\d\d, (?:89|90|91)\.\d s ahead of this machine \(± /u,
  )
  expect(printed[1]).toMatch(/^meter 000000000002 {2}2026-01-15 (?:09|10):\d\d:\d\d, .* behind this machine/u)
})

test('a clock is set by writing, over days, and read back', async () => {
  const meter = meterOff('000000000001', -40 * 86_400_000 - 5_000)
  const { code, printed, complained } = await time([meter], { set: write }, deskAt(noon))
  expect([code, complained]).toEqual([0, []])
  expect(printed[0]).toMatch(/40 days behind this machine/u)
  expect(Math.abs(meter.clockOffsetMs - (noon - Date.now()))).toBeLessThan(60_000)
})

test('a broadcast sets every meter of the line', async () => {
  const meters = [meterOff('000000000001', 100_000), meterOff('000000000002', -50_000)]
  const { code, complained } = await time(meters, { set: broadcast }, deskAt(noon))
  expect([code, complained]).toEqual([0, []])
})

test('a broadcast that meters would ignore is not sent, and the rule is named', async () => {
  const meter = meterOff('000000000001', 400_000)
  const { code, complained } = await time([meter], { set: broadcast }, deskAt(noon))
  expect(code).toBe(1)
  expect(complained.at(-1)).toMatch(/is off by 6 min 4\d s, and a meter takes 08H once a day.*--by write/u)
})

test('not around midnight either', async () => {
  const midnight = Date.UTC(2026, 0, 15, 15, 57, 0)
  const meter = workshopMeter('000000000001', { clockOffsetMs: midnight - Date.now() })
  const { code, complained } = await time([meter], { set: broadcast }, deskAt(midnight))
  expect([code, complained.at(-1)]).toEqual([1, expect.stringMatching(/^It is 23:57, and a meter takes 08H/u)])
})

test('a wrong password', async () => {
  const { code, complained } = await time(
    [meterOff('000000000001', 9_000)],
    { set: { ...write, credentials: { ...credentials, password: '000000' } } },
    deskAt(noon),
  )
  expect([code, complained.at(-1)]).toEqual([1, expect.stringMatching(/refused the date \(wrong-password\).*--level/u)])
})

test('a meter that takes nothing over', async () => {
  const meter = meterOff('000000000001', 100_000)
  const honest = meter.instead
  meter.instead = (request) => (request.kind === 'set-time' ? null : honest?.(request))
  const { code, complained } = await time([meter], { set: broadcast }, deskAt(noon))
  expect([code, complained.at(-1)]).toEqual([1, expect.stringMatching(/the clock was not set: a meter takes 08H/u)])
})

test('a meter that is right in another zone is not set by mistake', async () => {
  const meter = meterOff('000000000001', -8 * 3_600_000 + 3_000)
  const { code, complained } = await time([meter], { set: write }, deskAt(noon))
  expect([code, complained.at(-1)]).toEqual([
    1,
    expect.stringMatching(/looks like another time zone than Asia\/Shanghai/u),
  ])
  expect((await time([meter], { set: write, zoneIsGiven: true }, deskAt(noon))).code).toBe(0)
})

test('who says no sends nothing', async () => {
  const meter = meterOff('000000000001', 100_000)
  const before = meter.clockOffsetMs
  const at = deskAt(noon, { answers: ['no'] })
  const { code } = await time([meter], { set: { ...broadcast, yes: false } }, at)
  expect([code, meter.clockOffsetMs]).toEqual([1, before])
  expect(at.asked[0]).toMatch(/every meter on the line/u)
})

test.each([
  [1_200, "as this machine's (± 1.5 s)"],
  [-61_000, '61.0 s behind this machine (± 1.5 s)'],
  [3_761_000, '1 h 2 min 41 s ahead of this machine (± 1.5 s)'],
  [-28_800_000, '8 h 0 min 0 s behind this machine (± 1.5 s); that looks like another time zone, see --time-zone'],
])('a drift of %d ms is told as: %s', (driftMs, words) => {
  expect(driftText({ meterLocalMs: 0, driftMs, uncertaintyMs: 1_500 })).toBe(words)
})

test('days are days', () => {
  expect(spanText(3 * 86_400_000 + 5)).toBe('3 days')
})
