import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { dataSets, defaultPaces } from './data-set.ts'
import { pacesOfLine, pacesOfMeter, ruleBook, scheduleScopes, type ScheduleRule } from './schedule-rule.ts'

const subject = { siteId: 1, gatewayId: 2, siteMinutes: 30 }
const idOf = { company: null, site: 1, line: 2, meter: 3 } as const

test('without rules the site and the defaults decide', () => {
  expect(pacesOfLine(ruleBook([]), { ...subject, siteMinutes: 15 })).toEqual({ ...defaultPaces, energy: 15 })
})

test('a meter without rules of its own shares the object of its line', () => {
  const book = ruleBook([{ scope: 'meter', subjectId: 9, dataSet: 'demand', minutes: null }])
  const line = pacesOfLine(book, subject)
  expect(pacesOfMeter(book, 3, line)).toBe(line)
  expect(pacesOfMeter(book, 9, line)).toEqual({ ...line, demand: null })
})

test('the most specific rule wins, whatever the others are and in whatever order they were written', () => {
  const rule = fc.record({
    scope: fc.constantFrom(...scheduleScopes),
    dataSet: fc.constantFrom(...dataSets),
    minutes: fc.constantFrom(5, 15, 60, null),
  })
  const distinct = fc.uniqueArray(rule, { selector: ({ scope, dataSet }) => `${scope} ${dataSet}` })
  fc.assert(
    fc.property(distinct, (chosen) => {
      const rules = chosen.map((one): ScheduleRule => ({ ...one, subjectId: idOf[one.scope] }))
      const book = ruleBook(rules)
      const paces = pacesOfMeter(book, 3, pacesOfLine(book, subject))
      for (const dataSet of dataSets) {
        const found = ['meter', 'line', 'site', 'company']
          .flatMap((scope) => rules.filter((one) => one.scope === scope && one.dataSet === dataSet))
          .at(0)
        const otherwise = dataSet === 'energy' ? subject.siteMinutes : defaultPaces[dataSet]
        expect(paces[dataSet]).toBe(found === undefined ? otherwise : found.minutes)
      }
    }),
  )
})
