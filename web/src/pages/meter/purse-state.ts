import type { MeterPurchase, MeterPurse } from '@xianfu/contract'
import { microOf } from '../../format/decimal.ts'

/** On its way, or waiting for a person. */
export const isOpen = ({ state }: Pick<MeterPurchase, 'state'>): boolean =>
  state === 'waiting' || state === 'written' || state === 'disputed'

/** One purchase at a time, none while the count is in question, and only with money on the account. */
export const canBuy = ({ mode, dispute, purchases, available }: MeterPurse): boolean =>
  mode === 'local' && dispute === null && !purchases.some(isOpen) && microOf(available) >= fen

const fen = 10_000n

const tones = {
  waiting: 'default',
  written: 'processing',
  posted: 'success',
  voided: 'warning',
  expired: 'warning',
  disputed: 'error',
} as const
export const purchaseTone = ({ state }: Pick<MeterPurchase, 'state'>): (typeof tones)[MeterPurchase['state']] =>
  tones[state]

const least = (amounts: readonly bigint[]): bigint => amounts.reduce((a, b) => (b < a ? b : a))

/** The most that can be bought now, in whole fen: what the account has, and what the purse may still take. */
export const mostToBuy = ({ available, hoardLimit, shown, booked }: MeterPurse): bigint => {
  const room = hoardLimit === null ? [] : [microOf(hoardLimit) - microOf(shown?.balance ?? booked)]
  const most = least([microOf(available), ...room])
  return most < 0n ? 0n : (most / fen) * fen
}
