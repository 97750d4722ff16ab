import type { Clock } from '../../domain/clock.ts'
import { Refusal } from './refusal.ts'

export type Language = 'en' | 'zh'

export type Colour = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

/** Where the person sits who typed the command: what they see, what they can be asked, how they read. */
export type Desk = Readonly<{
  /** Results. */
  print(line: string): void
  /** Errors and notices. */
  complain(line: string): void
  /** A line that the next one takes the place of; null wipes it. Without a terminal nobody sees it. */
  progress(line: string | null): void
  /** Asks, and gives what was typed; null when nobody is there to be asked. */
  ask: ((question: string) => Promise<string>) | null
  /** The same, and what is typed is not shown. */
  askSecret: ((question: string) => Promise<string>) | null
  paint: Paint
  language: Language
  /** The zone that this machine lives in. */
  timeZone: string
  environment(name: string): string | undefined
  /** All that comes on the standard input. */
  readInput(): Promise<Uint8Array>
  clock: Clock
  /** Aborted by the next Ctrl-C, which then does not end the program. */
  interrupted(): AbortSignal
}>

export type Paint = (colour: Colour, text: string) => string

/** Runs a command to its exit code; what goes wrong is one line. */
export const atDesk = async (desk: Desk, work: () => Promise<number>): Promise<number> => {
  try {
    return await work()
  } catch (error) {
    desk.progress(null)
    const words = error instanceof Error ? error.message : String(error)
    desk.complain(desk.paint('red', words.replaceAll(/\s*\n\s*/gu, ' ')))
    return error instanceof Refusal ? error.exitCode : 1
  }
}

/** Asks before something is done to a meter. Nobody is asked for `--yes`; without it, nobody there means no. */
export const confirmed = async (desk: Desk, yes: boolean, question: string): Promise<boolean> => {
  if (yes) return true
  if (desk.ask === null)
    throw new Refusal(
      2,
      'Nobody can be asked here, because there is no terminal: say --yes to do it without a question.',
    )
  return /^(?:y|yes|是)$/iu.test((await desk.ask(`${question} [y/N] `)).trim())
}
