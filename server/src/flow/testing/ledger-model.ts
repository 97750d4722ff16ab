import { microYuan, type MicroYuan } from '../../domain/quantity.ts'

/**
 * What the ledger should do, written a second time and as plainly as can be: a map of balances, and effects that are added
 * to it. Nothing here is shared with the program but the names of refusals.
 */
export type Effect = Readonly<Record<string, bigint>>
export type Order = Readonly<
  | { kind: 'pay'; account: number; amount: bigint; cash: boolean }
  | { kind: 'refund'; account: number; amount: bigint; cash: boolean }
  | { kind: 'transfer'; account: number; to: number; amount: bigint }
  | { kind: 'freeze' | 'unfreeze' | 'fee' | 'write-off'; account: number; amount: bigint }
  | { kind: 'reverse'; of: number }
  | { kind: 'repeat'; of: number }
>

export type Done = { order: Order; effect: Effect; reversed: boolean }

export class LedgerModel {
  readonly #balances = new Map<string, bigint>()
  readonly done: Done[] = []

  balance(name: string): MicroYuan {
    return microYuan(this.#balances.get(name) ?? 0n)
  }

  /** The refusal expected for an order, or the effect that it must have; nothing is changed yet. */
  expect(order: Order): Readonly<{ ok: true; effect: Effect } | { ok: false; code: string }> {
    if (order.kind === 'reverse') return this.#expectReversal(order.of)
    if (order.kind === 'repeat') return { ok: true, effect: {} }
    const { account, amount } = order
    const [own, frozen] = [`prepayment ${String(account)}`, `frozen ${String(account)}`]
    const tooMuch = amount > this.balance(own)
    const refused = (code: string) => ({ ok: false, code }) as const
    const does = (effect: Effect) =>
      (this.#overdraws(effect) ? refused('would-overdraw') : { ok: true, effect }) as never
    switch (order.kind) {
      case 'pay':
        return does({ [own]: amount, [order.cash ? 'drawer' : 'channel']: amount })
      case 'refund':
        if (tooMuch) return refused('not-enough-money')
        return does({ [own]: -amount, ...(order.cash ? { drawer: -amount } : { payable: amount }) })
      case 'transfer':
        if (order.to === account) return refused('same-account')
        if (tooMuch) return refused('not-enough-money')
        return does({ [own]: -amount, [`prepayment ${String(order.to)}`]: amount })
      case 'freeze':
        return tooMuch ? refused('not-enough-money') : does({ [own]: -amount, [frozen]: amount })
      case 'unfreeze':
        return amount > this.balance(frozen)
          ? refused('not-so-much-frozen')
          : does({ [own]: amount, [frozen]: -amount })
      case 'fee':
        return does({ [own]: -amount, fees: amount })
      case 'write-off':
        return amount > -(this.balance(own) as bigint)
          ? refused('not-so-much-owed')
          : does({ [own]: amount, lost: amount })
    }
  }

  #expectReversal(of: number): ReturnType<LedgerModel['expect']> {
    const target = this.done[of]
    if (target === undefined) return { ok: false, code: 'unknown-operation' }
    if (target.reversed) return { ok: false, code: 'reversed-already' }
    const effect = Object.fromEntries(Object.entries(target.effect).map(([name, amount]) => [name, -amount]))
    return this.#overdraws(effect) ? { ok: false, code: 'would-overdraw' } : { ok: true, effect }
  }

  /** Adds the effect of what was done. */
  apply(order: Order, effect: Effect): void {
    for (const [name, amount] of Object.entries(effect)) this.#balances.set(name, this.balance(name) + amount)
    if (order.kind === 'repeat') return
    const target = order.kind === 'reverse' ? this.done[order.of] : undefined
    if (target !== undefined) target.reversed = true
    this.done.push({ order, effect, reversed: false })
  }

  #overdraws(effect: Effect): boolean {
    return Object.entries(effect).some(
      ([name, amount]) => /^(frozen|drawer|payable)/u.test(name) && amount < 0n && this.balance(name) + amount < 0n,
    )
  }

  /** Of all accounts of a name that begins so. */
  sum(prefix: string): bigint {
    return [...this.#balances].reduce((sum, [name, amount]) => (name.startsWith(prefix) ? sum + amount : sum), 0n)
  }
}
