import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** The holder touches its lock this often; one untouched for `staleMs` is left over from a machine that went down. */
const touchMs = 5_000
const staleMs = 60_000
const pollMs = 200
/** Longest wait for somebody else's installation or build. */
const waitMs = 15 * 60_000

/**
 * Runs `work` while no other process of this checkout does: two commands started together must not install twice.
 * @template T
 * @param {string} root @param {() => Promise<T>} work @returns {Promise<T>}
 */
export const withLock = async (root, work) => {
  const folder = join(root, '.setup-lock')
  await acquire(folder)
  const touching = setInterval(() => {
    const now = new Date()
    try {
      utimesSync(folder, now, now)
    } catch {
      // Taken over after this process was suspended for long: nothing to do about it here.
    }
  }, touchMs)
  const release = () => {
    rmSync(folder, { recursive: true, force: true })
  }
  const onSignal = (signal) => {
    release()
    process.exit(signal === 'SIGINT' ? 130 : 143)
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  try {
    return await work()
  } finally {
    clearInterval(touching)
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
    release()
  }
}

const acquire = async (folder) => {
  const giveUpAt = Date.now() + waitMs
  let told = false
  for (;;) {
    try {
      mkdirSync(folder)
      writeFileSync(join(folder, 'holder'), `${process.pid} ${hostname()}`)
      return
    } catch (error) {
      if (error.code !== 'EEXIST')
        throw new Error(`cannot write in ${folder}: run this as the owner of the folder`, { cause: error })
    }
    if (isStale(folder)) discard(folder)
    else {
      if (!told) process.stderr.write('xianfu: another command is installing or building here; waiting for it\n')
      told = true
      if (Date.now() > giveUpAt)
        throw new Error(`waited ${waitMs / 60_000} minutes for ${folder}; remove it if nothing else is running`)
      await sleep(pollMs)
    }
  }
}

const isStale = (folder) => {
  try {
    if (Date.now() - statSync(folder).mtimeMs > staleMs) return true
    const [pid, host] = readFileSync(join(folder, 'holder'), 'utf8').split(' ')
    if (host !== hostname()) return false
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    // ESRCH: the holder is dead. Anything else (no holder file yet, lock just released): look again later.
    return error.code === 'ESRCH'
  }
}

/** Moved away first, so that of several who find it stale only one removes it. */
const discard = (folder) => {
  const away = `${folder}.${process.pid}`
  try {
    renameSync(folder, away)
    rmSync(away, { recursive: true, force: true })
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
}
