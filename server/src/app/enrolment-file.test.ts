import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { defaultStopTerms } from '../domain/stop-terms.ts'
import { readEnrolment } from './enrolment-file.ts'

const example = (): Record<string, never> =>
  JSON.parse(readFileSync(new URL('../../fixtures/enrolment/site.json', import.meta.url), 'utf8')) as Record<
    string,
    never
  >

/** The example with one thing changed, by its path. */
const changed = (path: readonly (string | number)[], value: unknown): unknown => {
  const root = example()
  let at: Record<string | number, unknown> = root
  for (const part of path.slice(0, -1)) at = at[part] as Record<string | number, unknown>
  at[path.at(-1) ?? ''] = value
  return root
}
const problemsOf = (json: unknown): readonly string[] => {
  const read = readEnrolment(json)
  return read.ok ? [] : read.problems
}

describe('a site as a file', () => {
  test('the example of the manual is a site; what it leaves out has cautious defaults', () => {
    const read = readEnrolment(example())
    if (!read.ok) throw new Error(read.problems.join('; '))
    const [first, second] = read.value.accounts
    expect(first?.agreement).toEqual({
      pricePlan: 'residential',
      thresholds: { alarm1: 50_000_000n, alarm2: 20_000_000n, cutOff: 0n, restore: 5_000_000n },
      noticeLeadMs: 24 * 3_600_000,
      reconnect: 'permit-close',
      tripWindow: { fromMinute: 540, toMinute: 960, weekdays: [1, 2, 3, 4, 5] },
      stop: defaultStopTerms,
    })
    expect(first?.openingPayment).toBe(100_000_000n)
    expect(second?.meters[0]?.protocol).toEqual({
      kind: 'modbus-rtu',
      unit: 7,
      model: 'acrel-dtsy1352',
      wiring: 'in-line',
    })
    expect(read.value.gateways.map(({ link }) => link.kind)).toEqual(['dials-in', 'dialled'])
  })

  test.each<[readonly (string | number)[], unknown, RegExp]>([
    [['site', 'timeZone'], 'Moon/Base', /^site\.timeZone: must be a time zone/u],
    [['site', 'colour'], 'red', /^site: /u],
    [['pricePlans', 0, 'price'], '0,5', /^pricePlans\[0\]\.price: must be yuan per kWh/u],
    [['pricePlans', 0, 'price'], '-1', /^pricePlans\[0\]\.price: must be yuan per kWh/u],
    [['accounts', 0, 'openingPayment'], 100, /^accounts\[0\]\.openingPayment/u],
    [['accounts', 0, 'meters', 0, 'address'], '1', /^accounts\[0\]\.meters\[0\]\.address: must be the twelve digits/u],
    [['accounts', 0, 'meters', 0, 'gateway'], 'GW-X', /there is no gateway GW-X/u],
    [['accounts', 0, 'agreement', 'pricePlan'], 'nothing', /there is no plan nothing/u],
    [['accounts', 0, 'agreement', 'alarm2'], '60', /must not rise/u],
    [['accounts', 0, 'agreement', 'tripFrom'], '16:30', /tripFrom must come before tripTo/u],
    [['accounts', 0, 'agreement', 'tripFrom'], '9', /must be HH:MM/u],
    [['accounts', 0, 'agreement'], null, /an account without an agreement takes no money/u],
    [['accounts', 1, 'number'], '20001', /accounts: 20001 stands there twice/u],
    [['accounts', 2, 'meters', 0, 'address'], '202611020001', /meters: GW-A 202611020001 stands there twice/u],
    [['accounts', 0, 'meters', 0, 'behind'], '202611029999', /202611020001 behind: there is no meter 202611029999/u],
    [['accounts', 0, 'meters', 0, 'behind'], '202611020001', /202611020001 behind: is behind itself/u],
    [['accounts', 0, 'meters', 0, 'lossLimitPercent'], '101', /lossLimitPercent: must be per cent from 0 to 100/u],
    [['gateways', 1, 'code'], 'GW-A', /GW-A stands there twice/u],
    [['accounts'], [], /^accounts: /u],
  ])('%j = %j is named with its place', (path, value, words) => {
    expect(problemsOf(changed(path, value)).some((problem) => words.test(problem))).toBe(true)
  })

  test('a master meter and its limit are understood', () => {
    const read = readEnrolment(changed(['accounts', 0, 'meters', 0, 'behind'], '202611020003'))
    if (!read.ok) throw new Error(read.problems.join('; '))
    expect(read.value.accounts[0]?.meters[0]).toMatchObject({ behind: '202611020003' })
    const limited = readEnrolment(changed(['accounts', 2, 'meters', 0, 'lossLimitPercent'], '7.5'))
    expect(limited.ok && limited.value.accounts[2]?.meters[0]).toMatchObject({ lossLimit: 75_000 })
  })

  test.each([null, [], 'x', 7, {}])('%j is no site, and that is said', (json) => {
    expect(problemsOf(json).length).toBeGreaterThan(0)
  })
})
