import { spawn } from 'node:child_process'
import { chown, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Binaries } from './binaries.ts'
import { isCluster } from './places.ts'
import { superuser } from './running.ts'
import { spawnIdentity, type RunAs } from './run-as.ts'
import { serverEnvironment } from './server-process.ts'

/** Takes about a second; more than this means that the disk does not answer. */
const initdbTimeoutMs = 120_000

/**
 * Makes an empty cluster. It is built under another name and renamed when complete: a start that is cut short leaves no
 * half cluster, and of two that run at once one wins.
 */
export const createCluster = async (binaries: Binaries, cluster: string, runAs: RunAs): Promise<void> => {
  const parent = dirname(cluster)
  await mkdir(parent, { recursive: true })
  await removeLeftovers(parent, basename(cluster))
  const unfinished = await mkdtemp(`${cluster}.new-${String(process.pid)}-`)
  try {
    if (runAs !== null) await chown(unfinished, runAs.uid, runAs.gid)
    await initdb(binaries, unfinished, runAs)
    await rename(unfinished, cluster).catch(async (error: unknown) => {
      if (!(await isCluster(cluster))) throw error
    })
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

/** Trust is enough behind a socket folder that only the owner may enter; nothing listens on the network. */
const initdb = async (binaries: Binaries, folder: string, runAs: RunAs): Promise<void> => {
  const words = [
    '-D',
    folder,
    '-U',
    superuser,
    '-A',
    'trust',
    '--no-locale',
    '-E',
    'UTF8',
    '--data-checksums',
    '--no-instructions',
  ]
  const child = spawn(binaries.initdb, words, {
    ...spawnIdentity(runAs),
    cwd: '/',
    env: serverEnvironment,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: initdbTimeoutMs,
  })
  const said: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code === 0) return
  const reason = Buffer.concat(said)
    .toString()
    .split('\n')
    .findLast((line) => /error|fatal|could not/i.test(line))
  throw new Error(
    `The database could not be made in ${dirname(folder)}: ${reason ?? `initdb ended with ${String(code)}`}`,
  )
}

/** What starts that were killed have left behind. */
const removeLeftovers = async (parent: string, name: string): Promise<void> => {
  for (const entry of await readdir(parent)) {
    const pid = entry.startsWith(`${name}.new-`) ? Number.parseInt(entry.slice(name.length + 5), 10) : 0
    if (pid > 0 && !processExists(pid)) await rm(join(parent, entry), { recursive: true, force: true })
  }
}

const processExists = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
