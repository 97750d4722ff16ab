import type { Reach } from '../domain/reach.ts'

/** Reaches whose readers are kept; the one that was asked for longest ago is forgotten first. */
const mostKept = 64

/** One reader for all who reach the same sites, so that what is shared is shared among them alone. */
export const byReach = <T>(make: (reach: Reach) => () => Promise<T>): ((reach: Reach) => Promise<T>) => {
  const readers = new Map<string, () => Promise<T>>()
  return async (reach) => {
    const key = reach === null ? 'all' : reach.toSorted((a, b) => a - b).join(' ')
    const reader = readers.get(key) ?? make(reach)
    readers.delete(key)
    readers.set(key, reader)
    const [oldest] = readers.keys()
    if (readers.size > mostKept && oldest !== undefined) readers.delete(oldest)
    return reader()
  }
}
