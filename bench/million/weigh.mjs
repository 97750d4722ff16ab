import { readdir, readFile } from 'node:fs/promises'

/** Clock ticks of /proc a second, which Linux fixes for its readers. */
const ticksPerSecond = 100
const pageBytes = 4_096

const statOf = async (pid) => {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8')
  // The name of the program may hold blanks and brackets; what follows it does not.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { parent: Number(fields[1]), cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond }
}

/** Memory that is the process's own: what it shares (PostgreSQL's buffers) would be counted once for each process. */
const ownBytes = async (pid) => {
  const [, resident, shared] = (await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ').map(Number)
  return { resident: resident * pageBytes, own: (resident - shared) * pageBytes }
}

const childrenOf = async (parent) => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/u.test(name)).map(Number)
  const stats = await Promise.all(pids.map(async (pid) => ({ pid, stat: await statOf(pid).catch(() => null) })))
  return stats.filter(({ stat }) => stat?.parent === parent).map(({ pid }) => pid)
}

/** Looks at some processes and their children again and again: processor time spent, and the most memory seen. */
export const weighProcesses = (roots) => {
  const peaks = Object.fromEntries(Object.keys(roots).map((name) => [name, 0]))
  /** Newest figure of each process, also of those that have ended since. */
  const spent = Object.fromEntries(Object.keys(roots).map((name) => [name, new Map()]))
  const first = Object.fromEntries(Object.keys(roots).map((name) => [name, new Map()]))
  return {
    async look() {
      for (const [name, root] of Object.entries(roots)) {
        let bytes = 0
        for (const pid of [root, ...(await childrenOf(root))]) {
          try {
            const { cpuSeconds } = await statOf(pid)
            const { resident, own } = await ownBytes(pid)
            bytes += pid === root ? resident : own
            // What a process that was there before had spent is not of this cycle.
            if (!first[name].has(pid)) first[name].set(pid, spent[name].size === 0 ? cpuSeconds : 0)
            spent[name].set(pid, cpuSeconds)
          } catch {
            // It has ended between two looks.
          }
        }
        peaks[name] = Math.max(peaks[name], bytes)
      }
    },
    peak: (name) => peaks[name],
    cpuSeconds: () =>
      Object.fromEntries(
        Object.entries(spent).map(([name, each]) => [
          name,
          [...each].reduce((sum, [pid, seconds]) => sum + seconds - (first[name].get(pid) ?? 0), 0),
        ]),
      ),
  }
}
