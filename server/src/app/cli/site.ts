import { Argument, Command } from 'commander'
import {
  installationSettingNames,
  siteSettingNames,
  type InstallationSettings,
  type SiteSettings,
} from '../../domain/site-settings.ts'
import { createSiteDeeds, type ChangeSettingsResult } from '../../flow/site-settings.ts'
import { findSite, readInstallation, readSite } from '../../store/site-settings.ts'
import { viewSettingChanges, viewSites } from '../../store/view/sites.ts'
import { StartRefused } from '../one-server.ts'
import { examples } from './command.ts'
import { withDatabaseOptions } from './house-command.ts'
import { atHome, type CommandContext } from './in-house.ts'
import { changesFrom, keyOf, problemWords, textOfSetting } from './setting-text.ts'

type Options = Readonly<Record<string, unknown>>
type Why = Options & Readonly<{ reason: string }>

const changesShown = 20

/** `xianfu site …`: what a site, or the installation over all sites, is set to. The audit log names the command line. */
export const siteCommand = (): Command => {
  const site = new Argument('<site>', 'name of the site')
  const changes = new Argument('<changes...>', 'NAME=VALUE, by the names that "show" shows; "none" takes a limit away')
  const list = withDatabaseOptions(new Command('list'))
    .description('all sites: meters, accounts, gateways, and whether trips are frozen')
    .action(async (options: Options) => atHome(options, listed))
  const show = withDatabaseOptions(new Command('show'))
    .description('the settings of a site, and who has changed them and why')
    .addArgument(site)
    .action(async (name: string, options: Options) =>
      atHome(options, async (context) => {
        const known = await readSite(context.database, await siteIdOf(context, name))
        if (known === null) throw noSite(name)
        const { id, timeZone, version, intervalInForce, settings } = known
        return [
          `${name}  ${timeZone}  version ${String(version)}  reads every ${String(intervalInForce)} minutes`,
          ...siteSettingNames.map((one) => lineOf(one, settings[one])),
          ...(await historyOf(context, `site:${String(id)}`)),
        ].join('\n')
      }),
    )
  const set = withDatabaseOptions(new Command('set'))
    .description('change settings of a site; what is not named stays')
    .addArgument(site)
    .addArgument(changes)
    .requiredOption('--reason <text>', 'why, for the audit log')
    .action(async (name: string, words: string[], options: Why) =>
      atHome(options, async (context) => {
        const siteId = await siteIdOf(context, name)
        const said = changesFrom(words, siteSettingNames) as Partial<SiteSettings>
        const deed = { siteId, changes: said, seen: null, reason: options.reason, operator: null }
        return answerOf(await createSiteDeeds(context).changeSite(deed))
      }),
    )
  const showAll = withDatabaseOptions(new Command('show-installation'))
    .description('what holds over all sites')
    .action(async (options: Options) =>
      atHome(options, async (context) => {
        const { version, settings } = await readInstallation(context.database)
        return [
          `all sites  version ${String(version)}`,
          ...installationSettingNames.map((one) => lineOf(one, settings[one])),
          ...(await historyOf(context, 'installation')),
        ].join('\n')
      }),
    )
  const setAll = withDatabaseOptions(new Command('set-installation'))
    .description('change what holds over all sites')
    .addArgument(changes)
    .requiredOption('--reason <text>', 'why, for the audit log')
    .action(async (words: string[], options: Why) =>
      atHome(options, async (context) => {
        const said = changesFrom(words, installationSettingNames) as Partial<InstallationSettings>
        const deed = { changes: said, seen: null, reason: options.reason, operator: null }
        return answerOf(await createSiteDeeds(context).changeInstallation(deed))
      }),
    )
  const command = new Command('site').description('settings of sites, and of the installation over all of them')
  for (const part of [list, show, set, showAll, setAll]) command.addCommand(part)
  return examples(command, [
    ['site set "East street" trips-per-hour=30 service-phone=95598 --reason "contract 7"', 'a limit and a telephone'],
    [
      'site set "East street" friendly-hours=22:00-07:00@0,1,2,3,4,5,6 --reason "quiet nights"',
      'nobody is tripped then',
    ],
    ['site set "East street" compensation=60s,2.00,1.00,20.00 --reason "promised"', 'what late supply is worth'],
    ['site set-installation trips-per-day=500 --reason "after the audit"', 'the most of a day over all sites'],
  ])
}

const listed = async ({ database }: CommandContext): Promise<string> => {
  const sites = await viewSites(database, null)
  if (sites.length === 0) return 'there is no site'
  return sites
    .map((row) => {
      const what = `${String(row.meters)} meters, ${String(row.accounts)} accounts, ${String(row.online)}/${String(row.gateways)} gateways online`
      const frozen = row.frozen_because === null ? '' : `  TRIPS FROZEN: ${row.frozen_because}`
      return `${row.name}  ${row.time_zone}  ${what}${frozen}`
    })
    .join('\n')
}

const noSite = (name: string): StartRefused =>
  new StartRefused(`there is no site ${name}; "xianfu site list" shows all`)

const siteIdOf = async ({ database }: CommandContext, name: string): Promise<number> => {
  const id = await findSite(database, name)
  if (id === null) throw noSite(name)
  return id
}

const lineOf = (name: string, value: unknown): string => `  ${keyOf(name).padEnd(26)} ${textOfSetting(value)}`.trimEnd()

const historyOf = async ({ database }: CommandContext, subject: string): Promise<readonly string[]> =>
  (await viewSettingChanges(database, subject, changesShown)).map(({ at, action, detail, login }) => {
    const { reason, changes, ...rest } = detail
    const what =
      typeof changes === 'object' && changes !== null ? Object.entries(changes).map(pairOf) : [JSON.stringify(rest)]
    const why = typeof reason === 'string' ? reason : ''
    return `  ${new Date(at).toISOString().slice(0, 16)}  ${login ?? 'command line'}  ${action}  ${what.join('; ')}  ${why}`.trimEnd()
  })

const pairOf = ([name, pair]: [string, unknown]): string => {
  const { before, after } = pair as Readonly<{ before: unknown; after: unknown }>
  return `${keyOf(name)} ${JSON.stringify(before)} → ${JSON.stringify(after)}`
}

const answerOf = (done: ChangeSettingsResult): string => {
  if (done.ok) return `changed: ${done.names.map(keyOf).join(', ')}`
  if (done.code === 'setting-not-allowed') throw new StartRefused(problemWords(done.problems))
  throw new StartRefused(done.code === 'nothing-changed' ? 'it is so already; nothing was changed' : done.code)
}
