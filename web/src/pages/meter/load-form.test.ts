import { loadRules, type LoadRules } from '@xianfu/contract'
import { describe, expect, it } from 'vitest'
import { firstRules, formOf, rulesFrom } from './load-form.ts'

const rules: LoadRules = {
  reconnect: 'direct-close',
  sampleEverySeconds: 60,
  overload: { ...firstRules.overload },
  schedule: {
    on: [
      { days: [1, 2, 3, 4, 5], fromMinute: 360, toMinute: 1_380 },
      { days: [0, 6, 'holiday'], fromMinute: 480, toMinute: 1_440 },
    ],
    holidays: ['2026-10-01', '2026-10-02'],
  },
  singleRun: { ...firstRules.singleRun },
  malignantLoad: { ...firstRules.malignantLoad },
}

describe('the form of load rules', () => {
  it('shows rules as people write them, and gives the same rules back', () => {
    const form = formOf(rules)
    expect(form.schedule).toEqual({ spans: '12345 06:00-23:00\n67H 08:00-24:00', holidays: '2026-10-01\n2026-10-02' })
    const back = rulesFrom(form)
    const days = (span: LoadRules): unknown => span.schedule?.on.map((one) => [...one.days].map(String).sort())
    expect('rules' in back && { ...back.rules, schedule: null }).toEqual({ ...rules, schedule: null })
    expect('rules' in back && days(back.rules)).toEqual(days(rules))
    expect('rules' in back && loadRules.safeParse(back.rules).success).toBe(true)
  })

  it('begins with rules that the contract takes', () => {
    const { schedule, ...others } = firstRules
    const back = rulesFrom({ ...formOf(null), ...others, sampleEverySeconds: 60, schedule })
    expect('rules' in back && loadRules.safeParse(back.rules).success).toBe(true)
  })

  it.each([
    ['12345 06:00-23:00\n8 06:00-07:00', 2],
    ['1 07:00-06:00', 1],
    ['1 06:00-24:01', 1],
    ['1 06:60-07:00', 1],
    ['Monday 06:00-07:00', 1],
    ['1', 1],
  ])('%j: line %i is wrong', (spans, badLine) => {
    expect(rulesFrom({ ...formOf(null), schedule: { spans, holidays: '' } })).toEqual({ badLine })
  })

  it('may hold supply off all day', () => {
    expect(rulesFrom({ ...formOf(null), schedule: { spans: ' \n', holidays: '' } })).toMatchObject({
      rules: { schedule: { on: [], holidays: [] } },
    })
  })
})
