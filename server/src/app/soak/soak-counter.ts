import { randomUUID } from 'node:crypto'
import type { MicroYuan } from '../../domain/quantity.ts'
import { formatKwh, formatMoney, microYuan, wattHours } from '../../domain/quantity.ts'
import type { HouseProcess } from './soak-house.ts'

/** One thing that somebody asked of the server, under a key, and what he knows of it. */
export type Deed = {
  readonly kind: 'top-up' | 'energy' | 'refund'
  readonly accountId: number
  readonly key: string
  readonly amount: MicroYuan
  /** For `energy`: what was wished for. */
  readonly kwh: string | null
  /** `cut-off`: the connection ended before an answer; it may have been done. */
  outcome: 'done' | 'refused' | 'cut-off'
  /** As the server named it; empty while nothing was told. */
  id: string
}

export type Counter = Readonly<{
  /** Until the server is gone; answers everything that was asked. */ work(): Promise<readonly Deed[]>
}>

/** One person asks for so many things at most in a round. */
const deedsEach = 400
const smallestFen = 100
const largestFen = 5_000
const microPerFen = 10_000n

/** People at the counter, each asking one thing after the other as fast as answers come. */
export const createCounter = (
  house: HouseProcess,
  { random, writers, name }: Readonly<{ random: () => number; writers: number; name: string }>,
): Counter => {
  const pick = <T>(all: readonly T[]): T => {
    const found = all[Math.floor(random() * all.length)]
    if (found === undefined) throw new Error(`nothing to choose from in ${name}`)
    return found
  }
  const next = (): Deed => {
    const kind = pick(['top-up', 'top-up', 'energy', 'refund'] as const)
    const { accountId, price } = pick(house.accounts)
    const fen = BigInt(smallestFen + Math.floor(random() * (largestFen - smallestFen)))
    const amount = microYuan(fen * microPerFen)
    const base = { accountId, key: randomUUID(), outcome: 'cut-off', id: '' } as const
    if (kind !== 'energy' || price === null)
      return { ...base, kind: kind === 'energy' ? 'top-up' : kind, amount, kwh: null }
    const kwh = wattHours(BigInt(1 + Math.floor(random() * 50)) * 1_000n)
    return { ...base, kind, amount: house.priceOf(price, kwh), kwh: formatKwh(kwh) }
  }
  const person = async (asked: Deed[]): Promise<void> => {
    for (let done = 0; done < deedsEach; done += 1) {
      const deed = next()
      asked.push(deed)
      const answer = await house.ask(deed)
      if (answer.kind === 'gone') return
      deed.outcome = answer.kind === 'done' ? 'done' : answer.kind === 'refused' ? 'refused' : 'cut-off'
      if (answer.kind === 'done') deed.id = answer.id
    }
  }
  return {
    async work() {
      const asked: Deed[] = []
      await Promise.all(Array.from({ length: writers }, async () => person(asked)))
      return asked
    },
  }
}

export const yuanText = (amount: MicroYuan): string => formatMoney(amount)
