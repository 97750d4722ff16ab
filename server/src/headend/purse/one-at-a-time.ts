/**
 * Lets works that are for the same key follow each other: an identity that a meter has accepted must not be replaced by
 * another conversation's before its purchase has left.
 */
export const createOneAtATime = () => {
  const last = new Map<number, Promise<unknown>>()
  return async <T>(key: number, work: () => Promise<T>): Promise<T> => {
    const before = last.get(key) ?? Promise.resolve()
    const mine = before.then(work, work)
    last.set(key, mine)
    try {
      return await mine
    } finally {
      if (last.get(key) === mine) last.delete(key)
    }
  }
}
