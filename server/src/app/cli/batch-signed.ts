import {
  approveBatch,
  batchKind,
  creditStage,
  listBatches,
  listSites,
  parameterName,
  previewBatch,
  readBatch,
  refuseBatch,
  requestBatch,
  RequestError,
  stopBatch,
  type BatchKind,
  type BatchSelection,
  type CreditStage,
  type Parameter,
} from '@xianfu/contract'
import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { uuidv7 } from 'uuidv7'
import { lineOfBatch, lineOfMeter, linesOfBatch } from './batch-lines.ts'
import { atDesk, confirmed, type Desk } from './desk.ts'
import { calledWrongly, cannotBeDone } from './refusal.ts'
import { signedIn, withSignIn, type AtWork, type SignInFlags } from './signed-in.ts'

/**
 * What two persons do with a batch, from a terminal: each is signed in by a login of their own, so that the rules of the
 * console hold here as well.
 */
type Deed = SignInFlags & Readonly<{ reason: string; yes: boolean }>
type RequestFlags = Deed &
  Readonly<{
    site?: string
    place?: string
    name?: readonly string[]
    stage?: CreditStage
    override: boolean
    parameter?: readonly Parameter[]
    key?: string
  }>

const withReason = (command: Command): Command =>
  withSignIn(command)
    .requiredOption('--reason <text>', 'why; the other person and the audit log read it')
    .option('--yes', 'do not ask before it is done', false)

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/u

const idOf = (text: string): string => {
  if (!uuidPattern.test(text)) throw new InvalidArgumentError('Batches are named as "xianfu batch list" shows them.')
  return text
}

const several = (text: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== ''),
]

const parameterOf = (text: string, before: readonly Parameter[] = []): readonly Parameter[] => {
  const [name = '', ...value] = text.split('=')
  const item = parameterName.safeParse(name)
  if (!item.success || value.length === 0)
    throw new InvalidArgumentError(`Write ITEM=VALUE with one of ${parameterName.options.join(', ')}.`)
  return [...before, { item: item.data, value: value.join('=') }]
}

export const signedBatchCommands = (openDesk: () => Desk): readonly Command[] => {
  const run = async (flags: SignInFlags, work: (at: AtWork) => Promise<void>): Promise<void> => {
    const desk = openDesk()
    process.exitCode = await atDesk(desk, async () => signedIn(flags, desk, work))
  }
  const id = new Argument('<id>', 'of the batch, as the list shows it').argParser(idOf)
  return [
    withReason(new Command('request'))
      .description('ask for a batch: shows whom it concerns, then waits for a second person')
      .addArgument(new Argument('<kind>', 'what to order').choices(batchKind.options))
      .option('--site <name>', 'meters of this site')
      .option('--place <prefix>', 'whose place begins so, as "3-" for building 3')
      .option('--name <names>', 'places, meter or account numbers, by commas or said again', several)
      .addOption(new Option('--stage <stage>', 'whose account is there').choices(creditStage.options))
      .option('--override', 'whatever the balance; the second person has to confirm it', false)
      .option('--parameter <item=value>', 'of write-parameters: what is written; may be said again', parameterOf)
      .option(
        '--key <uuid>',
        'the same again, when the answer was lost: one batch, however often it is asked for',
        idOf,
      )
      .action(async (kind: BatchKind, flags: RequestFlags) => run(flags, async (at) => request(at, kind, flags))),
    withReason(new Command('approve'))
      .description('let a batch go, as the second person; shows every meter first')
      .addArgument(id)
      .option('--override-seen', 'of a batch that overrides balances: they were looked at', false)
      .action(async (batch: string, flags: Deed & Readonly<{ overrideSeen: boolean }>) =>
        run(flags, async (at) => approve(at, batch, flags)),
      ),
    withReason(new Command('reject'))
      .description('refuse a batch that somebody else has asked for; nothing of it is sent')
      .addArgument(id)
      .action(async (batch: string, flags: Deed) => run(flags, async (at) => reject(at, batch, flags))),
    withReason(new Command('cancel'))
      .description('withdraw your own batch while it waits, or stop one that runs: what was not sent is cancelled')
      .addArgument(id)
      .action(async (batch: string, flags: Deed) => run(flags, async (at) => cancel(at, batch, flags))),
  ]
}

const request = async (at: AtWork, kind: BatchKind, flags: RequestFlags): Promise<void> => {
  const { desk, call } = at
  const { override, parameter = [], reason } = flags
  const order = { kind, selection: await selectionOf(at, flags), override, parameters: [...parameter] }
  const seen = await call(previewBatch, { body: order })
  for (const meter of seen.meters) desk.print(lineOfMeter(meter))
  desk.print(`${String(seen.included)} meters, ${String(seen.leftOut)} left out`)
  if (seen.included === 0) throw cannotBeDone('nobody would be concerned; nothing was asked for')
  const what = override ? `${kind} whatever the balance` : kind
  if (!(await confirmed(desk, flags.yes, `Ask for ${what} of ${String(seen.included)} meters?`)))
    throw cannotBeDone('nothing was asked for')
  const key = flags.key ?? uuidv7()
  const asked = await call(requestBatch, { body: { ...order, key, reason } }).catch((error: unknown) => {
    const isLost = error instanceof RequestError && error.problem === null
    if (isLost) desk.complain(`perhaps it was asked for: say the same again with --key ${key}, and it stays one batch`)
    throw error
  })
  desk.print(asked.id)
  desk.print(
    seen.approval === 'none'
      ? 'it runs; this kind needs no second person'
      : `it waits for a second person: xianfu batch approve ${asked.id} --operator THEIR-LOGIN --reason WHY`,
  )
}

const selectionOf = async ({ call }: AtWork, { site, place, name, stage }: RequestFlags): Promise<BatchSelection> => {
  const selection = {
    ...(site === undefined ? {} : { siteId: await siteIdOf(call, site) }),
    ...(place === undefined ? {} : { placePrefix: place }),
    ...(name === undefined ? {} : { names: [...name] }),
    ...(stage === undefined ? {} : { stage }),
  }
  if (Object.keys(selection).length === 0)
    throw calledWrongly('say which meters: --site, --place, --name or --stage; saying nothing selects nobody')
  return selection
}

const siteIdOf = async (call: AtWork['call'], name: string): Promise<number> => {
  const { sites } = await call(listSites)
  const found = sites.filter((site) => site.name === name)
  const [one] = found
  if (one === undefined || found.length > 1)
    throw cannotBeDone(`there is no site ${name}; there are ${sites.map((site) => site.name).join(', ')}`)
  return one.id
}

const approve = async (at: AtWork, id: string, flags: Deed & Readonly<{ overrideSeen: boolean }>): Promise<void> => {
  const { call, desk, password } = at
  const { items, ...batch } = await call(readBatch, { params: { id } })
  desk.print(lineOfBatch(batch))
  for (const { seen } of items) desk.print(lineOfMeter(seen))
  if (batch.override && !flags.overrideSeen)
    throw cannotBeDone('this batch is whatever the balance: look at the balances above, then say --override-seen')
  if (!(await confirmed(desk, flags.yes, `Let ${batch.kind} of ${String(items.length)} meters go?`)))
    throw cannotBeDone('it was not approved, and waits')
  const { reason, overrideSeen } = flags
  await call(approveBatch, { params: { id }, body: { reason, password, overrideSeen } })
  desk.print(`approved; xianfu batch show ${id} follows it`)
}

const reject = async ({ call, desk, login }: AtWork, id: string, { reason, yes }: Deed): Promise<void> => {
  const { items: _, ...batch } = await call(readBatch, { params: { id } })
  desk.print(lineOfBatch(batch))
  if (batch.requestedBy.login === login)
    throw cannotBeDone(`you have asked for it yourself: xianfu batch cancel ${id} withdraws it`)
  if (!(await confirmed(desk, yes, 'Refuse it?'))) throw cannotBeDone('it was not refused, and waits')
  await call(refuseBatch, { params: { id }, body: { reason } })
  desk.print('refused; nothing of it was sent')
}

const cancel = async ({ call, desk, login }: AtWork, id: string, { reason, yes }: Deed): Promise<void> => {
  const { items: _, ...batch } = await call(readBatch, { params: { id } })
  desk.print(lineOfBatch(batch))
  const isWaiting = batch.state === 'waiting'
  if (isWaiting && batch.requestedBy.login !== login)
    throw cannotBeDone(`${batch.requestedBy.login} has asked for it: xianfu batch reject ${id} refuses it`)
  if (!(await confirmed(desk, yes, isWaiting ? 'Withdraw it?' : 'Stop it?'))) throw cannotBeDone('nothing was changed')
  if (isWaiting) {
    await call(refuseBatch, { params: { id }, body: { reason } })
    desk.print('withdrawn; nothing of it was sent')
    return
  }
  const { cancelled } = await call(stopBatch, { params: { id }, body: { reason } })
  desk.print(`stopped; ${String(cancelled)} queued commands were cancelled`)
}

/** The list, and one batch, of a server elsewhere. */
export const listSigned = async ({ call, desk }: AtWork): Promise<void> => {
  const { batches } = await call(listBatches)
  desk.print(batches.length === 0 ? 'there is no batch' : batches.map(lineOfBatch).join('\n'))
}

export const showSigned = async ({ call, desk }: AtWork, id: string): Promise<void> => {
  const { items, ...batch } = await call(readBatch, { params: { id } })
  desk.print(linesOfBatch(batch, items).join('\n'))
}
