export type CounterSearch = Readonly<{ account?: number }>

/** What the address says of this page; anything else in it is ignored. */
export const counterSearchOf = (search: Readonly<Record<string, unknown>>): CounterSearch => {
  const account = Number(search['account'])
  return Number.isSafeInteger(account) && account > 0 ? { account } : {}
}
