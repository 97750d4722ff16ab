import { objectionToClose } from '../domain/account.ts'
import type { PaymentChannel } from '../domain/payment-channel.ts'
import type { MicroYuan } from '../domain/quantity.ts'
import { closeAccount } from '../store/accounts.ts'
import { endAgreement } from '../store/agreements.ts'
import { lockMetersOfAccount, meterIdsOfAccount, releaseMeters, type BoundMeter } from '../store/meter-binding.ts'
import { operate, type Asked, type MoneyContext, type Operated } from './operate.ts'
import { settleReadings, type FieldReading } from './settle.ts'

export type CloseAccountInput = Asked &
  Readonly<{
    accountId: number
    /** What the meters show at the hand-over; settled before anything is returned. */
    lastReadings: readonly FieldReading[]
    /** How the rest is returned; cash comes out of the operator's drawer. */
    channel: PaymentChannel
  }>

/** Longest time between the last good reading of a meter and the closing (wall time). */
const lastReadingAgeMs = 60 * 60_000

/**
 * Closes an account (销户): settles its last readings, returns the rest of its money, ends its agreement, frees its meters
 * and closes its ledger accounts. Settling is a step of its own that a repetition does not do twice; all else is one
 * transaction.
 */
export const createCloseAccount =
  (context: MoneyContext) =>
  async ({
    accountId,
    lastReadings,
    channel,
    ...asked
  }: CloseAccountInput): Promise<Operated<{ returned: MicroYuan }, never>> => {
    const { database, ids, clock } = context
    // Only of its own meters: after the closing it has none, so a repetition settles nothing.
    const own = new Set(await meterIdsOfAccount(database, accountId))
    const readings = lastReadings.filter(({ meterId }) => own.has(meterId))
    await settleReadings(database, ids, readings, clock.now())
    const input = { channel, readings: lastReadings.map(plainReading) }
    const request = { ...asked, kind: 'close-account', accountIds: [accountId], input } as const
    return operate(context, request, async ({ sql, standing, post, now, operationId }) => {
      const meters = await lockMetersOfAccount(sql, accountId)
      const before = standing(accountId)
      const code = objectionToClose(before) ?? (meters.every(isRead(now)) ? null : 'last-reading-missing')
      if (code !== null) return { ok: false, code }
      const amount = before.prepayment
      // Before the money goes: a closed account is not warned of having none.
      await endAgreement(sql, accountId, operationId, now)
      const refund = { template: 'refund', accountId, amount, channel, cashierId: asked.operatorId, at: now } as const
      await post(amount > 0n ? [refund] : [])
      await releaseMeters(
        sql,
        meters.map(({ id }) => id),
      )
      await closeAccount(sql, accountId, now)
      return { ok: true, result: { returned: amount } }
    })
  }

const isRead =
  (now: number) =>
  ({ lastAt, held }: BoundMeter): boolean =>
    !held && lastAt !== null && now - lastAt <= lastReadingAgeMs

const plainReading = ({ meterId, at, registers }: FieldReading) => ({
  meterId,
  at,
  totalWh: registers.totalWh,
  ratesWh: [...registers.ratesWh],
})
