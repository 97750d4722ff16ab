import { expect, test } from 'vitest'
import { judgeLine, type LineCounts, type MeterCounts } from './line-health.ts'

const good: Omit<MeterCounts, 'meterId'> = {
  asked: 100,
  answered: 100,
  silent: 0,
  garbled: 0,
  foreign: 0,
  echoed: 0,
  late: 0,
}
const dead = { ...good, asked: 9, answered: 0, silent: 9 }
const noisy = { ...good, answered: 90, garbled: 10 }

/** Ten meters, of which the first are otherwise. */
const line = (otherwise: readonly Omit<MeterCounts, 'meterId'>[], rest: Partial<LineCounts> = {}, others = good) =>
  judgeLine({
    online: true,
    linksLost: 0,
    unasked: 0,
    meters: Array.from({ length: 10 }, (_, index) => ({ ...(otherwise[index] ?? others), meterId: index + 1 })),
    ...rest,
  })

test.each([
  ['all is well', line([]), 'good', 'none', []],
  ['a tenth of a per cent of bad frames is well', line([{ ...good, answered: 99, garbled: 1 }]), 'good', 'none', []],
  ['nothing was asked', line([], {}, { ...good, asked: 0, answered: 0 }), 'unknown', 'none', []],
  ['the gateway is away', line([], { online: false }), 'down', 'gateway', ['gateway-offline']],
  ['the gateway comes and goes', line([], { linksLost: 5 }), 'impaired', 'gateway', ['links-lost']],
  ['nobody answers', line([], {}, dead), 'down', 'wire', ['nobody-answers']],
  [
    'nobody answers, and the question comes back',
    line([], {}, { ...dead, echoed: 9 }),
    'down',
    'echo',
    ['nobody-answers', 'echoes'],
  ],
  ['every meter is garbled', line([], {}, noisy), 'impaired', 'wire', ['garbled-everywhere']],
  [
    'two meters answer to one address',
    line([{ ...good, answered: 5, garbled: 95 }]),
    'impaired',
    'address-clash',
    ['garbled-at-few'],
  ],
  ['somebody talks unasked', line([], { unasked: 100 }), 'impaired', 'address-clash', ['foreign-frames']],
  ['two meters are dead', line([dead, dead]), 'impaired', 'meter', ['silent-meters']],
  [
    'all fall silent now and then',
    line([], {}, { ...good, answered: 80, silent: 20 }),
    'impaired',
    'gateway',
    ['silence-everywhere'],
  ],
  ['answers come late', line([], {}, { ...good, late: 10 }), 'impaired', 'gateway', ['late-answers']],
  ['the adapter hears itself, and all answer', line([], {}, { ...good, echoed: 100 }), 'good', 'echo', ['echoes']],
])('%s', (_, health, state, cause, codes) => {
  expect({ state: health.state, cause: health.cause, codes: health.reasons.map(({ code }) => code) }).toEqual({
    state,
    cause,
    codes,
  })
})

test('the meters that a reason is about are named', () => {
  expect(line([dead, good, dead]).reasons).toEqual([{ code: 'silent-meters', count: 2, of: 10, meterIds: [1, 3] }])
})

test('a line with one meter is judged too: what disturbs it is taken for the wire', () => {
  const one = { meterId: 1, ...good, answered: 20, garbled: 80 }
  expect(judgeLine({ online: true, linksLost: 0, unasked: 0, meters: [one] })).toMatchObject({ cause: 'wire' })
})
