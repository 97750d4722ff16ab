import type { CreditStage } from '../../domain/credit-policy.ts'
import { microYuan } from '../../domain/quantity.ts'
import type { Pay } from '../../flow/abilities.ts'
import { loop, pause, type FlowContext } from '../../flow/process.ts'
import { accountStages } from '../../store/account-stages.ts'
import { accountNumberOf, households, type Household } from './households.ts'

const lookEveryMs = 1_000
const order: readonly CreditStage[] = [
  'normal',
  'warned-1',
  'warned-2',
  'stop-due',
  'await-approval',
  'suspended',
  'stop-notified',
  'cut-off',
]

/**
 * The demonstration's customers pay by themselves, each by habit, through the same door as everybody: a payment's key is
 * the moment its stage began, so a restart pays nothing twice.
 */
export const runCustomers = async (context: FlowContext, pay: Pay, signal: AbortSignal): Promise<void> =>
  loop(context, 'customers', signal, async () => {
    const now = context.clock.now()
    for (const { id, number, stage, since } of await accountStages(context.database)) {
      const habit = habitOf(number)
      if (
        habit === null ||
        order.indexOf(stage) < order.indexOf(habit.from) ||
        now < since + habit.afterMinutes * 60_000
      )
        continue
      const amount = microYuan(BigInt(habit.yuan) * 1_000_000n)
      await pay({ accountId: id, key: `habit ${String(since)}`, amount, channel: 'cash-counter', operatorId: null })
    }
    await pause(context.clock, lookEveryMs, signal)
  })

const habitOf = (number: string): Household['pays'] =>
  households.find((_, index) => accountNumberOf(index) === number)?.pays ?? null
