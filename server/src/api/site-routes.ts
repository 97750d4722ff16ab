import {
  changeInstallation,
  changeSite,
  listSites,
  readInstallation,
  readSite,
  type Compensation as SaidCompensation,
  type InstallationSettings as SaidInstallation,
  type SettingChange,
  type SettingRange,
  type SiteRow,
  type SiteSettings as SaidSite,
} from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import { localDayText } from '../domain/calendar.ts'
import type { Reach } from '../domain/reach.ts'
import { microYuan, parseMoney, type MicroYuan } from '../domain/quantity.ts'
import {
  installationNumbers,
  installationSettingNames,
  isWeighty,
  siteNumbers,
  siteSettingNames,
  siteTexts,
  type Compensation,
  type CompensationOfAll,
  type InstallationSettings,
  type SettingProblem,
  type SiteSettings,
} from '../domain/site-settings.ts'
import { mostPerDay, mostUsual, type InstallationLimits, type TripCount } from '../domain/trip-guard.ts'
import type { ChangeSettingsResult } from '../flow/site-settings.ts'
import type { SignedIn } from '../flow/sign-in.ts'
import {
  readGuards,
  readInstallation as loadInstallation,
  readSite as loadSite,
  readWholeGuard,
  viewSettingChanges,
  viewSites,
  type SettingChangeView,
  type SiteView,
} from '../store/view/sites.ts'
import type { ApiAbilities } from './abilities.ts'
import { passwordLimit } from './password-limit.ts'
import { moneyText } from './present.ts'
import { ApiProblem } from './problem.ts'
import { createRegister, type WhoIs } from './register.ts'

const hourMs = 3_600_000
const changesShown = 100

export const siteRoutes = (app: FastifyInstance, abilities: ApiAbilities, whoIs: WhoIs): void => {
  const { database, clock } = abilities
  const register = createRegister(app, whoIs, database)

  const rowsOf = async (siteId: number | null, reach: Reach): Promise<readonly SiteRow[]> => {
    const now = clock.now()
    const guards = new Map((await readGuards(database, siteId)).map((guard) => [guard.siteId, guard]))
    return (await viewSites(database, siteId, reach)).map((row) => {
      const guard = guards.get(row.id)
      if (guard === undefined) throw new Error(`site ${String(row.id)} has lost its guard`)
      const day = localDayText(now, row.time_zone)
      const trips = tripsOf(guard.state, guard.limits, mostPerDay(guard.limits, row.accounts), now, day)
      return { ...presentSite(row), trips }
    })
  }

  register.guarded(listSites, 'view', async (_, { sites }) => ({ sites: [...(await rowsOf(null, sites))] }))

  register.guarded(readSite, 'view', async ({ params: { id } }) => {
    const site = await loadSite(database, id)
    const [row] = await rowsOf(id, null)
    if (site === null || row === undefined) throw new ApiProblem('unknown-site')
    return {
      ...row,
      version: site.version,
      settings: presentSettings(site.settings),
      ranges: rangesOf(siteNumbers, siteTexts),
      withPassword: siteSettingNames.filter(isWeighty),
      history: (await viewSettingChanges(database, `site:${String(id)}`, changesShown)).map(presentChange),
    }
  })

  register.guarded(
    changeSite,
    'set-site',
    async ({ params: { id: siteId }, body: { version, reason, password, changes } }, caller) => {
      const operator = operatorOf(caller, password)
      const said = given<SaidSite>(changes)
      const wanted: Partial<SiteSettings> = {
        ...said,
        ...(said.compensation === undefined ? {} : { compensation: compensationOf(said.compensation) }),
      } as Partial<SiteSettings>
      const done = await abilities.sites.changeSite({ siteId, changes: wanted, seen: version, reason, operator })
      return { version: versionOf(done) }
    },
    passwordLimit,
  )

  register.guarded(readInstallation, 'view', async () => {
    const now = clock.now()
    const { version, settings } = await loadInstallation(database)
    const whole = await readWholeGuard(database)
    const day = localDayText(now, whole.timeZone)
    return {
      version,
      settings: { ...settings, compensation: presentCompensation(settings.compensation) } as SaidInstallation,
      ranges: rangesOf(installationNumbers, {}),
      withPassword: installationSettingNames.filter(isWeighty),
      trips: tripsOf(whole.count, whole.limits, whole.limits.mostPerDay, now, day),
      history: (await viewSettingChanges(database, 'installation', changesShown)).map(presentChange),
    }
  })

  register.guarded(
    changeInstallation,
    'set-site',
    async ({ body: { version, reason, password, changes } }, caller) => {
      const operator = operatorOf(caller, password)
      const said = given<SaidInstallation>(changes)
      const wanted: Partial<InstallationSettings> = {
        ...said,
        ...(said.compensation === undefined
          ? {}
          : { compensation: compensationOf(said.compensation) as CompensationOfAll }),
      } as Partial<InstallationSettings>
      const done = await abilities.sites.changeInstallation({ changes: wanted, seen: version, reason, operator })
      return { version: versionOf(done) }
    },
    passwordLimit,
  )
}

const operatorOf = ({ id, login }: SignedIn, password: string | undefined) => ({
  id,
  login,
  password: password ?? null,
})

const versionOf = (done: ChangeSettingsResult): number => {
  if (done.ok) return done.version
  throw new ApiProblem(done.code, done.code === 'setting-not-allowed' ? done.problems.map(fieldOf) : [])
}

/** The name of the setting, and what it may be: the console has words of its own for both. */
const fieldOf = ({ name, code, least, most }: SettingProblem) => ({
  path: name,
  message: `${name}: ${code}${least === null || most === null ? '' : ` (${String(least)} … ${String(most)})`}.`,
})

/** Without the keys that were not said. */
const given = <T extends object>(changes: { [K in keyof T]?: T[K] | undefined }): Partial<T> =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as Partial<T>

const amountOf = (text: string): MicroYuan => parseMoney(text) ?? microYuan(-1n)

const compensationOf = (said: SaidCompensation): Compensation =>
  said.kind === 'own'
    ? {
        kind: 'own',
        rule: {
          afterSeconds: said.afterSeconds,
          amount: amountOf(said.amount),
          perHour: amountOf(said.perHour),
          most: amountOf(said.most),
        },
      }
    : said

const presentCompensation = (compensation: Compensation): SaidCompensation =>
  compensation.kind === 'own'
    ? {
        kind: 'own',
        afterSeconds: compensation.rule.afterSeconds,
        amount: moneyText(compensation.rule.amount),
        perHour: moneyText(compensation.rule.perHour),
        most: moneyText(compensation.rule.most),
      }
    : compensation

const presentSettings = ({ compensation, friendlyHours, ...settings }: SiteSettings): SaidSite => ({
  ...settings,
  friendlyHours: friendlyHours.map((span) => ({ ...span, weekdays: [...span.weekdays] })),
  compensation: presentCompensation(compensation),
})

const presentSite = (row: SiteView): Omit<SiteRow, 'trips'> => ({
  id: row.id,
  name: row.name,
  timeZone: row.time_zone,
  meters: row.meters,
  accounts: row.accounts,
  gateways: { total: row.gateways, online: row.online },
  intervalMinutes: row.interval_minutes,
  frozen:
    row.frozen_at === null || row.frozen_because === null ? null : { at: row.frozen_at, because: row.frozen_because },
})

const tripsOf = (
  count: TripCount,
  limits: Pick<InstallationLimits, 'waveFactor' | 'waveFloor'>,
  mostToday: number | null,
  now: number,
  day: string,
): SiteRow['trips'] => ({
  sentThisHour: Math.abs(now - count.hourAt) < hourMs ? count.sentInHour : 0,
  sentToday: count.day === day ? count.sentInDay : 0,
  mostToday,
  mostUsual: mostUsual(count, limits),
})

type Lengths = Readonly<Record<string, Readonly<{ least: number; most: number }>>>

const rangesOf = (numbers: Readonly<Record<string, SettingRange>>, texts: Lengths): Record<string, SettingRange> => ({
  ...numbers,
  ...Object.fromEntries(Object.entries(texts).map(([name, lengths]) => [name, { ...lengths, optional: false }])),
})

const isPair = (value: unknown): value is Readonly<{ before: unknown; after: unknown }> =>
  typeof value === 'object' && value !== null && 'before' in value && 'after' in value

/** Other commands have written down only what they set. */
const presentChange = ({ at, action, detail, login, name }: SettingChangeView): SettingChange => {
  const { reason = null, changes = {}, ...rest } = detail
  const pairs = action === 'settings' && typeof changes === 'object' && changes !== null ? changes : rest
  return {
    at,
    action,
    by: login === null || name === null ? null : { login, name },
    reason: typeof reason === 'string' ? reason : null,
    changes: Object.entries(pairs).map(([key, value]: [string, unknown]) =>
      isPair(value)
        ? { name: key, before: value.before, after: value.after }
        : { name: key, before: null, after: value },
    ),
  }
}
