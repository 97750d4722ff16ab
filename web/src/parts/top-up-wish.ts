import { buyDays, buyKwh, paymentText, type PurchaseWish } from '@xianfu/contract'

/** By what one says how much one wants to buy. */
export const buyingKinds = ['amount', 'energy', 'time'] as const
export type BuyingKind = (typeof buyingKinds)[number]

/** What the server is asked for; null while what is typed is no such number. */
export type Wanted = Readonly<{ kind: BuyingKind; value: string }>

export const isWanted = ({ kind, value }: Wanted): boolean => {
  if (value === '') return false
  if (kind === 'amount') return paymentText.safeParse(value).success
  return kind === 'energy'
    ? buyKwh.safeParse(value).success
    : /^\d{1,4}$/u.test(value) && buyDays.safeParse(value).success
}

export const quoteQuery = ({ kind, value }: Wanted): { amount?: string; kwh?: string; days?: number } =>
  kind === 'amount' ? { amount: value } : kind === 'energy' ? { kwh: value } : { days: Number(value) }

/** What is told with the payment; nothing when it was asked for by amount. */
export const wishOf = ({ kind, value }: Wanted): PurchaseWish | null =>
  kind === 'amount' ? null : kind === 'energy' ? { kind, kwh: value } : { kind, days: Number(value) }
