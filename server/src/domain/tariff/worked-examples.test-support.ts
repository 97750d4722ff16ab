import {
  formatMoney,
  microYuan,
  parseKwh,
  parseMoney,
  roundAmount,
  sumAmounts,
  wattHours,
  type MicroYuan,
  type WattHours,
} from '../quantity.ts'
import { closeStatement } from './statement.ts'
import { compileTariff } from './compile-tariff.ts'
import { parseDay } from './day-number.ts'
import { quietPeriod, type PeriodToDate } from './period-to-date.ts'
import { readContract } from './read-contract.ts'
import { readPlan } from './read-plan.ts'

/**
 * Every worked example by its number. They are tables of the trade (exam questions, published bills, rules) or made for
 * this project; their prices are inputs, never defaults.
 */

export const kwh = (text: string): WattHours => parseKwh(text) ?? wattHours(-1n)
export const yuan = (text: string): MicroYuan => parseMoney(text) ?? microYuan(-1n)
export const day = (text: string): number => parseDay(text) ?? Number.NaN
export const june = {
  from: day('2024-06-01'),
  to: day('2024-07-01'),
  monthStart: day('2024-06-01'),
  monthEnd: day('2024-07-01'),
}
export const fen = microYuan(10_000n)

const basics = { code: 'EX', version: 1, validFrom: '2020-01-01' }

export const tariff = (plan: object, contract: object = {}) => {
  const [readP, readC] = [readPlan({ ...basics, ...plan }), readContract(contract)]
  if (!readP.ok || !readC.ok) throw new Error(JSON.stringify([readP, readC]))
  return compileTariff(readP.value, readC.value)
}

export type Bill = Readonly<{ lines: Readonly<Record<string, string>>; total: string; unroundedTotal: string }>

export const bill = (
  plan: object,
  parts: readonly string[],
  facts: Partial<PeriodToDate> = {},
  contract: object = {},
): Bill => {
  const compiled = tariff(plan, contract)
  const { lines } = compiled.rate({ ...quietPeriod(june, parts.map(kwh)), ...facts })
  const statement = closeStatement(lines, microYuan(0n), compiled.plan)
  return {
    lines: Object.fromEntries(statement.lines.map(({ line, amount }) => [line.code, formatMoney(amount)])),
    total: formatMoney(statement.total),
    unroundedTotal: formatMoney(roundAmount(sumAmounts(lines.map(({ exact }) => exact)), 'half-up', microYuan(1n))),
  }
}

export const flat = (price: string) => ({ energy: { kind: 'flat', price } })
export const annual = {
  ...flat('0.538'),
  ladder: { scope: 'year', limits: ['2760', '4800'], adders: ['0.05', '0.30'] },
}
export const touPrices = ['1.2863', '0.8998', '0.7244', '0.3658']
