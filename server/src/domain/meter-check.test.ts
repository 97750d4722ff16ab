import { describe, expect, test } from 'vitest'
import { judgeClock, type ClockFacts, type ClockVerdict } from './clock-rule.ts'
import { memoOf, signsOf, type MeterDayFacts, type MeterLook, type MeterMemo, type MeterSign } from './meter-signs.ts'

const noon = Date.parse('2026-11-25T04:10:00Z')
const minute = 60_000
const hour = 60 * minute

describe('a clock that is off', () => {
  const facts: ClockFacts = {
    offsetMs: 0,
    now: noon,
    timeZone: 'Asia/Shanghai',
    hearsBroadcast: true,
    broadcastAt: null,
  }
  test.each<[string, Partial<ClockFacts>, ClockVerdict]>([
    ['by half a minute is right', { offsetMs: -30_000 }, 'right'],
    ['by a minute is told to all of its line', { offsetMs: minute }, 'broadcast'],
    ['once a day', { offsetMs: minute, broadcastAt: noon - 25 * hour }, 'broadcast'],
    ['and written where that did not help', { offsetMs: minute, broadcastAt: noon - hour }, 'write'],
    ['by nearly five minutes is written: it drifts on', { offsetMs: 280_000 }, 'write'],
    ['of a meter that hears no broadcast is written', { offsetMs: minute, hearsBroadcast: false }, 'write'],
    ['by an hour is written', { offsetMs: -hour }, 'write'],
    ['by a day is for a person', { offsetMs: 24 * hour }, 'person'],
    ['is not set near our midnight', { offsetMs: minute, now: Date.parse('2026-11-25T15:52:00Z') }, 'wait'],
    ['nor near its own', { offsetMs: 4 * hour, now: Date.parse('2026-11-25T12:05:00Z') }, 'wait'],
    [
      'nor where it would jump over a half hour',
      { offsetMs: -3 * minute, now: Date.parse('2026-11-25T04:32:00Z') },
      'wait',
    ],
    ['but is right at midnight', { offsetMs: 1_000, now: Date.parse('2026-11-25T16:00:00Z') }, 'right'],
  ])('%s', (_, change, verdict) => {
    expect(judgeClock({ ...facts, ...change })).toBe(verdict)
  })
})

describe('signs of a meter', () => {
  const volts = (...phases: (number | null)[]) => phases.map((phase) => (phase === null ? null : phase * 1_000))
  const look: MeterLook = { voltageMillivolts: volts(220, 221, 219), reverseWh: 1_000n, meterNumber: '000000000001' }
  const memo: MeterMemo = { reverseWh: 1_000n, meterNumber: '000000000001', phases: [true, true, true] }
  const day: MeterDayFacts = {
    usedWh: 24_000,
    hours: 24,
    meanPowerMilliwatts: 1_000_000n,
    leastPowerMilliwatts: 400_000n,
  }
  test.each<[string, Partial<MeterLook>, Partial<MeterMemo> | null, Partial<MeterDayFacts> | null, MeterSign[]]>([
    ['none', {}, {}, {}, []],
    ['none at the first look', {}, null, null, []],
    ['a phase without voltage', { voltageMillivolts: volts(220, 3, 219) }, {}, null, ['phase-lost']],
    [
      'no other phases on a single-phase meter',
      { voltageMillivolts: volts(220, 0, 0) },
      { phases: [true, false, false] },
      null,
      [],
    ],
    ['no voltage at all is no loss', { voltageMillivolts: volts(0, 0, 0) }, {}, null, []],
    ['energy against the flow', { reverseWh: 1_600n }, {}, null, ['reverse-energy']],
    ['a little of it is noise', { reverseWh: 1_400n }, {}, null, []],
    ['another meter', { meterNumber: '000000000002' }, {}, null, ['number-changed']],
    ['power against the flow', {}, {}, { leastPowerMilliwatts: -50_000n }, ['negative-power']],
    ['a register that stands still', {}, {}, { usedWh: 0 }, ['register-stuck']],
    ['nothing used and no power', {}, {}, { usedWh: 0, meanPowerMilliwatts: 5_000n }, []],
    ['half of the energy that the power says', {}, {}, { usedWh: 11_000 }, ['energy-unlike-power']],
    ['more than twice of it', {}, {}, { usedWh: 49_000 }, ['energy-unlike-power']],
    ['a day of little use proves nothing', {}, {}, { usedWh: 1_500, meanPowerMilliwatts: 200_000n }, []],
  ])('%s', (_, looked, before, ofDay, signs) => {
    expect(
      signsOf(
        { ...look, ...looked },
        before === null ? null : { ...memo, ...before },
        ofDay === null ? null : { ...day, ...ofDay },
      ),
    ).toEqual(signs)
  })

  test('what is remembered: phases add up, the number stays, reverse energy goes on', () => {
    const first = memoOf({ ...look, voltageMillivolts: volts(220, null, null) }, null)
    expect(first.phases).toEqual([true, false, false])
    const second = memoOf({ ...look, reverseWh: 1_200n, meterNumber: '000000000002' }, first)
    expect(second).toEqual({ reverseWh: 1_200n, meterNumber: '000000000001', phases: [true, true, true] })
  })
})
