#!/usr/bin/env node
// Makes a fresh checkout ready to run: `npm start` and `npm test` come through here. When nothing is to be done it says
// nothing and costs a few milliseconds. Node's own modules only, since nothing is installed yet.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

/** Inside node_modules, so that whoever deletes that folder deletes the stamp too. */
const stampFile = join(root, 'node_modules', '.xianfu-installed')

const wanted = () => {
  const lock = readFileSync(join(root, 'package-lock.json'))
  const machine = `${process.versions.modules} ${process.platform} ${process.arch}`
  return createHash('sha256').update(lock).update(machine).digest('hex')
}

const isInstalled = () => existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted()

/**
 * The npm that runs us hands its own settings down (`--omit`, `--dry-run`, the package's name …), which would change
 * what the inner npm does. Only the way to the registry is kept.
 */
const kept = /^npm_config_(cache|registry|proxy|https[-_]proxy|noproxy|cafile)$/i
const environment = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(config|package|lifecycle)_/i.test(name) || kept.test(name)),
  )

/** The npm that has called us, else the one beside this Node. */
const npmScript = () => {
  const { npm_execpath: caller } = process.env
  if (caller !== undefined && /npm-cli\.c?js$/.test(caller) && existsSync(caller)) return caller
  const beside = dirname(process.execPath)
  const places = [
    join(beside, '..', 'lib', 'node_modules'),
    join(beside, 'node_modules'),
    '/usr/share/nodejs',
    '/usr/share',
  ]
  return places.map((place) => join(place, 'npm', 'bin', 'npm-cli.js')).find((file) => existsSync(file))
}

const install = async () => {
  const { runStep } = await import('./run-step.mjs')
  const { withLock } = await import('./lock.mjs')
  return withLock(root, async () => {
    if (isInstalled()) return 0
    const script = npmScript()
    if (script === undefined) {
      process.stderr.write('xianfu: npm was not found; run "npm ci --include=dev" here yourself\n')
      return 1
    }
    const words = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
    const code = await runStep('xianfu: installing packages', { script, words, cwd: root, env: environment() })
    if (code === 0) writeFileSync(stampFile, wanted())
    return code
  })
}

const main = async () => {
  if (major < 20 || (major === 20 && minor < 19)) {
    process.stderr.write(
      `xianfu: needs Node.js 20.19 or later, this is ${process.versions.node}; see https://nodejs.org\n`,
    )
    return 1
  }
  if (!isInstalled()) {
    const code = await install()
    if (code !== 0) return code
  }
  if (!process.argv.includes('--build')) return 0
  const { build } = await import('./build.mjs')
  return build()
}

process.exitCode = await main().catch((error) => {
  process.stderr.write(`xianfu: ${error.message}\n`)
  return 1
})
