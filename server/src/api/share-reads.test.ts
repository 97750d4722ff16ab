import { describe, expect, it } from 'vitest'
import { shareReads } from './share-reads.ts'

/** A clock that goes on when it is told to, and readings that end when they are told to. */
const createBench = () => {
  let elapsed = 0
  let waiting: { at: number; wake: () => void }[] = []
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
  }
  const reads: { begunAt: number; end: (value: string) => void; fail: (error: Error) => void }[] = []
  const ask = shareReads(
    async () =>
      new Promise<string>((resolve, reject) => {
        reads.push({ begunAt: elapsed, end: resolve, fail: reject })
      }),
    {
      elapsedMs: () => elapsed,
      delay: async (ms) =>
        new Promise((resolve) => {
          waiting.push({ at: elapsed + ms, wake: resolve })
        }),
    },
  )
  return {
    ask,
    reads,
    settle,
    pass: async (ms: number): Promise<void> => {
      elapsed += ms
      const due = waiting.filter(({ at }) => at <= elapsed)
      waiting = waiting.filter(({ at }) => at > elapsed)
      for (const { wake } of due) wake()
      await settle()
    },
  }
}

describe('a reading that many ask for', () => {
  it('begins at once, and is one for all who ask together', async () => {
    const { ask, reads, settle } = createBench()
    const answers = [ask(), ask(), ask()]
    await settle()
    expect(reads).toHaveLength(1)
    reads[0]?.end('a')
    expect(await Promise.all(answers)).toEqual(['a', 'a', 'a'])
  })

  it('is never older than the question: whoever asks while it runs waits for the next', async () => {
    const { ask, reads, settle, pass } = createBench()
    const early = ask()
    await settle()
    const late = [ask(), ask()]
    await pass(500)
    expect(reads).toHaveLength(1)
    reads[0]?.end('before')
    expect(await early).toBe('before')
    await pass(1_999)
    expect(reads).toHaveLength(1)
    await pass(1)
    expect(reads).toHaveLength(2)
    reads[1]?.end('after')
    expect(await Promise.all(late)).toEqual(['after', 'after'])
  })

  it.each([
    [0, 100],
    [20, 100],
    [200, 800],
    [500, 2_000],
    [60_000, 2_000],
  ])('that took %i ms is followed by a rest of %i ms', async (costMs, restMs) => {
    const { ask, reads, settle, pass } = createBench()
    const first = ask()
    await settle()
    await pass(costMs)
    reads[0]?.end('a')
    await first
    const second = ask()
    await settle()
    await pass(restMs - 1)
    expect(reads).toHaveLength(1)
    await pass(1)
    expect(reads).toHaveLength(2)
    reads[1]?.end('b')
    expect(await second).toBe('b')
  })

  it('that fails, fails for those who share it and for nobody else', async () => {
    const { ask, reads, settle, pass } = createBench()
    const first = [ask(), ask()]
    await settle()
    reads[0]?.fail(new Error('away'))
    for (const one of first) await expect(one).rejects.toThrow('away')
    const second = ask()
    await pass(100)
    reads[1]?.end('back')
    expect(await second).toBe('back')
  })
})
