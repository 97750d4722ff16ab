import { z } from 'zod'
import { freezeReason } from './guard.ts'
import { route } from './route.ts'
import { id, idParameter, instant, nothing } from './values.ts'

/** An amount in yuan, not below zero: what late supply may be worth. */
const amountText = z.string().regex(/^\d{1,7}(\.\d{1,6})?$/u)

/** A new rule: amounts in yuan. */
const ownCompensation = z.object({
  kind: z.literal('own'),
  /** From the payment to power, free of charge. */
  afterSeconds: z.number().int(),
  /** Once, for each further hour that has begun, and never more than. */
  amount: amountText,
  perHour: amountText,
  most: amountText,
})
const compensation = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('installation') }),
  z.object({ kind: z.literal('none') }),
  ownCompensation,
])
export type Compensation = z.infer<typeof compensation>
const compensationOfAll = z.discriminatedUnion('kind', [z.object({ kind: z.literal('none') }), ownCompensation])

/** Minutes after local midnight, and weekdays 0 = Sunday … 6; `toMinute` at or before `fromMinute` runs over midnight. */
const friendlyHours = z
  .array(
    z.object({
      fromMinute: z.number().int(),
      toMinute: z.number().int(),
      weekdays: z.array(z.number().int()).max(7),
    }),
  )
  .max(64)

const text = z.string().max(400)
const number = z.number()

/** What each may be is told by `ranges` of the site; null where no such limit holds. */
export const siteSettings = z.object({
  /** Null: as the company. */
  readingIntervalMinutes: number.nullable(),
  servicePhone: text,
  signature: text,
  authorityContact: text,
  restoreLateSeconds: number,
  restoreTargetMinutes: number,
  offlineAfterMinutes: number,
  backForMinutes: number,
  silentAfterReads: number,
  friendlyHours,
  compensation,
  tripsPerMinute: number,
  tripsPerHour: number.nullable(),
  tripsPerDayPercent: number,
  tripsPerDayFloor: number,
  failedReadsPercent: number,
  waveFactor: number,
  waveFloor: number,
})
export type SiteSettings = z.infer<typeof siteSettings>

export const installationSettings = z.object({
  compensation: compensationOfAll,
  tripsPerMinute: number.nullable(),
  tripsPerHour: number.nullable(),
  tripsPerDay: number.nullable(),
  waveFactor: number.nullable(),
  waveFloor: number,
})
export type InstallationSettings = z.infer<typeof installationSettings>

const range = z.object({ least: z.number().int(), most: z.number().int(), optional: z.boolean() })
/** By the name of the setting: a number's least and most, or the lengths of a text. */
const ranges = z.record(z.string(), range)
export type SettingRange = z.infer<typeof range>

const trips = z.object({
  sentThisHour: z.number().int(),
  sentToday: z.number().int(),
  /** The most of today: null while nobody has set one. */
  mostToday: z.number().int().nullable(),
  /** The most that is usual; null while too little is known of it. */
  mostUsual: z.number().int().nullable(),
})

export const siteRow = z.object({
  id,
  name: z.string(),
  timeZone: z.string(),
  meters: z.number().int(),
  accounts: z.number().int(),
  gateways: z.object({ total: z.number().int(), online: z.number().int() }),
  intervalMinutes: z.number().int(),
  frozen: z.object({ at: instant, because: freezeReason }).nullable(),
  trips,
})
export type SiteRow = z.infer<typeof siteRow>

const settingChange = z.object({
  at: instant,
  /** Null: from the command line. */
  by: z.object({ login: z.string(), name: z.string() }).nullable(),
  reason: z.string().nullable(),
  action: z.string(),
  changes: z.array(z.object({ name: z.string(), before: z.unknown(), after: z.unknown() })),
})
export type SettingChange = z.infer<typeof settingChange>

export const listSites = route({
  method: 'GET',
  path: '/api/sites',
  summary: 'All sites with what they are made of, whether their trips are frozen, and the installation over them.',
  params: nothing,
  query: nothing,
  body: z.unknown(),
  response: z.object({ sites: z.array(siteRow) }),
})

export const readSite = route({
  method: 'GET',
  path: '/api/sites/:id',
  summary: 'The settings of a site, what each may be, and who has changed what and why (the last 100).',
  params: z.object({ id: idParameter }),
  query: nothing,
  body: z.unknown(),
  response: siteRow.extend({
    version: z.number().int(),
    settings: siteSettings,
    ranges,
    /** These ask for the operator’s own password again. */
    withPassword: z.array(z.string()),
    history: z.array(settingChange),
  }),
})

const deed = z.object({
  /** The version that the person has seen; another one refuses. */
  version: z.number().int().min(0),
  reason: z.string().trim().min(1).max(200),
  password: z.string().min(1).max(256).optional(),
})

export const changeSite = route({
  method: 'POST',
  path: '/api/sites/:id/settings',
  summary:
    'Change settings of a site; what is not named stays. Trips, hours and compensation ask for the password again.',
  params: z.object({ id: idParameter }),
  query: nothing,
  body: deed.extend({ changes: siteSettings.partial().strict() }),
  response: z.object({ version: z.number().int() }),
})

export const readInstallation = route({
  method: 'GET',
  path: '/api/installation',
  summary: 'What holds over all sites: limits of trips and the compensation, what each may be, and who changed what.',
  params: nothing,
  query: nothing,
  body: z.unknown(),
  response: z.object({
    version: z.number().int(),
    settings: installationSettings,
    ranges,
    withPassword: z.array(z.string()),
    trips,
    history: z.array(settingChange),
  }),
})

export const changeInstallation = route({
  method: 'POST',
  path: '/api/installation/settings',
  summary: 'Change what holds over all sites; what is not named stays.',
  params: nothing,
  query: nothing,
  body: deed.extend({ changes: installationSettings.partial().strict() }),
  response: z.object({ version: z.number().int() }),
})
