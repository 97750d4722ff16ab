import { describe, expect, test } from 'vitest'
import {
  createGuessLimit,
  guessWindowMs,
  mostAtOnce,
  mostForOneLogin,
  mostFromOneAddress,
  networkOf,
  type GuessLimit,
} from './guess-limit.ts'

const bench = () => {
  let now = 0
  const limit = createGuessLimit({ elapsedMs: () => now })
  return { limit, pass: (ms: number) => void (now += ms) }
}
const guess = (limit: GuessLimit, address: string, login: string, right = false): boolean => {
  if (!limit.mayTry(address, login)) return false
  limit.ended(address, login, right)
  return true
}
const times = (count: number, one: (index: number) => boolean): number =>
  Array.from({ length: count }, (_, index) => one(index)).filter(Boolean).length

describe('guessing passwords', () => {
  test('from one address with ever other logins is stopped, and goes on after the window', () => {
    const { limit, pass } = bench()
    expect(times(500, (index) => guess(limit, '10.0.0.1', `login ${String(index)}`))).toBe(mostFromOneAddress)
    expect(guess(limit, '10.0.0.2', 'li')).toBe(true)
    pass(guessWindowMs - 1)
    expect(guess(limit, '10.0.0.1', 'li')).toBe(false)
    pass(1)
    expect(guess(limit, '10.0.0.1', 'li')).toBe(true)
  })

  test('for one login from ever other addresses is stopped', () => {
    const { limit } = bench()
    expect(times(500, (index) => guess(limit, `10.0.${String(index % 250)}.${String(index)}`, 'admin'))).toBe(
      mostForOneLogin,
    )
    expect(guess(limit, '10.9.9.9', 'li')).toBe(true)
  })

  test('keeps nobody out who has come in from there before', () => {
    const { limit } = bench()
    expect(guess(limit, '10.0.0.1', 'admin', true)).toBe(true)
    times(500, (index) => guess(limit, `10.1.0.${String(index)}`, 'admin'))
    expect(guess(limit, '10.2.0.1', 'admin', true)).toBe(false)
    expect(guess(limit, '10.0.0.1', 'admin', true)).toBe(true)
    expect(guess(limit, '10.0.0.1', 'admin')).toBe(true)
  })

  test('is bounded at once, whoever it is', () => {
    const { limit } = bench()
    expect(times(100, (index) => limit.mayTry(`10.0.0.${String(index)}`, String(index)))).toBe(mostAtOnce)
    limit.ended('10.0.0.0', '0', true)
    expect(limit.mayTry('10.0.0.200', 'x')).toBe(true)
    expect(limit.mayTry('10.0.0.201', 'y')).toBe(false)
  })

  test('right passwords count for nothing', () => {
    const { limit } = bench()
    expect(times(1_000, () => guess(limit, '10.0.0.1', 'li', true))).toBe(1_000)
  })
})

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('%s is of %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})
