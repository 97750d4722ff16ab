import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

const startWithinMs = 90_000

/** A program of the house as a process of its own. */
export type Program = Readonly<{
  /** What the first group of the pattern of readiness found. */
  ready: string
  /** Ctrl-C, and wait. */
  stop(): Promise<void>
  /** Kill -9, and wait. */
  kill(): Promise<void>
  /** The same once more; a port that was any is now the one that it was. */
  again(): Promise<Program>
}>

export type ProgramOptions = Readonly<{
  words: readonly string[]
  environment: Readonly<Record<string, string>>
  /** In a line that says that it is ready. */
  ready: RegExp
}>

export const startProgram = async (path: string, options: ProgramOptions): Promise<Program> => {
  const child = spawn(process.execPath, [path, ...options.words], {
    env: { ...process.env, DATABASE_URL: '', ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ready = await untilReady(child, options.ready)
  return {
    ready,
    stop: async () => end(child, 'SIGINT'),
    kill: async () => end(child, 'SIGKILL'),
    again: async () => startProgram(path, { ...options, words: withPort(options.words, ready) }),
  }
}

/** Whoever dials in comes back to the port that he knows. */
const withPort = (words: readonly string[], port: string): readonly string[] =>
  words.map((word, index) => (words[index - 1] === '--gateway-port' ? port : word))

const untilReady = async (child: ChildProcess, pattern: RegExp): Promise<string> =>
  new Promise((resolve, reject) => {
    const said: string[] = []
    const fail = (why: string): void => {
      clearTimeout(timer)
      child.kill('SIGKILL')
      reject(new Error(`the program ${why}:\n${said.slice(-20).join('\n')}`))
    }
    const timer = setTimeout(() => fail('was not ready in time'), startWithinMs)
    const onLine = (line: string): void => {
      if (said.length < 1_000) said.push(line)
      const found = pattern.exec(line)?.[1]
      if (found === undefined) return
      clearTimeout(timer)
      child.removeAllListeners('exit')
      resolve(found)
    }
    if (child.stdout !== null) createInterface(child.stdout).on('line', onLine)
    if (child.stderr !== null) createInterface(child.stderr).on('line', onLine)
    child.once('exit', (code) => fail(`ended with code ${String(code)}`))
  })

/** Asks until it is so; how long that takes is not the test's business. */
export const untilItIs = async <T>(
  what: string,
  ask: () => Promise<T | null | false>,
  withinMs: number,
): Promise<T> => {
  const deadline = Date.now() + withinMs
  for (;;) {
    const answer = await ask()
    if (answer !== null && answer !== false) return answer
    if (Date.now() > deadline) throw new Error(`It did not come to be: ${what}.`)
    await sleep(50)
  }
}

const end = async (child: ChildProcess, signal: 'SIGINT' | 'SIGKILL'): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('close', resolve))
  child.kill(signal)
  await ended
}
