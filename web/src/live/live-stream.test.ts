import { expect, it } from 'vitest'
import type { BrowserClock } from './browser-clock.ts'
import { createLiveStream, type EventStream } from './live-stream.ts'

type Listener = (event: { readonly data?: unknown }) => void

/** Streams that open, speak and fail when told to. */
const bench = () => {
  const due: (() => void)[] = []
  const clock: BrowserClock = {
    now: () => 0,
    after: (_, then) => {
      due.push(then)
      return () => void due.splice(due.indexOf(then), due.includes(then) ? 1 : 0)
    },
    every: () => () => undefined,
  }
  const streams: { say: (kind: string, data?: string) => void; fail: (forGood: boolean) => void; closed: boolean }[] =
    []
  const open = (): EventStream => {
    const listeners: Record<string, Listener> = {}
    const stream = { readyState: 1, closed: false }
    const say = (kind: string, data?: string): void => listeners[kind]?.({ data })
    streams.push({
      say,
      fail: (forGood) => {
        stream.readyState = forGood ? 2 : 0
        say('error')
      },
      get closed() {
        return stream.closed
      },
    })
    return {
      get readyState() {
        return stream.readyState
      },
      addEventListener: (kind, listener) => {
        listeners[kind] = listener
      },
      close: () => {
        stream.closed = true
      },
    }
  }
  const heard: string[] = []
  const live = createLiveStream({
    open,
    clock,
    onChange: (data) => heard.push(data),
    onOpen: (again) => heard.push(again ? 'again' : 'open'),
    onLost: () => heard.push('lost'),
  })
  return { live, streams, heard, ring: () => due.splice(0).forEach((then) => then()), due }
}

it('hands changes on and tells a first opening from a later one', () => {
  const { streams, heard } = bench()
  streams[0]?.say('open')
  streams[0]?.say('change', 'a')
  streams[0]?.fail(false)
  streams[0]?.say('open')
  expect(heard).toEqual(['open', 'a', 'lost', 'again'])
  expect(streams).toHaveLength(1)
})

it('opens anew after a refusal, and again after the next one', () => {
  const { streams, heard, ring } = bench()
  streams[0]?.fail(true)
  expect(streams).toHaveLength(1)
  ring()
  streams[1]?.fail(true)
  ring()
  streams[2]?.say('open')
  expect(heard).toEqual(['lost', 'lost', 'open'])
})

it('opens nothing after it was stopped', () => {
  const { live, streams, ring, due } = bench()
  streams[0]?.fail(true)
  live.stop()
  expect(due).toEqual([])
  ring()
  expect(streams).toHaveLength(1)
  expect(streams[0]?.closed).toBe(true)
})
