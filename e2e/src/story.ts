import { randomUUID } from 'node:crypto'
import { listCommands, listMeters, topUp, type CommandDetail, type MeterRow, type ResponseOf } from '@xianfu/contract'
import { until, type RunningServer } from './running-server.ts'

/** The metering point of the demonstration whose money runs out first and whose customer never pays alone. */
const storyPlace = '工坊 3'

/** The steps of the circle, for whoever plays it. */
export const storyMeter = async ({
  call,
}: RunningServer): Promise<MeterRow & { account: NonNullable<MeterRow['account']> }> => {
  const { meters } = await call(listMeters)
  const meter = meters.find(({ place }) => place === storyPlace)
  if (meter?.account === null || meter === undefined) throw new Error(`there is no ${storyPlace} with an account`)
  return { ...meter, account: meter.account }
}

export const commandsOf = async ({ call }: RunningServer, meterId: number): Promise<readonly CommandDetail[]> =>
  (await call(listCommands, { params: { id: meterId } })).commands

/** The newest command of a kind, once it is in one of these states; earlier ones are named by their ids. */
export const untilCommand = async (
  server: RunningServer,
  meterId: number,
  wanted: Readonly<{
    kind: CommandDetail['kind']
    states: readonly CommandDetail['state'][]
    not?: ReadonlySet<string>
  }>,
  withinMs: number,
): Promise<CommandDetail> =>
  until(
    `${wanted.kind} ${wanted.states.join('/')}`,
    async () =>
      (await commandsOf(server, meterId)).find(
        ({ id, kind, state }) => kind === wanted.kind && wanted.states.includes(state) && wanted.not?.has(id) !== true,
      ),
    withinMs,
  )

/** Pays as much as brings the balance to `yuan`, rounded up to a whole yuan. */
export const payUpTo = async (server: RunningServer, yuan: number): Promise<ResponseOf<typeof topUp>> => {
  const { account } = await storyMeter(server)
  const amount = String(Math.max(1, Math.ceil(yuan - Number(account.balance))))
  return server.call(topUp, { params: { id: account.id }, body: { key: randomUUID(), amount } })
}
