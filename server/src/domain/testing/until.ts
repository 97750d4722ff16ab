import { setTimeout as sleep } from 'node:timers/promises'

/** How long a test waits for what must come to be, on a machine with other work. */
const patienceMs = 20_000

export type Waiting = Readonly<{
  patienceMs?: number
  /** Between two looks; longer where a look costs a query. */
  everyMs?: number
  /** What may tell why it did not come to be. */
  known?: () => unknown
}>

/** Waits for something that must come to be; how long it takes is not the test's business. */
export const until = async (
  what: string,
  holds: () => Promise<boolean> | boolean,
  waiting: Waiting = {},
): Promise<void> => {
  const startMs = performance.now()
  while (!(await holds())) {
    if (performance.now() - startMs > (waiting.patienceMs ?? patienceMs)) {
      const known = waiting.known === undefined ? '' : `; known: ${JSON.stringify(await waiting.known())}`
      throw new Error(`It did not come to be: ${what}${known}.`)
    }
    await sleep(waiting.everyMs ?? 5)
  }
}
