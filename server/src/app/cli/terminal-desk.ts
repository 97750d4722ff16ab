import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { systemClock } from '../system-clock.ts'
import type { Colour, Desk, Language, Paint } from './desk.ts'

/** The person at the terminal, or the program at the other end of the pipe. */
export const terminalDesk = (): Desk => {
  const { stdin, stdout, stderr } = process
  const isAsked = stdin.isTTY && stderr.isTTY
  let shown = false
  const wipe = (): void => {
    if (shown) stderr.write('\r\x1b[K')
    shown = false
  }
  return {
    print: (line) => {
      wipe()
      stdout.write(`${line}\n`)
    },
    complain: (line) => {
      wipe()
      stderr.write(`${wantsColour(process.env, stderr.isTTY) ? line : withoutColour(line)}\n`)
    },
    progress: (line) => {
      wipe()
      if (line === null || !stderr.isTTY) return
      stderr.write(line.slice(0, lineWidth(stderr.columns)))
      shown = true
    },
    ask: isAsked ? async (question) => asked(question, false) : null,
    askSecret: isAsked ? async (question) => asked(question, true) : null,
    paint: wantsColour(process.env, stdout.isTTY) ? inColour : (_, text) => text,
    language: languageOf(process.env),
    timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
    environment: (name) => process.env[name],
    readInput: async () => buffer(stdin),
    clock: systemClock(),
    interrupted: () => {
      const interrupting = new AbortController()
      process.once('SIGINT', () => interrupting.abort())
      return interrupting.signal
    },
  }
}

const asked = async (question: string, isSecret: boolean): Promise<string> => {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({
    input: process.stdin,
    output: isSecret ? silent : process.stderr,
    terminal: true,
  })
  // The terminal shows nothing by itself from here on: asked before, the first letters of a password could be seen.
  if (isSecret) process.stderr.write(question)
  try {
    return await reader.question(isSecret ? '' : question)
  } finally {
    reader.close()
    if (isSecret) process.stderr.write('\n')
  }
}

/** One place is left free, or some terminals begin a new line; some say that they have no columns at all. */
const lineWidth = (columns: number | undefined): number => (columns === undefined || columns < 20 ? 80 : columns) - 1

type Environment = Readonly<Record<string, string | undefined>>

/** Colour is for terminals; NO_COLOR turns it off everywhere (no-color.org), FORCE_COLOR on. */
export const wantsColour = (environment: Environment, isTerminal: boolean): boolean => {
  if ((environment['NO_COLOR'] ?? '') !== '') return false
  const forced = environment['FORCE_COLOR'] ?? ''
  return forced === '' ? isTerminal && environment['TERM'] !== 'dumb' : forced !== '0'
}

/** The order in which POSIX reads the locale; elsewhere what the system says. */
export const languageOf = (environment: Environment): Language => {
  const locale = [environment['LC_ALL'], environment['LC_MESSAGES'], environment['LANG']].find(
    (name) => name !== undefined && name !== '',
  )
  return /^zh/iu.test(locale ?? new Intl.DateTimeFormat().resolvedOptions().locale) ? 'zh' : 'en'
}

const codeOf: Readonly<Record<Colour, string>> = Object.freeze({
  bold: '1',
  dim: '2',
  red: '31',
  green: '32',
  yellow: '33',
  cyan: '36',
})

const inColour: Paint = (colour, text) => `\x1b[${codeOf[colour]}m${text}\x1b[0m`

// oxlint-disable-next-line no-control-regex -- the escape character is what is looked for.
const withoutColour = (text: string): string => text.replaceAll(/\u001b\[\d+m/gu, '')
