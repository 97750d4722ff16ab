import { addMoney, subtractMoney, zeroMoney, type MicroYuan } from './quantity.ts'

/**
 * Our payments of one channel against the channel's own file (对账). Both sides are compared by the reference that the
 * channel was given: the payment's id or its key.
 */
export type OurPayment = Readonly<{
  paymentId: string
  key: string
  account: string
  accountId: number
  at: number
  amount: MicroYuan
  reversed: boolean
  /** Outside the span it may explain one of their rows, but is not missed when they do not have it. */
  inSpan: boolean
}>

export type TheirRow = Readonly<{
  /** In the file, from 1. */
  line: number
  reference: string
  /** Below zero: given back by the channel. */
  amount: MicroYuan
  at: string | null
}>

export type ChannelDifference = Readonly<{
  kind: 'only-ours' | 'only-theirs' | 'different-amount' | 'duplicate-theirs' | 'duplicate-ours'
  reference: string
  ours: Readonly<{ paymentId: string; account: string; accountId: number; amount: MicroYuan }> | null
  theirs: Readonly<{ lines: readonly number[]; amount: MicroYuan; at: string | null }> | null
}>

export type ChannelComparison = Readonly<{
  matched: number
  matchedAmount: MicroYuan
  ours: Readonly<{ count: number; amount: MicroYuan }>
  theirs: Readonly<{ count: number; amount: MicroYuan }>
  differences: readonly ChannelDifference[]
}>

export const compareChannel = (ours: readonly OurPayment[], theirs: readonly TheirRow[]): ChannelComparison => {
  const byReference = groupBy(theirs, ({ reference }) => reference)
  const paired = new Map<string, OurPayment[]>()
  const unpaired: OurPayment[] = []
  for (const payment of ours) {
    const reference = [payment.paymentId, payment.key].find((name) => byReference.has(name))
    if (reference === undefined) unpaired.push(payment)
    else paired.set(reference, [...(paired.get(reference) ?? []), payment])
  }
  const outcomes = [...byReference].map(([reference, rows]) => compareOne(reference, rows, paired.get(reference) ?? []))
  const missing = unpaired
    .filter(({ inSpan, reversed }) => inSpan && !reversed)
    .map((payment): ChannelDifference => {
      return { kind: 'only-ours', reference: payment.paymentId, ours: oursOf(payment), theirs: null }
    })
  const matched = outcomes.flatMap(({ matched: amount }) => (amount === null ? [] : [amount]))
  const counted = ours.filter(({ inSpan }) => inSpan)
  return {
    matched: matched.length,
    matchedAmount: sum(matched),
    ours: { count: counted.length, amount: sum(counted.map(netOf)) },
    theirs: { count: theirs.length, amount: sum(theirs.map(({ amount }) => amount)) },
    differences: [...outcomes.flatMap(({ differences }) => differences), ...missing],
  }
}

type Outcome = Readonly<{ matched: MicroYuan | null; differences: readonly ChannelDifference[] }>

/** All that both sides have under one reference; a refund row takes back what it refers to. */
const compareOne = (reference: string, rows: readonly TheirRow[], payments: readonly OurPayment[]): Outcome => {
  const paid = rows.filter(({ amount }) => amount > 0n)
  const [payment, ...further] = payments
  const doubled = paid.length > 1 ? [{ ...base('duplicate-theirs', reference, payment), theirs: theirsOf(paid) }] : []
  const twice = further.map((one) => ({ ...base('duplicate-ours', reference, one), theirs: theirsOf(rows) }))
  if (payment === undefined)
    return { matched: null, differences: [...doubled, { ...base('only-theirs', reference), theirs: theirsOf(rows) }] }
  // Of a row that is there twice the second is its own difference: the first may still be right.
  const theirNet = sum([
    ...paid.slice(0, 1).map(({ amount }) => amount),
    ...rows.flatMap(({ amount }) => (amount <= 0n ? [amount] : [])),
  ])
  const same = theirNet === netOf(payment)
  const wrong = same ? [] : [{ ...base('different-amount', reference, payment), theirs: theirsOf(rows) }]
  return { matched: same ? theirNet : null, differences: [...doubled, ...twice, ...wrong] }
}

const base = (kind: ChannelDifference['kind'], reference: string, payment?: OurPayment) => ({
  kind,
  reference,
  ours: payment === undefined ? null : oursOf(payment),
})

const oursOf = ({ paymentId, account, accountId, amount }: OurPayment): NonNullable<ChannelDifference['ours']> => ({
  paymentId,
  account,
  accountId,
  amount,
})

const theirsOf = (rows: readonly TheirRow[]): NonNullable<ChannelDifference['theirs']> => ({
  lines: rows.map(({ line }) => line),
  amount: sum(rows.map(({ amount }) => amount)),
  at: rows[0]?.at ?? null,
})

const netOf = ({ amount, reversed }: OurPayment): MicroYuan => (reversed ? subtractMoney(amount, amount) : amount)
const sum = (amounts: readonly MicroYuan[]): MicroYuan => amounts.reduce(addMoney, zeroMoney)

const groupBy = <T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> => {
  const groups = new Map<string, T[]>()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}
