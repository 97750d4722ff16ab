import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Without a terminal a line is written this often while a step lasts. */
const lineEveryMs = 5_000

/** The script behind a package's command, found without a shell and without `.cmd` files. */
export const commandOf = (root, packageName, command = packageName) => {
  const folder = join(root, 'node_modules', packageName)
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return join(folder, typeof bin === 'string' ? bin : bin[command])
}

/**
 * Runs a Node script to its end and tells how long it takes, on stderr only.
 * @param {string} what Words for the operator.
 * @param {{ script: string, words: readonly string[], cwd: string, env?: NodeJS.ProcessEnv }} command
 * @returns {Promise<number>} its exit code, 1 when it was killed
 */
export const runStep = async (what, { script, words, cwd, env = process.env }) => {
  const started = performance.now()
  const seconds = () => ((performance.now() - started) / 1000).toFixed(1)
  const terminal = process.stderr.isTTY
  const tick = () => process.stderr.write(terminal ? `\r${what} … ${seconds()} s ` : `${what} … ${seconds()} s\n`)
  const ticking = setInterval(tick, terminal ? 200 : lineEveryMs)
  // Children write where we write: stdout belongs to the command that the user has asked for.
  const child = spawn(process.execPath, [script, ...words], { cwd, env, stdio: ['ignore', 2, 2] })
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      process.stderr.write(`${error.message}\n`)
      resolve(1)
    })
    child.once('close', (status) => {
      resolve(status ?? 1)
    })
  })
  clearInterval(ticking)
  process.stderr.write(
    `${terminal ? '\r' : ''}${what}: ${code === 0 ? 'done' : `failed (exit code ${code})`} in ${seconds()} s\n`,
  )
  return code
}
