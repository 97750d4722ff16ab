import type { HeadendEvent } from '../headend/headend-event.ts'
import type { FlowEvent } from '../flow/process.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** What a person at the terminal reads, one line each; errors and warnings go to the error stream. */
export type Say = Readonly<{
  line(text: string): void
  log(level: LogLevel, what: string, detail?: unknown): void
}>

const rank: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 }

/** One line, without the stack: the code and message of an error say what to do. */
const words = (detail: unknown): string => {
  if (detail === undefined) return ''
  if (detail instanceof Error) return `: ${detail.message.replaceAll(/\s+/gu, ' ')}`
  return `: ${typeof detail === 'string' ? detail : JSON.stringify(detail)}`
}

export const createSay = (level: LogLevel, now: () => number): Say => ({
  line: (text) => process.stdout.write(`${text}\n`),
  log(eventLevel, what, detail) {
    if (rank[eventLevel] < rank[level]) return
    const text = `${new Date(now()).toISOString()} ${eventLevel.padEnd(5)} ${what}${words(detail)}\n`
    ;(rank[eventLevel] >= rank.warn ? process.stderr : process.stdout).write(text)
    if (level === 'debug' && detail instanceof Error) process.stderr.write(`${detail.stack ?? ''}\n`)
  },
})

export const sayFlow = (say: Say) => (event: FlowEvent) => say.log(event.level, event.what, event.detail)

const headendLevel: Readonly<Record<HeadendEvent['kind'], LogLevel>> = {
  listening: 'debug',
  'gateway-online': 'info',
  'gateway-offline': 'warn',
  'gateway-replaced': 'warn',
  'gateway-unknown': 'warn',
  'connection-refused': 'warn',
  'dial-failed': 'warn',
  'meter-silent': 'warn',
  'meter-answers-again': 'info',
  'meter-model-unknown': 'error',
  'frame-dropped': 'debug',
  'late-answer': 'debug',
}

export const sayHeadend = (say: Say) => (event: HeadendEvent) => {
  const { kind, ...rest } = event
  const detail = Object.entries(rest)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ')
  say.log(headendLevel[kind], kind.replaceAll('-', ' '), detail)
}
