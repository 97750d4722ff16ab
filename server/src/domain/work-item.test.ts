import { describe, expect, test } from 'vitest'
import { escalationAt, objectionToDeed, roleToLook, workItemRules } from './work-item.ts'

const hour = 3_600_000

describe('the steps towards a deadline', () => {
  test.each([
    [0, 0],
    [0.99 * hour, 0],
    [hour, 1],
    [1.59 * hour, 1],
    [1.6 * hour, 2],
    [2 * hour, 3],
    [9 * hour, 3],
  ])('after %d ms of two hours: step %d', (passed, step) => {
    expect(escalationAt(1_000, 1_000 + 2 * hour, 1_000 + passed)).toBe(step)
  })
  test('without a deadline nobody is told', () => {
    expect(escalationAt(0, null, Number.MAX_SAFE_INTEGER)).toBe(0)
  })
  test('the next one up each time', () => {
    const roles = (kind: string) => [0, 1, 2, 3].map((escalation) => roleToLook(kind, escalation))
    expect(roles('field-trip')).toEqual(['field-engineer', 'manager', 'administrator', 'administrator'])
    expect(roles('approve-operation')).toEqual(['manager', 'manager', 'administrator', 'administrator'])
  })
})

describe('what a person may do', () => {
  const open = { closed: false, acknowledged: false, ownerId: null }
  test.each([
    [null, 'take', '', 'unknown-work-item'],
    [{ ...open, closed: true }, 'take', '', 'work-item-closed'],
    [{ ...open, closed: true }, 'close', 'again', 'work-item-closed'],
    [{ ...open, acknowledged: true }, 'acknowledge', '', 'work-item-acknowledged'],
    [open, 'close', '  ', 'reason-missing'],
    [open, 'close', 'fuse replaced', null],
    [open, 'acknowledge', '', null],
    [{ ...open, ownerId: 7 }, 'take', '', null],
  ] as const)('%o %s %j: %s', (state, deed, reason, objection) => {
    expect(objectionToDeed(state, deed, reason)).toBe(objection)
  })
})

test('every deadline lies ahead', () => {
  for (const { dueAfterMs } of Object.values(workItemRules)) expect(dueAfterMs ?? 1).toBeGreaterThan(0)
})
