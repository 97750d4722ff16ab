import { describe, expect, test } from 'vitest'
import {
  causeOfSelfTrip,
  flowsWhileOpen,
  isAlarm,
  judgeRelay,
  type RelayChange,
  type RelaySeen,
  type RelayTold,
} from './relay-watch.ts'

/** `C/O`: told closed, is open. */
const seen = (text: string): RelaySeen => {
  const position = (letter: string | undefined) => (letter === 'O' ? 'open' : 'closed')
  const [relayCommand, relay] = text.split('/')
  return { relayCommand: position(relayCommand), relay: position(relay) }
}

describe('a relay that nobody has just commanded', () => {
  test.each<[string | null, string, RelayTold, RelayChange]>([
    [null, 'C/C', null, 'none'],
    [null, 'O/O', null, 'none'],
    ['C/C', 'C/C', null, 'none'],
    ['O/O', 'O/O', 'open', 'none'],
    // A trip of ours that came through late, in one look or in two.
    ['C/C', 'O/O', 'open', 'none'],
    ['C/C', 'O/C', 'open', 'none'],
    ['O/C', 'O/O', 'open', 'none'],
    // The meter trips by itself.
    ['C/C', 'O/O', null, 'tripped-by-itself'],
    ['C/C', 'O/O', 'closed', 'tripped-by-itself'],
    ['C/C', 'O/C', 'permitted', 'tripped-by-itself'],
    // … and closes again.
    ['O/O', 'C/C', null, 'closed-by-itself'],
    ['O/O', 'C/C', 'closed', 'closed-by-itself'],
    // Permitted, then the button.
    ['C/O', 'C/C', 'permitted', 'closed-by-hand'],
    ['O/O', 'C/C', 'permitted', 'closed-by-hand'],
    ['O/O', 'C/O', 'permitted', 'closed-by-itself'],
    // What was cut has supply again.
    ['O/O', 'C/C', 'open', 'closed-against-trip'],
    ['O/O', 'O/C', 'open', 'moved-closed'],
    ['O/O', 'O/C', null, 'moved-closed'],
    // Open although told to be closed.
    ['C/C', 'C/O', null, 'moved-open'],
    ['C/C', 'C/O', 'closed', 'moved-open'],
  ])('%s → %s, told %s: %s', (before, now, told, change) => {
    expect(judgeRelay(before === null ? null : seen(before), seen(now), told)).toBe(change)
  })

  test('what is an alarm', () => {
    const alarms = (['none', 'closed-by-hand', 'tripped-by-itself', 'moved-open', 'moved-closed'] as const).filter(
      isAlarm,
    )
    expect([alarms, isAlarm('closed-against-trip')]).toEqual([['moved-open', 'moved-closed'], true])
  })

  test.each([
    [0n, false],
    [10n, false],
    [11n, true],
  ])('%d Wh behind an open relay flow: %s', (usedWh, flows) => {
    expect(flowsWhileOpen(usedWh, 10)).toBe(flows)
  })
})

describe('why a meter tripped by itself', () => {
  const nothing = { overloadNow: null, overdrawn: null, prepaidItself: false, overloads: null, overloadsKnown: 0 }
  test.each([
    [{}, 'unknown'],
    [{ overloadNow: true }, 'overload'],
    [{ overloads: 1 }, 'overload'],
    [{ overloads: 1, overloadsKnown: 1 }, 'unknown'],
    [{ overdrawn: true }, 'own-balance'],
    [{ prepaidItself: true, overdrawn: false }, 'own-balance'],
    [{ prepaidItself: true, overloads: 3, overloadsKnown: 2 }, 'overload'],
  ] as const)('%j: %s', (told, cause) => {
    expect(causeOfSelfTrip({ ...nothing, ...told })).toBe(cause)
  })
})
