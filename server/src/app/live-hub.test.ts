import { describe, expect, it } from 'vitest'
import { mostTopics, startLiveHub } from './live-hub.ts'

/** A channel that says what it is told to, and a clock that goes on when it is told to. */
const createBench = async () => {
  let say = (_payload: string): void => undefined
  let due: (() => void)[] = []
  const over = new AbortController()
  const hub = await startLiveHub(
    {
      listen: async (_channel, onNotice) => {
        say = onNotice
      },
    },
    {
      after: (_ms, act) => {
        due.push(act)
        return () => undefined
      },
    },
    over.signal,
  )
  const heard: (readonly string[])[] = []
  const leave = hub.subscribe((topics) => heard.push(topics))
  return {
    hub,
    heard,
    leave,
    over,
    say: (payload: string) => say(payload),
    timers: () => due.length,
    pass: () => {
      const now = due
      due = []
      for (const act of now) act()
    },
  }
}

describe('the hub of the live stream', () => {
  it('tells what gathers together, each topic once, and to everybody the same', async () => {
    const { hub, heard, say, pass, timers } = await createBench()
    const others: (readonly string[])[] = []
    hub.subscribe((topics) => others.push(topics))
    say('meter:1 meters')
    say('meter:2 meters')
    expect(heard).toEqual([])
    expect(timers()).toBe(1)
    pass()
    expect(heard).toEqual([['meter:1', 'meters', 'meter:2']])
    expect(others[0]).toBe(heard[0])
    pass()
    expect(heard).toHaveLength(1)
    say('meter:1')
    pass()
    expect(heard[1]).toEqual(['meter:1'])
  })

  it('is called once in a round and bounded in topics, however many meters change', async () => {
    const { heard, say, pass, timers } = await createBench()
    for (let id = 0; id < 10_000; id += 1) say(`meter:${String(id)} overview`)
    expect(timers()).toBe(1)
    pass()
    expect(heard).toEqual([['all']])
    for (let id = 0; id < mostTopics; id += 1) say(`meter:${String(id)}`)
    pass()
    expect(heard[1]).toHaveLength(mostTopics)
  })

  it('tells that all is new after a gap in the connection', async () => {
    const { heard, say, pass } = await createBench()
    say('meter:1')
    say('')
    say('meter:2')
    pass()
    expect(heard).toEqual([['all']])
  })

  it('gathers nothing for nobody, and is silent when it is over', async () => {
    const { heard, leave, say, pass, timers, hub, over } = await createBench()
    leave()
    say('meter:1')
    expect(timers()).toBe(0)
    hub.subscribe((topics) => heard.push(topics))
    say('meter:2')
    over.abort()
    pass()
    expect(heard).toEqual([])
  })
})
