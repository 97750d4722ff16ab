/** Elapsed time in which guesses are counted. */
export const guessWindowMs = 10 * 60_000
/** Failed sign-ins from one address in the window, whatever the logins. */
export const mostFromOneAddress = 100
/** Failed sign-ins with one login in the window, from all addresses that it has not signed in from before. */
export const mostForOneLogin = 50
/** Passwords that are being checked at once: each takes the memory and the processor that make guessing dear. */
export const mostAtOnce = 16
/** Addresses and logins that are remembered; the oldest are forgotten first. */
const mostRemembered = 10_000

type Count = { failures: number; since: number }

/** Who owns one address of IPv6 owns the 64 bits behind it. */
export const networkOf = (address: string): string => {
  if (!address.includes(':')) return address
  if (address.startsWith('::ffff:')) return address.slice('::ffff:'.length)
  const [head = '', tail = ''] = address.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === '' ? [] : tail.split(':')
  const gap = address.includes('::')
    ? Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0')
    : []
  return `${[...before, ...gap, ...after].slice(0, 4).join(':')}::/64`
}

/** Keeps password guessing slow, from one address and from many, and keeps nobody out who has come in from there before. */
export type GuessLimit = Readonly<{
  /** Whether a password may be tried now. Whoever may must call `ended` when it was tried. */
  mayTry(address: string, login: string): boolean
  ended(address: string, login: string, right: boolean): void
}>

export const createGuessLimit = (clock: Readonly<{ elapsedMs(): number }>): GuessLimit => {
  const byAddress = new Map<string, Count>()
  const byLogin = new Map<string, Count>()
  /** Login and address of those who have come in. */
  const known = new Set<string>()
  let trying = 0

  const failuresOf = (counts: Map<string, Count>, key: string): number => {
    const count = counts.get(key)
    return count === undefined || clock.elapsedMs() - count.since >= guessWindowMs ? 0 : count.failures
  }
  const failed = (counts: Map<string, Count>, key: string): void => {
    const failures = failuresOf(counts, key)
    const since = failures === 0 ? clock.elapsedMs() : (counts.get(key)?.since ?? clock.elapsedMs())
    counts.delete(key)
    counts.set(key, { failures: failures + 1, since })
    forgetOldest(counts)
  }
  const pairOf = (network: string, login: string): string => `${network} ${login}`

  return {
    mayTry(address, login) {
      const network = networkOf(address)
      if (trying >= mostAtOnce || failuresOf(byAddress, network) >= mostFromOneAddress) return false
      if (failuresOf(byLogin, login) >= mostForOneLogin && !known.has(pairOf(network, login))) return false
      trying += 1
      return true
    },
    ended(address, login, right) {
      trying -= 1
      const network = networkOf(address)
      const pair = pairOf(network, login)
      if (right) {
        known.delete(pair)
        known.add(pair)
        forgetOldest(known)
        return
      }
      failed(byAddress, network)
      // Who guesses from where the login is at home is counted by the address alone, and locks nobody out elsewhere.
      if (!known.has(pair)) failed(byLogin, login)
    },
  }
}

const forgetOldest = (kept: Map<string, unknown> | Set<string>): void => {
  for (const key of kept.keys()) {
    if (kept.size <= mostRemembered) return
    kept.delete(key)
  }
}
