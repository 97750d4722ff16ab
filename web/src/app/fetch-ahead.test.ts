import { describe, expect, it } from 'vitest'
import { fetchAhead } from './fetch-ahead.ts'

/** An idle browser by hand: `rest` lets the one thing that waits begin, and whatever follows from it. */
const createIdleness = () => {
  let waiting: (() => void) | null = null
  return {
    whenIdle: (then: () => void) => {
      expect(waiting, 'one thing at a time').toBeNull()
      waiting = then
      return () => {
        waiting = null
      }
    },
    isWaiting: () => waiting !== null,
    rest: async () => {
      const then = waiting
      waiting = null
      then?.()
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
    },
  }
}

describe('fetching ahead', () => {
  it('takes one part at a time, only when idle, and goes on after one that can not be fetched', async () => {
    const idle = createIdleness()
    const fetched: string[] = []
    const part =
      (name: string, fails = false) =>
      async () => {
        fetched.push(name)
        if (fails) throw new Error('gone')
      }
    fetchAhead([part('work'), part('stops', true), part('lines')], idle.whenIdle)
    expect(fetched).toEqual([])
    await idle.rest()
    expect(fetched).toEqual(['work'])
    await idle.rest()
    await idle.rest()
    expect(fetched).toEqual(['work', 'stops', 'lines'])
    expect(idle.isWaiting()).toBe(false)
  })

  it('ends when it is told to, also while a part is on its way', async () => {
    const idle = createIdleness()
    let arrive = (): void => undefined
    const slow = new Promise<void>((resolve) => {
      arrive = resolve
    })
    const end = fetchAhead([async () => slow, async () => expect.unreachable()], idle.whenIdle)
    await idle.rest()
    end()
    arrive()
    await idle.rest()
    expect(idle.isWaiting()).toBe(false)

    fetchAhead([async () => expect.unreachable()], idle.whenIdle)()
    expect(idle.isWaiting()).toBe(false)
  })
})
