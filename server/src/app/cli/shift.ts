import { Command, InvalidArgumentError, Option } from 'commander'
import { formatMoney, microYuan, parseMoney, type MicroYuan } from '../../domain/quantity.ts'
import { createCloseShift, createOpenShift } from '../../flow/cash-shift.ts'
import { viewShifts, type ShiftView } from '../../store/view/shifts.ts'
import { operatorByLogin } from '../../store/reconciliation.ts'
import { StartRefused } from '../one-server.ts'
import { deedWords } from './buying-words.ts'
import { withDatabaseOptions } from './house-command.ts'
import { atHome, type CommandContext } from './in-house.ts'

type Options = Readonly<Record<string, unknown>> &
  Readonly<{ operator: string; counted: MicroYuan; key?: string; note?: string }>

/** `xianfu shift …`: a cashier's shift, as the counter page of the console opens and closes it. */
export const shiftCommand = (): Command =>
  new Command('shift')
    .description('shifts of cashiers: open with the counted float, close with the counted cash')
    .addCommand(
      stepCommand('open', 'begin a shift; more than the books know is float drawn from the bank').action(
        async (options: Options) =>
          atHome(options, async (context) => {
            const opened = await createOpenShift(context)(await askedBy(context, options))
            if (!opened.ok) throw new StartRefused(deedWords(opened.code))
            const { shiftId, carried, counted } = opened.result
            return `shift ${shiftId} open: ${formatMoney(counted)} yuan counted, ${formatMoney(carried)} by the books`
          }),
      ),
    )
    .addCommand(
      stepCommand('close', 'end it: what was counted goes to the bank, a difference is booked and needs --note')
        .option('--note <text>', 'why the count differs from the books')
        .action(async (options: Options) =>
          atHome(options, async (context) => {
            const closed = await createCloseShift(context)(await askedBy(context, options))
            if (!closed.ok) throw new StartRefused(deedWords(closed.code))
            const { shiftId, expected, counted, difference } = closed.result
            return `shift ${shiftId} closed: ${formatMoney(counted)} yuan counted, ${formatMoney(expected)} by the books, difference ${formatMoney(difference)}`
          }),
        ),
    )
    .addCommand(
      withDatabaseOptions(new Command('list'))
        .description('the last hundred shifts, with what came in by which means')
        .option('--operator <login>', 'only of this cashier')
        .action(async (options: Readonly<Record<string, unknown>> & Readonly<{ operator?: string }>) =>
          atHome(options, async ({ database, clock }) => {
            const cashierId = options.operator === undefined ? null : await operatorIdOf(database, options.operator)
            const shifts = await viewShifts(database, cashierId, clock.now())
            return shifts.length === 0 ? 'no shifts yet' : shifts.map(lineOf).join('\n')
          }),
        ),
    )
    .exitOverride()

const stepCommand = (name: string, description: string): Command =>
  withDatabaseOptions(new Command(name))
    .description(description)
    .addOption(new Option('--operator <login>', 'whose drawer it is').makeOptionMandatory())
    .addOption(
      new Option('--counted <yuan>', 'the cash that was counted').argParser(parseCounted).makeOptionMandatory(),
    )
    .option('--key <key>', 'the same key again does nothing twice (default: a new one)')

const askedBy = async ({ database, ids }: CommandContext, { operator, counted, key, note = '' }: Options) => ({
  operatorId: await operatorIdOf(database, operator),
  key: key ?? ids.uuid(),
  counted,
  reason: note,
})

const operatorIdOf = async (database: CommandContext['database'], login: string): Promise<number> => {
  const id = await operatorByLogin(database, login)
  if (id === null) throw new StartRefused(`there is no login ${login}`)
  return id
}

const fen = microYuan(10_000n)

const parseCounted = (text: string): MicroYuan => {
  const counted = parseMoney(text)
  if (counted === null || counted < 0n || counted % fen !== 0n)
    throw new InvalidArgumentError('Counted cash is at least 0 with at most two decimals, for example 0 or 312.50.')
  return counted
}

const lineOf = ({ cashier, openedAt, opening, totals, expected, closed }: ShiftView): string =>
  [
    `${new Date(openedAt).toISOString()}  ${cashier}  opened with ${formatMoney(opening)}`,
    ...totals.map(
      ({ means, payments, taken, refunded, reversed }) =>
        `  ${means}: ${String(payments)} payments ${formatMoney(taken)}, refunded ${formatMoney(refunded)}, reversed ${formatMoney(reversed)}`,
    ),
    closed === null
      ? `  open: ${formatMoney(expected)} must be in the drawer`
      : `  closed ${new Date(closed.at).toISOString()}: ${formatMoney(closed.counted)} counted of ${formatMoney(expected)}${closed.note === '' ? '' : ` (${closed.note})`}`,
  ].join('\n')
