import type { SettingRange, SiteSettings } from '@xianfu/contract'
import { describe, expect, it } from 'vitest'
import { changesOf, draftOf, type Draft } from './setting-draft.ts'

const settings: SiteSettings = {
  readingIntervalMinutes: null,
  servicePhone: '95598',
  signature: '城东',
  authorityContact: '',
  restoreLateSeconds: 60,
  restoreTargetMinutes: 120,
  offlineAfterMinutes: 10,
  backForMinutes: 5,
  silentAfterReads: 3,
  friendlyHours: [{ fromMinute: 1_320, toMinute: 360, weekdays: [0, 6] }],
  compensation: { kind: 'installation' },
  tripsPerMinute: 10,
  tripsPerHour: null,
  tripsPerDayPercent: 20,
  tripsPerDayFloor: 20,
  failedReadsPercent: 30,
  waveFactor: 5,
  waveFloor: 10,
}
const ranges: Record<string, SettingRange> = {
  tripsPerMinute: { least: 1, most: 10_000, optional: false },
  tripsPerHour: { least: 1, most: 100_000, optional: true },
  servicePhone: { least: 1, most: 40, optional: false },
}
const start = draftOf(settings)
const typed = (change: Partial<Draft>) => changesOf({ ...start, ...change }, settings, ranges)
const text = (name: string, value: string) => typed({ texts: { ...start.texts, [name]: value } })

describe('what is filled in for a site', () => {
  it('is nothing when nothing was touched', () => {
    expect(changesOf(start, settings, ranges)).toEqual({ changes: {}, problems: [] })
  })

  it.each([
    ['tripsPerMinute', '4', { tripsPerMinute: 4 }],
    ['tripsPerHour', ' 30 ', { tripsPerHour: 30 }],
    ['servicePhone', ' 12345 ', { servicePhone: '12345' }],
    ['servicePhone', ' 95598 ', {}],
  ])('%s as %j', (name, value, changes) => {
    expect(text(name, value)).toEqual({ changes, problems: [] })
  })

  it.each([
    ['tripsPerMinute', '0', 'number'],
    ['tripsPerMinute', '', 'number'],
    ['tripsPerMinute', '1.5', 'number'],
    ['tripsPerMinute', 'many', 'number'],
    ['tripsPerHour', '100001', 'number'],
    ['servicePhone', ' ', 'length'],
  ])('%s as %j can not be', (name, value, problem) => {
    const { changes, problems } = text(name, value)
    expect(changes).toEqual({})
    expect(problems).toMatchObject([{ name, problem }])
  })

  it('a limit is taken away by emptying it', () => {
    const limited = { ...settings, tripsPerHour: 30 }
    const draft = draftOf(limited)
    const emptied = { ...draft, texts: { ...draft.texts, tripsPerHour: '' } }
    expect(changesOf(emptied, limited, ranges)).toEqual({ changes: { tripsPerHour: null }, problems: [] })
  })

  it('hours are written as the clock shows them, up to 24:00', () => {
    expect(start.hours).toEqual([{ from: '22:00', to: '06:00', weekdays: [0, 6] }])
    expect(typed({ hours: [{ from: '12:00', to: '24:00', weekdays: [3, 1] }] }).changes).toEqual({
      friendlyHours: [{ fromMinute: 720, toMinute: 1_440, weekdays: [1, 3] }],
    })
    expect(typed({ hours: [] }).changes).toEqual({ friendlyHours: [] })
  })

  it.each([
    [{ from: '', to: '06:00', weekdays: [1] }],
    [{ from: '25:00', to: '06:00', weekdays: [1] }],
    [{ from: '12:60', to: '13:00', weekdays: [1] }],
    [{ from: '12:00', to: '13:00', weekdays: [] }],
  ])('hours %j can not be', (span) => {
    expect(typed({ hours: [span] })).toMatchObject({ changes: {}, problems: [{ name: 'friendlyHours' }] })
  })

  it('a rule of compensation is offered with usual amounts and taken when it was chosen', () => {
    const compensation = { ...start.compensation, kind: 'own' } as const
    expect(typed({ compensation }).changes).toEqual({
      compensation: { kind: 'own', afterSeconds: 60, amount: '2.00', perHour: '1.00', most: '20.00' },
    })
    for (const wrong of [{ afterSeconds: '0' }, { amount: '-1' }, { amount: '30' }, { most: '' }])
      expect(typed({ compensation: { ...compensation, ...wrong } }).problems).toMatchObject([{ name: 'compensation' }])
    expect(typed({ compensation: { ...start.compensation, kind: 'none' } }).changes).toEqual({
      compensation: { kind: 'none' },
    })
  })
})
