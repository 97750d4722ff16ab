import type { Posting } from '../domain/ledger.ts'
import type { PaymentChannel } from '../domain/payment-channel.ts'
import { addMoney, subtractMoney, type MicroYuan } from '../domain/quantity.ts'
import { channelBalance, drawerBalance, lockDrawer, suspenseStanding } from '../store/cash.ts'
import { operate, type Asked, type MoneyContext, type Operated } from './operate.ts'

export type HandOverInput = Asked & Readonly<{ cashierId: number; counted: MicroYuan }>
export type HandedOver = Readonly<{ expected: MicroYuan; counted: MicroYuan; difference: MicroYuan }>

/** Ends a cashier's shift (交班): what was counted goes to the bank, what is missing or too much is booked as such. */
export const createHandOverCash =
  (context: MoneyContext) =>
  async ({ cashierId, counted, ...asked }: HandOverInput): Promise<Operated<HandedOver, 'amount-below-zero'>> => {
    const request = { ...asked, kind: 'hand-over-cash', accountIds: [], input: { cashierId, counted } } as const
    return operate(context, request, async ({ sql, post, now: at }) => {
      if (counted < 0n) return { ok: false, code: 'amount-below-zero' }
      await lockDrawer(sql, cashierId)
      const expected = await drawerBalance(sql, cashierId)
      await post(handOverPostings({ cashierId, expected, counted, at }))
      return { ok: true, result: { expected, counted, difference: subtractMoney(counted, expected) } }
    })
  }

type Counted = Readonly<{ cashierId: number; expected: MicroYuan; counted: MicroYuan; at: number }>

/** The difference first, so that the drawer holds what was counted when it is emptied. */
export const handOverPostings = ({ cashierId, expected, counted, at }: Counted): readonly Posting[] => {
  const base = { accountId: null, cashierId, at } as const
  const difference = subtractMoney(counted, expected)
  const postings: Posting[] = []
  if (difference > 0n) postings.push({ ...base, template: 'cash-over', amount: difference })
  if (difference < 0n) postings.push({ ...base, template: 'cash-short', amount: subtractMoney(expected, counted) })
  if (counted > 0n) postings.push({ ...base, template: 'cash-handed-over', amount: counted })
  return postings
}

export type SettleChannelInput = Asked & Readonly<{ channel: PaymentChannel; amount: MicroYuan }>

/** A channel has paid what it took to the bank, as its statement says; what is left is still to come, or a difference. */
export const createSettleChannel =
  (context: MoneyContext) =>
  async ({
    channel,
    amount,
    ...asked
  }: SettleChannelInput): Promise<Operated<{ left: MicroYuan }, 'amount-not-above-zero'>> => {
    const request = { ...asked, kind: 'settle-channel', accountIds: [], input: { channel, amount } } as const
    return operate(context, request, async ({ sql, post, now: at }) => {
      if (amount <= 0n) return { ok: false, code: 'amount-not-above-zero' }
      await post([{ template: 'channel-settled', accountId: null, channel, amount, at }])
      return { ok: true, result: { left: await channelBalance(sql, channel) } }
    })
  }

export type SuspenseInput = Asked & Readonly<{ amount: MicroYuan; channel: PaymentChannel }>

/** Keeps money that has come in while nobody knows whose it is (待查款). */
export const createTakeSuspense =
  (context: MoneyContext) =>
  async ({
    amount,
    channel,
    ...asked
  }: SuspenseInput): Promise<Operated<{ amount: MicroYuan }, 'amount-not-above-zero'>> => {
    const request = { ...asked, kind: 'suspense-in', accountIds: [], input: { amount, channel } } as const
    return operate(context, request, async ({ post, now: at }) => {
      if (amount <= 0n) return { ok: false, code: 'amount-not-above-zero' }
      await post([{ template: 'suspense-in', accountId: null, amount, channel, at }])
      return { ok: true, result: { amount } }
    })
  }

export type ResolveSuspenseInput = Asked & Readonly<{ suspenseId: string; accountId: number }>

/** Credits kept money to the account that it was meant for, whole and once. */
export const createResolveSuspense =
  (context: MoneyContext) =>
  async ({
    suspenseId,
    accountId,
    ...asked
  }: ResolveSuspenseInput): Promise<Operated<{ balance: MicroYuan }, 'unknown-payment' | 'resolved-already'>> => {
    const request = { ...asked, kind: 'resolve-suspense', accountIds: [accountId], input: { suspenseId } } as const
    return operate(context, request, async ({ sql, standing, post, now: at }) => {
      const before = standing(accountId)
      if (before.closed) return { ok: false, code: 'account-closed' }
      const kept = await suspenseStanding(sql, suspenseId)
      if (kept === null) return { ok: false, code: 'unknown-payment' }
      if (kept.resolved) return { ok: false, code: 'resolved-already' }
      const { amount, channel, transferId: refersTo } = kept
      await post([{ template: 'suspense-resolved', accountId, amount, channel, refersTo, at }])
      return { ok: true, result: { balance: addMoney(before.prepayment, amount) } }
    })
  }
