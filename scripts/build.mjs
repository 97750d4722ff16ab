#!/usr/bin/env node
// Builds what is older than its sources, and nothing else. `npm run build`, and on the way to `npm start` and `npm test`.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const packages = ['protocols', 'simulator', 'contract', 'server', 'web', 'e2e']
const shared = ['package-lock.json', 'tsconfig.json', 'tsconfig.base.json']
const left = new Set(['node_modules', 'dist', 'data', 'coverage'])

/** Each step: what it reads, what must exist afterwards, and how it is done. The stamp lies beside the output. */
const steps = [
  {
    what: 'xianfu: compiling',
    inputs: [
      ...shared,
      ...packages.flatMap((name) => [`${name}/src`, `${name}/tsconfig.json`, `${name}/package.json`]),
    ],
    outputs: packages.map((name) => `${name}/dist/.tsbuildinfo`),
    stamp: 'server/dist/.compiled.json',
    command: (commandOf) => ({ script: commandOf(root, 'typescript', 'tsc'), words: ['-b'], cwd: root }),
  },
  {
    what: 'xianfu: building the console',
    inputs: ['package-lock.json', 'tsconfig.base.json', 'web', 'contract/src', 'contract/package.json'],
    outputs: ['web/dist/app/index.html'],
    stamp: 'web/dist/app/.built.json',
    command: (commandOf) => ({
      script: commandOf(root, 'vite'),
      words: ['build', '--outDir', 'dist/app', '--emptyOutDir', '--logLevel', 'warn'],
      cwd: join(root, 'web'),
      // Whatever the caller runs as, the browser gets the production build.
      env: { ...process.env, NODE_ENV: 'production' },
    }),
  },
]

/** All files under the inputs, in a fixed order. */
const filesOf = (inputs) => {
  const found = []
  const visit = (path) => {
    const at = join(root, path)
    const entry = statSync(at, { throwIfNoEntry: false })
    if (entry === undefined) return
    if (!entry.isDirectory()) found.push([path, entry])
    else for (const name of readdirSync(at).sort()) if (!left.has(name)) visit(`${path}/${name}`)
  }
  for (const input of inputs) visit(input)
  return found
}

const digest = (lines) => createHash('sha256').update(lines.join('\n')).digest('hex')
/** Cheap: names, sizes and times. */
const looksOf = (files) => digest(files.map(([path, { size, mtimeMs }]) => `${path} ${size} ${mtimeMs}`))
/** Sure: names and contents, so that a fresh copy of the same sources is not built again. */
const contentOf = (files) =>
  digest(
    files.map(
      ([path]) =>
        `${path} ${createHash('sha256')
          .update(readFileSync(join(root, path)))
          .digest('hex')}`,
    ),
  )

const isFresh = ({ inputs, outputs, stamp }) => {
  const stampFile = join(root, stamp)
  if (![stampFile, ...outputs.map((output) => join(root, output))].every((file) => existsSync(file))) return false
  const files = filesOf(inputs)
  const known = JSON.parse(readFileSync(stampFile, 'utf8'))
  if (known.node !== process.versions.node.split('.')[0]) return false
  const looks = looksOf(files)
  if (known.looks === looks) return true
  if (known.content !== contentOf(files)) return false
  try {
    writeFileSync(stampFile, JSON.stringify({ ...known, looks }))
  } catch {
    // Somebody else's folder: the look inside the files is then repeated each time, which is slower but right.
  }
  return true
}

const doStep = async (step, { commandOf, runStep }) => {
  // Taken before, not after: a file changed during the build makes the next one.
  const files = filesOf(step.inputs)
  const known = { node: process.versions.node.split('.')[0], looks: looksOf(files), content: contentOf(files) }
  const code = await runStep(step.what, step.command(commandOf))
  if (code !== 0) return code
  mkdirSync(dirname(join(root, step.stamp)), { recursive: true })
  writeFileSync(join(root, step.stamp), JSON.stringify(known))
  return 0
}

/** @returns {Promise<number>} the exit code of the first step that fails, else 0 */
export const build = async () => {
  if (steps.every((step) => isFresh(step))) return 0
  const tools = await import('./run-step.mjs')
  const { withLock } = await import('./lock.mjs')
  return withLock(root, async () => {
    for (const step of steps) {
      if (isFresh(step)) continue
      const code = await doStep(step, tools)
      if (code !== 0) return code
    }
    return 0
  })
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = await build().catch((error) => {
    process.stderr.write(`xianfu: ${error.message}\n`)
    return 1
  })
}
