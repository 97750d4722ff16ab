import { createDispatcher } from '../dispatch.ts'
import type { ScriptedHeadend } from './scripted-headend.ts'
import type { Town } from './town.ts'

/** Between two wakings: a test waits for no bell. */
const wakeEveryMs = 10

/** The dispatcher as a house runs it; what it answers stops it and waits for its end. */
export const runDispatcher = (
  { context }: Pick<Town, 'context'>,
  headend: ScriptedHeadend,
  self = 'one',
): (() => Promise<void>) => {
  const stopping = new AbortController()
  const dispatcher = createDispatcher(context, headend, { self, onlyHeld: false })
  const running = dispatcher.run(stopping.signal)
  const waking = setInterval(() => dispatcher.wake(), wakeEveryMs)
  return async () => {
    clearInterval(waking)
    stopping.abort()
    await running
  }
}
