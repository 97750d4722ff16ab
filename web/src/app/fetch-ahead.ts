/** Calls back when the browser has nothing better to do. @returns a function that calls it off */
export type WhenIdle = (then: () => void) => () => void

/**
 * Fetches one after the other, each when the browser is idle, so that going to any page is instant. What can not be
 * fetched is complained about by whoever goes there. @returns a function that ends it
 */
export const fetchAhead = (parts: readonly (() => Promise<unknown>)[], whenIdle: WhenIdle): (() => void) => {
  let ended = false
  let callOff = (): void => undefined
  const next = (index: number): void => {
    const part = parts[index]
    if (part === undefined || ended) return
    callOff = whenIdle(() => void fetchOne(part, index))
  }
  const fetchOne = async (part: () => Promise<unknown>, index: number): Promise<void> => {
    await Promise.allSettled([part()])
    next(index + 1)
  }
  next(0)
  return () => {
    ended = true
    callOff()
  }
}
