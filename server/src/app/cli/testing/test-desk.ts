import { systemClock } from '../../system-clock.ts'
import { atDesk, type Desk } from '../desk.ts'

export type Said = Readonly<{ code: number; printed: readonly string[]; complained: readonly string[] }>

export type TestDesk = Readonly<{
  desk: Desk
  printed: string[]
  complained: string[]
  /** Questions that were asked. */
  asked: string[]
  interrupt(): void
}>

/** A desk at which nobody sits, or somebody who gives these answers, the last one for ever. */
export const testDesk = (change: Partial<Desk> & Readonly<{ answers?: readonly string[] }> = {}): TestDesk => {
  const { answers, ...other } = change
  const printed: string[] = []
  const complained: string[] = []
  const asked: string[] = []
  const interrupting = new AbortController()
  const answer = async (question: string): Promise<string> => {
    asked.push(question)
    return answers?.[Math.min(asked.length, answers.length) - 1] ?? ''
  }
  const desk: Desk = {
    print: (line) => printed.push(line),
    complain: (line) => complained.push(line),
    progress: () => undefined,
    ask: answers === undefined ? null : answer,
    askSecret: answers === undefined ? null : answer,
    paint: (_, text) => text,
    language: 'en',
    timeZone: 'Asia/Shanghai',
    environment: () => undefined,
    readInput: async () => new Uint8Array(),
    clock: systemClock(),
    interrupted: () => interrupting.signal,
    ...other,
  }
  return { desk, printed, complained, asked, interrupt: () => interrupting.abort() }
}

/** Runs a command at a desk of its own. */
export const saidOf = async (work: (desk: Desk) => Promise<number>, at: TestDesk = testDesk()): Promise<Said> => {
  const code = await atDesk(at.desk, async () => work(at.desk))
  return { code, printed: at.printed, complained: at.complained }
}
