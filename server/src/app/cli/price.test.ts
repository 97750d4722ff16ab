import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { noEnergy, wattHours } from '../../domain/quantity.ts'
import { parseDay } from '../../domain/tariff/day-number.ts'
import { runPrice, type PriceOptions } from './price.ts'

const example = (name: string): string => fileURLToPath(new URL(`../../../fixtures/pricing/${name}`, import.meta.url))
const householdLoad = fileURLToPath(
  new URL('../../../../simulator/villages/loads/household-half-hours-2013.csv', import.meta.url),
)

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xianfu-price-'))
})
afterAll(async () => rm(folder, { recursive: true }))

let files = 0
const file = async (content: unknown): Promise<string> => {
  const path = join(folder, `file-${String((files += 1))}`)
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

type Said = Readonly<{ code: number; printed: string; complained: readonly string[] }>

const price = async (change: Partial<PriceOptions>): Promise<Said> => {
  const [printed, complained]: [string[], string[]] = [[], []]
  const code = await runPrice({
    plan: example('flat.json'),
    contract: null,
    load: householdLoad,
    household: null,
    timeZone: 'Asia/Shanghai',
    from: null,
    to: null,
    ladderBefore: noEnergy,
    estimate: false,
    json: false,
    print: (line) => printed.push(line),
    complain: (line) => complained.push(line.replaceAll(`${folder}/`, '').replaceAll(/file-\d+/gu, 'FILE')),
    ...change,
  })
  return { code, printed: printed.join('\n'), complained }
}

const flatPlan = { code: 'F', version: 1, validFrom: '2024-01-01', energy: { kind: 'flat', price: '0.5' } }

describe('the examples of docs/pricing.md', () => {
  test.each([
    ['flat.json', '3243.745 kWh'],
    ['time-of-use.json', '3243.745 kWh'],
    ['annual-ladder.json', '3243.745 kWh'],
    ['ladder-on-time-of-use.json', '3243.745 kWh'],
    ['monthly-tiers.json', '3243.745 kWh'],
    ['price-change.json', '3243.745 kWh'],
  ])('%s prices the real year of a household', async (name, energy) => {
    const { code, printed, complained } = await price({ plan: example(name), household: 'H06414' })
    expect([code, complained]).toEqual([0, []])
    expect(printed).toContain(`H06414  all  ${energy}`)
  })

  test('a month by the annual ladder, line by line', async () => {
    const { printed } = await price({
      plan: example('annual-ladder.json'),
      household: 'H17936',
      from: parseDay('2013-06-01'),
      to: parseDay('2013-07-01'),
      ladderBefore: wattHours(2_000_000n),
    })
    // 1021.601 kWh in June (the sum of its column); 760 are left to the first limit.
    expect(printed.split('\n').map((line) => line.replaceAll(/ +/gu, ' ').trim())).toEqual([
      'H17936 2013-06-01 to 2013-07-01 plan LADDER version 1',
      'energy 1021.601 kWh × 0.5380 549.62',
      'ladder.tier-2 261.601 kWh × 0.0500 13.08',
      'total 562.70',
      '',
      'H17936 all 1021.601 kWh 562.70 yuan',
      '',
    ])
  })

  test('two-part by registers, as JSON with exact values', async () => {
    const { code, printed } = await price({
      plan: example('two-part.json'),
      contract: example('two-part-contract.json'),
      load: example('two-part-registers.csv'),
      json: true,
    })
    expect(code).toBe(0)
    const { households } = JSON.parse(printed) as {
      households: { statements: { lines: { code: string; amount: string; memo: boolean }[]; total: string }[] }[]
    }
    const [statement] = households[0]?.statements ?? []
    expect(statement?.lines.map(({ code, amount }) => `${code} ${amount}`)).toEqual([
      'energy.rate-1 37823.52',
      'energy.rate-2 57761.57',
      'energy.rate-3 42001.79',
      'energy.rate-4 19694.65',
      'basic.demand 41192.00',
      'basic.demand-excess 1292.00',
      'power-factor -873.89',
      'surcharge.fund 5566.88',
    ])
    expect(statement?.total).toBe('198891.64')
  })
})

describe('a load', () => {
  test('rows in any order and a repeated one are the same load', async () => {
    const rows = ['2024-01-01T00:00,1000', '2024-01-01T00:30,2000', '2024-01-01T01:00,3000']
    const load = await file(['start,A', ...rows].join('\n'))
    const mixed = await file(['start,A', rows[2], rows[0], rows[1], rows[0]].join('\r\n'))
    const plan = await file(flatPlan)
    const [straight, confused] = [await price({ plan, load }), await price({ plan, load: mixed })]
    expect(straight.printed).toContain('A  all  6.00 kWh  3.00 yuan')
    expect(confused).toEqual(straight)
  })

  test('a missing half hour is refused, or filled when that is asked for, and the bill says so', async () => {
    const slots = Array.from({ length: 96 }, (_, slot) => {
      const time = new Date(Date.UTC(2024, 0, 1) + slot * 1_800_000).toISOString().slice(0, 16)
      return `${time},${String(slot % 48)}`
    })
    const plan = await file(flatPlan)
    const whole = await price({ plan, load: await file(['start,A', ...slots].join('\n')) })
    const holed = slots.flatMap((row, slot) =>
      slot === 60 ? [] : slot === 61 ? [`${row.split(',')[0] ?? ''},`] : [row],
    )
    const load = await file(['start,A', ...holed].join('\n'))
    const refused = await price({ plan, load })
    expect(refused.code).toBe(1)
    expect(refused.complained[0]).toMatch(
      /^FILE:62: 1 half hour\(s\) are missing before it: add them, or say --estimate/u,
    )
    const filled = await price({ plan, load, estimate: true })
    expect(filled.printed).toBe(whole.printed.replace('yuan\n', `yuan\nA  estimated: 2 half hours, 0.025 kWh\n`))
  })

  test.each<[string, string, RegExp]>([
    ['nothing known on top', 'time,A\n', /^FILE:1: the first line must be "start,HOUSEHOLD,…"/u],
    ['no rows', 'start,A\n', /^FILE: has no rows/u],
    ['a time that is none', 'start,A\n2024-13-01T00:00,1', /^FILE:2: must begin with a time like/u],
    ['a time within a half hour', 'start,A\n2024-01-01T00:10,1', /^FILE:2: must begin at a full or half hour/u],
    ['energy with a point', 'start,A\n2024-01-01T00:00,1.5', /^FILE:2: A: must be whole watt-hours, not "1.5"/u],
    ['energy below zero', 'start,A\n2024-01-01T00:00,-1', /^FILE:2: A: must be whole watt-hours/u],
    ['too few values', 'start,A,B\n2024-01-01T00:00,1', /^FILE:2: has 1 values, the first line names 2/u],
    [
      'two values for one time',
      'start,A\n2024-01-01T00:00,1\n2024-01-01T00:00,2',
      /^FILE:3: is of the same time as line 2/u,
    ],
    ['a household twice', 'start,A,A\n2024-01-01T00:00,1,1', /^FILE:1: names a household twice/u],
    ['an unknown register', 'at,total_wh,rate9\n', /^FILE:1: must be "at,total_wh" and then any of rate1/u],
    [
      'a register that falls',
      'at,total_wh\n2024-01-01T00:00,5\n2024-01-02T00:00,4',
      /^FILE:3: total_wh is lower than in line 2/u,
    ],
    ['one reading', 'at,total_wh\n2024-01-01T00:00,5', /^FILE: must have at least two readings/u],
    [
      'before the plan',
      'start,A\n2023-12-31T23:30,1',
      /no version of plan F is in force on 2023-12-31; known: version 1 from 2024-01-01 on/u,
    ],
  ])('with %s is refused, and the place is named', async (_, load, words) => {
    const { code, printed, complained } = await price({ plan: await file(flatPlan), load: await file(load) })
    expect([code, printed]).toEqual([1, ''])
    expect(
      complained.some((line) => words.test(line)),
      complained.join('\n'),
    ).toBe(true)
  })

  test('the hour that autumn has twice needs its offset, the one that spring leaves out does not exist', async () => {
    const plan = await file(flatPlan)
    const at = async (time: string) =>
      (await price({ plan, load: await file(`start,A\n${time},1000`), timeZone: 'America/New_York' })).complained[0] ??
      'good'
    expect(await at('2024-11-03T01:30')).toMatch(/comes twice in this time zone: write its offset/u)
    expect(await at('2024-11-03T01:30-05:00')).toBe('good')
    expect(await at('2024-03-10T02:30')).toMatch(/does not exist in this time zone/u)
    expect(await at('2024-03-10T03:30')).toBe('good')
  })
})

describe('a call', () => {
  test.each<[string, Partial<PriceOptions>, RegExp]>([
    ['a plan that is not there', { plan: '/none.json' }, /^\/none\.json: cannot be read: there is no such file/u],
    ['a zone that is none', { timeZone: 'Mars/Base' }, /^There is no time zone "Mars\/Base"/u],
    ['a household that is not in the load', { household: 'H1' }, /has no household H1; it has H06414, H17936, H18250/u],
    [
      'days without load',
      { from: parseDay('2020-01-01'), to: parseDay('2020-02-01') },
      /has no half hour between --from and --to/u,
    ],
    [
      'registers missing',
      { plan: example('two-part.json'), contract: example('two-part-contract.json') },
      /has no rate registers/u,
    ],
    [
      'no contract for a plan that needs one',
      { plan: example('two-part.json'), load: example('two-part-registers.csv') },
      /^the contract \(say --contract FILE\): demandKw is missing: the plan charges by the agreed demand/u,
    ],
  ])('with %s', async (_, change, words) => {
    const { code, complained } = await price(change)
    expect(code).toBe(1)
    expect(
      complained.some((line) => words.test(line)),
      complained.join('\n'),
    ).toBe(true)
  })

  test('text that is no JSON, and every problem of a plan at once', async () => {
    const broken = await price({ plan: await file('{ "code": ') })
    expect(broken.complained[0]).toMatch(/^FILE: is not JSON: /u)
    const { complained } = await price({
      plan: await file({ ...flatPlan, version: 0, energy: { kind: 'flat', price: 1 } }),
    })
    expect(complained).toEqual([
      'FILE: energy.price must be text in quotes ("1"): a number without quotes may lose digits',
      'FILE: version must be a whole number from 1 up, without quotes',
    ])
  })
})
