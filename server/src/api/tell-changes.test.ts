import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { tellChanges } from './tell-changes.ts'

/** A reader that takes in one chunk each time it is told to. */
const createReader = () => {
  const chunks: string[] = []
  let taken: (() => void) | null = null
  const reader = new Writable({
    highWaterMark: 200,
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk.toString())
      taken = done
    },
  })
  return {
    reader,
    chunks,
    take: async () => {
      const done = taken
      taken = null
      done?.()
      await new Promise((resolve) => setImmediate(resolve))
      return done !== null
    },
  }
}

describe('what a console is told', () => {
  it('is an event with its topics', async () => {
    const { reader, chunks } = createReader()
    tellChanges(reader)(['meter:1', 'overview'])
    expect(chunks).toEqual(['event: change\ndata: {"topics":["meter:1","overview"]}\n\n'])
  })

  it('never piles up before one that does not read, who learns that all is new when it reads again', async () => {
    const { reader, chunks, take } = createReader()
    const tell = tellChanges(reader)
    for (let round = 0; round < 10_000; round += 1) tell([`meter:${String(round)}`])
    expect(reader.writableLength).toBeLessThan(300)
    while (await take());
    expect(chunks.length).toBeLessThan(10)
    expect(chunks.at(-1)).toBe('event: change\ndata: {"topics":["all"]}\n\n')
    tell(['meter:7'])
    expect(chunks.at(-1)).toBe('event: change\ndata: {"topics":["meter:7"]}\n\n')
  })
})
