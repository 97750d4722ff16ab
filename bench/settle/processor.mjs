import { readFileSync } from 'node:fs'

const ticksPerSecond = 100

/** Microseconds of processor that a process has had; null when it is not of this machine (or gone). */
const microsecondsOf = (pid) => {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1000
  } catch {
    return null
  }
}

const machineMicroseconds = () => {
  try {
    const [, user, nice, system, idle, wait] = readFileSync('/proc/stat', 'utf8')
      .split('\n')[0]
      .trim()
      .split(/\s+/)
      .map(Number)
    const scale = 1_000_000 / ticksPerSecond
    return { busy: (user + nice + system) * scale, all: (user + nice + system + idle + wait) * scale }
  } catch {
    return null
  }
}

/**
 * Processor time of this process, of all processes of the database server that are there all along (those of our pool, and
 * its own), and of the whole machine. Wall time on a machine that is shared says little; this says more.
 */
export const processorMeter = async (database) => {
  const { unix } = (await database.query(`select inet_server_addr() is null as unix`))[0]
  const pids = unix ? (await database.query('select pid from pg_stat_activity')).map(({ pid }) => pid) : []
  const total = () => pids.reduce((sum, pid) => sum + (microsecondsOf(pid) ?? 0), 0)
  const [server, machine, own] = [total(), machineMicroseconds(), process.cpuUsage()]
  return () => {
    const { user, system } = process.cpuUsage(own)
    const now = machineMicroseconds()
    const postgres = unix && microsecondsOf(pids[0]) !== null ? total() - server : null
    const others =
      machine === null || now === null || postgres === null
        ? null
        : Math.max(0, now.busy - machine.busy - user - system - postgres) / (now.all - machine.all)
    return { node: user + system, postgres, others }
  }
}
