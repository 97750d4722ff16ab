import { microYuan, type MicroYuan } from '../quantity.ts'

/** So many yuan; at most six decimal places mean something. */
export const yuan = (amount: number): MicroYuan => microYuan(BigInt(Math.round(amount * 1_000_000)))
