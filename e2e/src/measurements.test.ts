import { readDayData, readMeasurements, setSchedule } from '@xianfu/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser, openConsole } from './browser.ts'
import { makeDataFolder, startServer, until, type RunningServer } from './running-server.ts'
import { storyMeter } from './story.ts'

const dayMs = 86_400_000
const withinMs = 90_000
const timeout = 120_000

/** What a virtual meter measures comes over the wire turn by turn, and is there as a history. */
describe('measurements', () => {
  let folder: Awaited<ReturnType<typeof makeDataFolder>>
  let server: RunningServer
  let id = 0
  const history = async (quantity: 'voltage' | 'current' | 'active-power') => {
    const to = Date.now() + 30 * dayMs
    return server.call(readMeasurements, { params: { id }, query: { from: to - 60 * dayMs, to, quantity } })
  }

  beforeAll(async () => {
    folder = await makeDataFolder()
    // A minute of the village passes in a second.
    server = await startServer(folder.path, { speed: 60 })
    ;({ id } = await storyMeter(server))
  }, 120_000)
  afterAll(async () => {
    await server.stop()
    await folder.remove()
  }, 60_000)

  test('collected in two turns of a schedule are two moments, and no more', { timeout }, async () => {
    const body = { scope: 'meter', subjectId: id, minutes: 15 } as const
    await server.call(setSchedule, { body: { ...body, dataSet: 'instantaneous' } })
    const told = await until(
      'two moments',
      async () => {
        const found = await history('voltage')
        return found.points.length >= 2 && found
      },
      withinMs,
    )
    const [first, second] = told.points
    expect(told).toMatchObject({ resolution: 'moment', unit: 'mV', limits: { nominal: 220_000, supply: 'four-wire' } })
    expect(told.parts).toEqual(['a', 'b', 'c'])
    // Turns stand on the clock, a quarter of an hour apart.
    const turnOf = (at = 0): number => Math.floor(at / 900_000)
    expect(turnOf(second?.at)).toBeGreaterThan(turnOf(first?.at))
    for (const { values } of told.points) {
      expect(values[0]).toBeGreaterThan(150_000)
      expect(values[0]).toBeLessThan(280_000)
    }
    expect((await history('active-power')).parts[0]).toBe('total')
  })

  test('the greatest demand and the daily freeze are told once a day', { timeout }, async () => {
    for (const dataSet of ['demand', 'freeze'] as const)
      await server.call(setSchedule, { body: { scope: 'meter', subjectId: id, minutes: 15, dataSet } })
    const day = (at: number): string => new Date(at).toISOString().slice(0, 10)
    const query = { first: day(Date.now() - 30 * dayMs), last: day(Date.now() + 30 * dayMs) }
    const { demand } = await until(
      'demand and freeze',
      async () => {
        const found = await server.call(readDayData, { params: { id }, query })
        return found.demand.length > 0 && found.freezes.length > 0 && found
      },
      withinMs,
    )
    expect(new Set(demand.map(({ day: name }) => name)).size).toBe(demand.length)
    expect(demand[0]?.reverseWh).not.toBeNull()
  })

  test('in the browser: the chart says what it shows, and is moved by keys', { timeout }, async () => {
    const browser = await openBrowser()
    try {
      const page = await openConsole(browser, server, 'en-US')
      await page.getByText('工坊 3').first().waitFor()
      await page.goto(`${server.url}/meters/${String(id)}`)
      await page
        .getByRole('img', {
          name: /^Voltage: Phase A Phase B Phase C, \d+ points, least 2\d\d\.\d, greatest 2\d\d\.\d V$/u,
        })
        .waitFor()
      await page.getByText(/^GB\/T 12325-2008 4\.2: 204\.6–235\.4 V$/u).waitFor()
      await page.keyboard.press('v')
      await page.getByRole('img', { name: /^Current: / }).waitFor()
      await page.keyboard.press('y')
      await page.keyboard.press('[')
      await page.getByText(/^Nothing was measured in this span/u).waitFor()
      await page.keyboard.press(']')
      await page.getByRole('img', { name: /^Current: / }).waitFor()
      expect(await page.getByRole('img', { name: /^Voltage: / }).count()).toBe(0)
    } finally {
      await browser.close()
    }
  })
})
