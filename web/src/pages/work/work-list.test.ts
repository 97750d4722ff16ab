import type { WorkItem } from '@xianfu/contract'
import { describe, expect, it } from 'vitest'
import { detailText, filterItems, kindsIn, timeLeft, signsIn } from './work-list.ts'

const everyItem = { search: '', kind: null }

const item = (changes: Partial<WorkItem>): WorkItem => ({
  id: 1,
  kind: 'field-trip',
  subject: 'meter:1',
  site: '示范村',
  account: null,
  meter: { id: 1, place: '工坊 3' },
  gateway: null,
  severity: 'warning',
  detail: {},
  openedAt: 0,
  seenAt: 0,
  seen: 1,
  dueAt: null,
  escalation: 0,
  roleToLook: 'field-engineer',
  owner: null,
  acknowledgedAt: null,
  closed: null,
  ...changes,
})

describe('the list of what is to be done', () => {
  const items = [item({}), item({ id: 2, kind: 'gateway-offline', meter: null, gateway: 'GW-2', owner: '林' })]

  it.each([
    [everyItem, [1, 2]],
    [{ ...everyItem, kind: 'gateway-offline' }, [2]],
    [{ ...everyItem, search: 'gw-2' }, [2]],
    [{ ...everyItem, search: '工坊' }, [1]],
    [{ ...everyItem, search: '林' }, [2]],
    [{ search: '工坊', kind: 'gateway-offline' }, []],
  ])('%j leaves %j', (filter, ids) => {
    expect(filterItems(items, filter).map(({ id }) => id)).toEqual(ids)
  })

  it('offers the kinds that are there', () => {
    expect(kindsIn(items)).toEqual(['field-trip', 'gateway-offline'])
  })

  it('shows the plain part of a detail', () => {
    expect(detailText({ attempts: 5, why: 'no-answer', deep: { a: 1 }, none: null })).toBe('attempts 5 · why no-answer')
  })
})

describe('time left', () => {
  const minute = 60_000
  it.each([
    [90 * minute, { late: false, unit: 'minutes', count: 90 }],
    [120 * minute, { late: false, unit: 'hours', count: 2 }],
    [-5 * minute, { late: true, unit: 'minutes', count: 5 }],
    [-49 * 60 * minute, { late: true, unit: 'days', count: 2 }],
    [0, { late: false, unit: 'minutes', count: 0 }],
  ] as const)('%d ms: %j', (ms, left) => {
    expect(timeLeft(1_000_000_000 + ms, 1_000_000_000)).toEqual(left)
  })
})

it('names what it knows, and leaves evidence to its own list', () => {
  const names = (code: string): string => (code === 'meters' ? '电表数' : code)
  expect(detailText({ meters: 20, other: 'x' }, names)).toBe('电表数 20 · other x')
  expect(
    detailText(
      { what: 'refund', why: 'refund' },
      (name) => name,
      () => '退费',
    ),
  ).toBe('what 退费 · why refund')
  expect(detailText({ events: 4, signs: [] })).toBe('')
})

describe('evidence', () => {
  const sign = { event: 7, kind: 'meter-cover', phase: null, origin: 'record', at: 1 }
  it.each([
    [{}, null],
    [{ signs: [] }, null],
    [{ signs: 'x' }, null],
    [{ signs: [{ ...sign, at: 'x' }] }, null],
    [{ signs: [sign, { ...sign, event: 8 }], events: 30 }, [30, [8, 7]]],
    [{ signs: [sign], events: 'x' }, [1, [7]]],
  ])('%j', (detail, expected) => {
    const signs = signsIn(detail)
    expect(signs === null ? null : [signs.total, signs.list.map(({ event }) => event)]).toEqual(expected)
  })
})
