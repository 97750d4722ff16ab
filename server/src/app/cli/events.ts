import { toHex } from '@xianfu/protocols'
import { Command, Option } from 'commander'
import { meterEventKinds } from '../../domain/meter-event.ts'
import { siteNumbers } from '../../domain/site-settings.ts'
import { changeWatchSettings } from '../../flow/watch-settings.ts'
import { viewEvents, type MeterEventView } from '../../store/view/events.ts'
import type { WatchSettings } from '../../store/watch-settings.ts'
import { StartRefused } from '../one-server.ts'
import { inHouse, withDatabaseOptions } from './house-command.ts'
import { parsePositive } from './option-parsers.ts'

const mostListed = 10_000

type ListOptions = Readonly<Record<string, unknown>> &
  Readonly<{ kind?: string; meter?: string; count: number; json?: true; bytes?: true }>

const print = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** What meters tell of themselves, and how their sites are watched. */
export const eventsCommand = (): Command => {
  const list = withDatabaseOptions(new Command('list'))
    .description('events that were collected from meters, the last ones first; times are UTC')
    .addOption(new Option('--kind <kind>', 'one kind only').choices(meterEventKinds))
    .option('--meter <address>', 'one meter only, by its address')
    .addOption(new Option('--count <number>', 'so many at most').argParser(parsePositive).default(50))
    .option('--bytes', "the meters' answers as well")
    .option('--json', 'one JSON object a line')
    .action(async (options: ListOptions) =>
      inHouse(options, async (database) => {
        const { kind = null, meter = null, count } = options
        const filter = { kind, address: meter, before: null, limit: Math.min(count, mostListed) }
        for (const event of await viewEvents(database, filter))
          print(options.json === true ? jsonOf(event) : lineOf(event, options.bytes === true))
      }),
    )
  return new Command('events')
    .description('what meters tell of themselves: covers, magnets, phases, faults')
    .addCommand(list)
    .addCommand(watchCommand())
}

const switches: Readonly<Record<keyof WatchSettings, readonly [name: string, words: string]>> = {
  offlineAfterMinutes: ['--offline-after', 'minutes after which a gateway that is away is an alarm'],
  backForMinutes: ['--back-for', 'minutes for which it must stay before the alarm is over'],
  silentAfterReads: ['--silent-after', 'reads that a meter misses before it is an alarm'],
}
const settingNames = Object.keys(switches) as (keyof WatchSettings)[]

const words = {
  'unknown-site': 'there is no site of that name',
  'out-of-range': `allowed are ${settingNames
    .map((name) => `${switches[name][0]} ${String(siteNumbers[name].least)} to ${String(siteNumbers[name].most)}`)
    .join(', ')}`,
} as const

const watchCommand = (): Command => {
  const command = withDatabaseOptions(new Command('watch'))
    .description('when what is away is an alarm; with options, change it')
    .option('--site <name>', 'one site (default: all)')
  for (const name of settingNames) command.option(`${switches[name][0]} <number>`, switches[name][1], Number)
  return command.action(async (options: Readonly<Record<string, unknown>>) =>
    inHouse(options, async (database) => {
      const given = settingNames.flatMap((name) => {
        const value = options[optionKey(switches[name][0])]
        return typeof value === 'number' ? [[name, value] as const] : []
      })
      const site = typeof options.site === 'string' ? options.site : null
      const changes: Partial<WatchSettings> = Object.fromEntries(given)
      const done = await changeWatchSettings(database, Date.now(), { site, changes })
      if (!done.ok) throw new StartRefused(words[done.code])
      for (const { name, ...settings } of done.sites)
        print(
          `${name}: ${settingNames.map((key) => `${switches[key][0].slice(2)} ${String(settings[key])}`).join(', ')}`,
        )
    }),
  )
}

/** `--back-for` is `backFor` to the parser. */
const optionKey = (name: string): string =>
  name.slice(2).replace(/-([a-z])/gu, (_, letter: string) => letter.toUpperCase())

const time = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())

const lineOf = (event: MeterEventView, bytes: boolean): string =>
  [
    (time(event.began_at ?? event.seen_at) ?? '').slice(0, 19),
    event.address,
    event.place,
    event.phase === null ? event.kind : `${event.kind} ${event.phase}`,
    event.origin,
    ...(event.ended_at === null ? [] : [`until ${(time(event.ended_at) ?? '').slice(0, 19)}`]),
    ...(event.was_there ? ['history'] : []),
    ...(bytes && event.raw !== null ? [toHex(event.raw)] : []),
  ].join('  ')

const jsonOf = (event: MeterEventView): string =>
  JSON.stringify({
    id: Number(event.id),
    meter: event.address,
    place: event.place,
    kind: event.kind,
    phase: event.phase,
    origin: event.origin,
    sequence: event.sequence,
    beganAt: time(event.began_at),
    endedAt: time(event.ended_at),
    seenAt: time(event.seen_at),
    operatorCode: event.operator_code,
    byUs: event.by_us,
    wasThere: event.was_there,
    detail: event.detail,
    raw: event.raw === null ? null : toHex(event.raw),
  })
