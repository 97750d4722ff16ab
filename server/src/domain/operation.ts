/** What a person or a program asks of the ledger: each is done once per key, and leaves one row and one audit entry. */
export type OperationKind =
  | 'payment'
  | 'open-account'
  | 'close-account'
  | 'refund'
  | 'refund-paid'
  | 'transfer'
  | 'freeze'
  | 'unfreeze'
  | 'collect-debt'
  | 'write-off'
  | 'fee'
  | 'reverse'
  | 'move-payment'
  | 'sign-agreement'
  | 'buy-for-meter'
  | 'settle-purchase'
  | 'return-purse'
  | 'accept-purse'
  | 'settle-channel'
  | 'open-shift'
  | 'close-shift'
  | 'hand-over-cash'
  | 'suspense-in'
  | 'resolve-suspense'
  | 'compensate'

/** Plain data of an input or a result; money is bigint here and text in the database. */
export type Plain = string | number | bigint | boolean | null | readonly Plain[] | Readonly<{ [name: string]: Plain }>

/** One text for one meaning: names in order, no blanks, money as `123n`. It is what the input's hash is made of. */
export const canonicalText = (value: Plain): string => {
  if (typeof value === 'bigint') return `"${value.toString()}n"`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (isList(value)) return `[${value.map(canonicalText).join(',')}]`
  const names = Object.keys(value).sort()
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonicalText(value[name] ?? null)}`).join(',')}}`
}

const isList = (value: Plain): value is readonly Plain[] => Array.isArray(value)

const moneyText = /^-?\d+n$/u

/** Back from what {@link canonicalText} wrote, read by JSON. */
export const revive = (value: unknown): Plain => {
  if (typeof value === 'string') return moneyText.test(value) ? BigInt(value.slice(0, -1)) : value
  if (Array.isArray(value)) return value.map(revive)
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, revive(part)]))
  return value as number | boolean | null
}
