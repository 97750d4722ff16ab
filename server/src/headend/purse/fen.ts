import { fen } from '../../domain/meter-purchase.ts'
import { microYuan, type MicroYuan } from '../../domain/quantity.ts'

/** The most that a purse can hold: 999 999.99 yuan. */
export const mostFen = 99_999_999

export const moneyOf = (wholeFen: number): MicroYuan => microYuan(BigInt(wholeFen) * fen)

/** Null for what no purse can take in one purchase: parts of a fen, nothing, or more than it holds. */
export const fenOf = (amount: MicroYuan): number | null => {
  const wholeFen = Number(amount / fen)
  return amount % fen === 0n && wholeFen > 0 && wholeFen <= mostFen ? wholeFen : null
}
