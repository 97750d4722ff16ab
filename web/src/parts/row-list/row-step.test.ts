import { describe, expect, it } from 'vitest'
import { stepTo } from './row-step.ts'

describe('moving through the list', () => {
  it.each([
    [[3, 5, 6], null, 1, 3],
    [[3, 5, 6], 3, 1, 5],
    [[3, 5, 6], 6, 1, 6],
    [[3, 5, 6], 3, -1, 3],
    [[3, 5, 6], 5, -100, 3],
    [[3, 5, 6], 3, 100, 6],
    [[3, 5, 6], 9, 1, 3],
    [[], 3, 1, null],
  ] as const)('in %j from %j by %d → %j', (ids, chosen, step, next) => {
    expect(stepTo(ids, chosen, step)).toBe(next)
  })
})
