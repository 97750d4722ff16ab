import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { microYuan } from './quantity.ts'
import {
  changeInstallation,
  changeSite,
  isWeighty,
  siteNumbers,
  siteSettingNames,
  type InstallationSettings,
  type SiteSettings,
} from './site-settings.ts'

const rule = { afterSeconds: 60, amount: microYuan(2_000_000n), perHour: microYuan(0n), most: microYuan(20_000_000n) }
const before: SiteSettings = {
  readingIntervalMinutes: null,
  servicePhone: '95598',
  signature: '城东供电所',
  authorityContact: '',
  restoreLateSeconds: 60,
  restoreTargetMinutes: 120,
  offlineAfterMinutes: 10,
  backForMinutes: 5,
  silentAfterReads: 3,
  friendlyHours: [],
  compensation: { kind: 'installation' },
  tripsPerMinute: 10,
  tripsPerHour: null,
  tripsPerDayPercent: 20,
  tripsPerDayFloor: 20,
  failedReadsPercent: 30,
  waveFactor: 5,
  waveFloor: 10,
}

const night = { fromMinute: 1_320, toMinute: 360, weekdays: [0, 6] }

describe('settings of a site', () => {
  test('what is said is changed, in the order of the page, and nothing else', () => {
    const changed = changeSite(before, {
      waveFactor: 3,
      servicePhone: '12345',
      tripsPerHour: 40,
      signature: '城东供电所',
    })
    expect(changed).toEqual({
      ok: true,
      names: ['servicePhone', 'tripsPerHour', 'waveFactor'],
      after: { ...before, waveFactor: 3, servicePhone: '12345', tripsPerHour: 40 },
    })
  })

  test('the same again changes nothing', () => {
    expect(
      changeSite({ ...before, compensation: { kind: 'own', rule } }, { compensation: { kind: 'own', rule } }),
    ).toEqual({ ok: true, names: [], after: { ...before, compensation: { kind: 'own', rule } } })
  })

  test('spans are the same in whatever order they are written down', () => {
    const { fromMinute, toMinute, weekdays } = night
    const written = { ...before, friendlyHours: [{ weekdays, toMinute, fromMinute }] }
    expect(changeSite(written, { friendlyHours: [night] })).toMatchObject({ ok: true, names: [] })
  })

  test.each([
    [{ tripsPerMinute: 0 }, 'out-of-range'],
    [{ tripsPerMinute: 2.5 }, 'out-of-range'],
    [{ tripsPerMinute: Number.NaN }, 'out-of-range'],
    [{ tripsPerDayPercent: 101 }, 'out-of-range'],
    [{ waveFactor: 1 }, 'out-of-range'],
    [{ readingIntervalMinutes: 0 }, 'out-of-range'],
    [{ readingIntervalMinutes: 1_441 }, 'out-of-range'],
    [{ servicePhone: '  ' }, 'wrong-length'],
    [{ signature: 'x'.repeat(41) }, 'wrong-length'],
    [{ friendlyHours: [{ ...night, weekdays: [] }] }, 'not-plausible'],
    [{ friendlyHours: [{ ...night, toMinute: 1_441 }] }, 'not-plausible'],
    [{ friendlyHours: Array.from({ length: 22 }, () => night) }, 'not-plausible'],
    [{ compensation: { kind: 'own', rule: { ...rule, afterSeconds: 0 } } }, 'not-plausible'],
    [{ compensation: { kind: 'own', rule: { ...rule, most: microYuan(1n) } } }, 'not-plausible'],
    [{ compensation: { kind: 'own', rule: { ...rule, perHour: microYuan(-1n) } } }, 'not-plausible'],
  ] as const)('what is not allowed is named: row %#', (changes, code) => {
    const [name] = Object.keys(changes)
    expect(changeSite(before, changes)).toMatchObject({ ok: false, problems: [{ name, code }] })
  })

  test('all that is wrong is named at once', () => {
    const changed = changeSite(before, { tripsPerMinute: 0, servicePhone: '', backForMinutes: 5_000 })
    expect(changed.ok ? [] : changed.problems.map(({ name }) => name).sort()).toEqual([
      'backForMinutes',
      'servicePhone',
      'tripsPerMinute',
    ])
  })

  test('what stood there before somebody set a limit hinders no other change', () => {
    expect(changeSite({ ...before, servicePhone: '' }, { waveFloor: 20 })).toMatchObject({
      ok: true,
      names: ['waveFloor'],
    })
  })

  test('only what may be absent is: the interval, which follows the company then, and the hour', () => {
    const optional = Object.entries(siteNumbers).flatMap(([name, { optional: may }]) => (may ? [name] : []))
    expect(optional).toEqual(['readingIntervalMinutes', 'tripsPerHour'])
    expect(changeSite({ ...before, tripsPerHour: 5 }, { tripsPerHour: null })).toMatchObject({ ok: true })
  })

  test('whoever may trip more or pays more says their password again', () => {
    expect(siteSettingNames.filter((name) => !isWeighty(name))).toEqual([
      'readingIntervalMinutes',
      'servicePhone',
      'signature',
      'authorityContact',
      'restoreLateSeconds',
      'restoreTargetMinutes',
      'offlineAfterMinutes',
      'backForMinutes',
      'silentAfterReads',
    ])
  })

  test('whatever is let in lies in its range', () => {
    const numbers = Object.keys(siteNumbers) as (keyof typeof siteNumbers)[]
    fc.assert(
      fc.property(
        fc.constantFrom(...numbers),
        fc.oneof(fc.integer({ min: -10, max: 200_000 }), fc.double(), fc.constant(null)),
        (name, value) => {
          const changed = changeSite(before, { [name]: value })
          const { least, most, optional } = siteNumbers[name]
          const fits =
            (value === null && optional) || (Number.isInteger(value) && Number(value) >= least && Number(value) <= most)
          expect(changed.ok).toBe(fits || value === before[name])
        },
      ),
    )
  })
})

describe('settings of the installation', () => {
  const all: InstallationSettings = {
    compensation: { kind: 'none' },
    tripsPerMinute: null,
    tripsPerHour: null,
    tripsPerDay: null,
    waveFactor: null,
    waveFloor: 10,
  }
  test('limits are set and taken away', () => {
    expect(changeInstallation(all, { tripsPerDay: 500 })).toMatchObject({ ok: true, names: ['tripsPerDay'] })
    expect(changeInstallation({ ...all, tripsPerDay: 500 }, { tripsPerDay: null })).toMatchObject({ ok: true })
    expect(changeInstallation(all, { tripsPerDay: 0 })).toMatchObject({ ok: false })
    expect(
      changeInstallation(all, { compensation: { kind: 'own', rule: { ...rule, afterSeconds: 0 } } }),
    ).toMatchObject({
      ok: false,
    })
  })
})
