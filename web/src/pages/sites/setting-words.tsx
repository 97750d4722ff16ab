import type { Compensation, SiteSettings } from '@xianfu/contract'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { yuan } from '../../format/decimal.ts'
import type { Words } from '../../words/zh.ts'

export type SettingWords = Readonly<{
  name: (name: string) => string
  value: (name: string, value: unknown) => string
  weekday: (day: number) => string
}>

const clockOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

/** The way in which a setting is read, on the page and in its history. */
export const useSettingWords = (): SettingWords => {
  const { t, i18n } = useTranslation()
  return useMemo(() => {
    const weekday = (day: number): string => t(`siteWeekday.${String(day) as keyof Words['siteWeekday']}`)
    const hours = (spans: SiteSettings['friendlyHours']): string =>
      spans
        .map(
          ({ fromMinute, toMinute, weekdays }) =>
            `${clockOf(fromMinute)}–${clockOf(toMinute)} ${weekdays.length === 7 ? t('site.everyDay') : weekdays.map(weekday).join(' ')}`,
        )
        .join('; ')
    const compensation = (one: Compensation): string =>
      one.kind === 'own'
        ? t('site.compensationRule', {
            seconds: one.afterSeconds,
            amount: yuan(one.amount),
            perHour: yuan(one.perHour),
            most: yuan(one.most),
          })
        : t(`siteCompensation.${one.kind}`)
    return {
      weekday,
      name: (name) =>
        i18n.exists(`siteSetting.${name}`) ? t(`siteSetting.${name as keyof Words['siteSetting']}`) : name,
      value: (name, value) => {
        if (name === 'readingIntervalMinutes' && value === null) return t('site.asCompany')
        if (value === null || value === '') return t('site.none')
        if (Array.isArray(value))
          return value.length === 0 ? t('site.none') : hours(value as SiteSettings['friendlyHours'])
        if (typeof value === 'object' && 'kind' in value) return compensation(value as Compensation)
        return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value)
      },
    }
  }, [t, i18n])
}

/** In the order of the page; what a site or the installation does not have is left out. */
export const settingGroups = [
  ['contact', ['servicePhone', 'signature', 'authorityContact']],
  ['reading', ['readingIntervalMinutes', 'offlineAfterMinutes', 'backForMinutes', 'silentAfterReads']],
  ['restore', ['restoreLateSeconds', 'restoreTargetMinutes', 'compensation']],
  [
    'trips',
    [
      'friendlyHours',
      'tripsPerMinute',
      'tripsPerHour',
      'tripsPerDay',
      'tripsPerDayPercent',
      'tripsPerDayFloor',
      'waveFactor',
      'waveFloor',
      'failedReadsPercent',
    ],
  ],
] as const
