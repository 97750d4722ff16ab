import { Argument, Command, Option } from 'commander'
import { listKinds, type ListKind } from '../../domain/protection-list.ts'
import { formatMoney, microYuan } from '../../domain/quantity.ts'
import { createAddToList, createEndListEntry } from '../../flow/stop-lists.ts'
import { setAuthorityContact } from '../../flow/site-contact.ts'
import { findAccountByNumber } from '../../store/accounts.ts'
import { viewAccountStop, viewStops } from '../../store/view/stops.ts'
import { StartRefused } from '../one-server.ts'
import { instantOf, withDatabaseOptions } from './house-command.ts'
import { atHome } from './in-house.ts'
import { refusalWords } from './stop-words.ts'

type Options = Readonly<Record<string, unknown>>
const instant = (at: number | null): string => (at === null ? '…' : new Date(at).toISOString().slice(0, 16))

/** `xianfu stop …`: who is on the way to a stop, and who is kept from it. Approvals are given in the console, signed in. */
export const stopCommand = (): Command => {
  const account = new Argument('<account>', 'account number')
  const list = withDatabaseOptions(new Command('list'))
    .description('accounts that have used up their money: waiting for approval, kept from a stop, told of one')
    .action(async (options: Options) =>
      atHome(options, async ({ database }) => {
        const { rows } = await viewStops(database)
        if (rows.length === 0) return 'nobody'
        return rows
          .map(
            ({ number, customer, stage, stage_since: since, balance, reasons }) =>
              `${number.padEnd(12)} ${stage.padEnd(15)} since ${instant(since)} ${formatMoney(microYuan(balance)).padStart(12)}  ${customer}  ${(reasons ?? []).join(', ')}`,
          )
          .join('\n')
      }),
    )
  const show = withDatabaseOptions(new Command('show'))
    .description('lists, approvals and notices of one account')
    .addArgument(account)
    .action(async (number: string, options: Options) =>
      atHome(options, async ({ database }) => {
        const id = await findAccountByNumber(database, number)
        const view = id === null ? null : await viewAccountStop(database, id)
        if (view === null) throw new StartRefused(`there is no account ${number}`)
        return [
          `account ${number}: ${view.account.stage}`,
          ...view.lists.map(
            (entry) =>
              `list ${String(entry.id)}  ${entry.kind}  ${instant(entry.from_at)} … ${instant(entry.to_at)}  ${entry.reason}`,
          ),
          ...view.approvals.map(
            (one) =>
              `approval ${String(one.id)}  ${one.state}  ${String(one.voices.length)} of ${String(one.persons)}  asked ${instant(one.requested_at)}  ${one.because ?? ''}`,
          ),
          ...(view.facts?.notices ?? []).map(
            (notice) =>
              `notice ${notice.kind} by ${notice.channel}  ${instant(notice.sendAt)}  ${notice.deliveredAt === null ? 'no receipt' : `delivered ${instant(notice.deliveredAt)}`}`,
          ),
        ].join('\n')
      }),
    )
  const keep = withDatabaseOptions(new Command('keep'))
    .description('keep an account from being stopped like everybody else; it is decided on at once')
    .addArgument(account)
    .addOption(new Option('--kind <kind>', 'why').choices(listKinds).makeOptionMandatory())
    .addOption(new Option('--from <instant>', 'from then (default: now)').argParser(instantOf))
    .addOption(new Option('--to <instant>', 'until then (default: until it is ended)').argParser(instantOf))
    .addOption(new Option('--reason <text>', 'shown to whoever asks why').makeOptionMandatory())
    .action(
      async (
        number: string,
        options: Options & Readonly<{ kind: ListKind; from?: number; to?: number; reason: string }>,
      ) =>
        atHome(options, async (context) => {
          const { kind, from = null, to = null, reason } = options
          const accountId = (await findAccountByNumber(context.database, number)) ?? 0
          const added = await createAddToList(context)({ accountId, kind, from, to, reason, operator: null })
          if (!added.ok) throw new StartRefused(refusalWords[added.code])
          return `account ${number}: entry ${String(added.id)}`
        }),
    )
  const end = withDatabaseOptions(new Command('end'))
    .description('end an entry of a list; "xianfu stop show" names them')
    .argument('<entry>', 'number of the entry')
    .addOption(new Option('--reason <text>', 'why it is over').makeOptionMandatory())
    .action(async (entry: string, options: Options & Readonly<{ reason: string }>) =>
      atHome(options, async (context) => {
        const id = Number(entry)
        const ended = await createEndListEntry(context)({
          id: Number.isSafeInteger(id) && id > 0 && id < 2 ** 31 ? id : 0,
          reason: options.reason,
          operator: null,
        })
        if (!ended.ok) throw new StartRefused(refusalWords[ended.code])
        return `entry ${entry} has ended`
      }),
    )
  const authority = withDatabaseOptions(new Command('authority'))
    .description('who gets the copies of what is announced to important customers of a site')
    .argument('<site>', 'name of the site')
    .argument('<contact>', 'telephone or address, as the channel needs it')
    .action(async (site: string, contact: string, options: Options) =>
      atHome(options, async (context) => {
        if (!(await setAuthorityContact(context, site, contact))) throw new StartRefused(`there is no site ${site}`)
        return `${site}: ${contact}`
      }),
    )
  return new Command('stop')
    .description('who is on the way to a stop, and who is kept from it')
    .addCommand(list)
    .addCommand(show)
    .addCommand(keep)
    .addCommand(end)
    .addCommand(authority)
}
