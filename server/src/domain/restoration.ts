import { microYuan, type MicroYuan } from './quantity.ts'

/**
 * Supply given back: the case from the payment to the proven close, its limits, and what is paid when it took too long.
 * Deadlines of people (button, field order) are wall time; the clock from payment to power is machine time.
 */

const minuteMs = 60_000

/** Who must press the button is reminded after this, once; waiting for them is no fault (fee-control practice). */
export const remindOfButtonAfterMs = 120 * minuteMs
/** The attempts at 0, 1, 5, 15 and 30 minutes are over, whatever kept them: a person must go there. */
export const fieldOrderAfterMs = 31 * minuteMs

/** What is paid for supply that came back late: of a site or of the installation. */
export type CompensationRule = Readonly<{
  /** Machine time from the payment to power that is still free of charge. */
  afterSeconds: number
  /** Paid once, … */
  amount: MicroYuan
  /** … and for each further hour that has begun, … */
  perHour: MicroYuan
  /** … but never more in one case. */
  most: MicroYuan
}>

const hourSeconds = 3_600

/** What is owed for a case that took so long; zero when it was in time. */
export const compensationFor = (rule: CompensationRule, tookMs: number): MicroYuan => {
  const lateSeconds = tookMs / 1_000 - rule.afterSeconds
  if (lateSeconds <= 0) return microYuan(0n)
  const furtherHours = BigInt(Math.ceil(lateSeconds / hourSeconds) - 1)
  const owed = rule.amount + rule.perHour * furtherHours
  return microYuan(owed > rule.most ? rule.most : owed)
}

/** What is kept of a rule; null for what can not be one. */
export const readCompensationRule = (value: unknown): CompensationRule | null => {
  if (typeof value !== 'object' || value === null) return null
  const { afterSeconds, amount, perHour, most } = value as Readonly<Record<string, unknown>>
  const money = [amount, perHour, most].map((text) =>
    typeof text === 'string' && /^\d{1,15}$/u.test(text) ? microYuan(BigInt(text)) : null,
  )
  const [once, hourly, limit] = money
  if (once == null || hourly == null || limit == null || typeof afterSeconds !== 'number') return null
  if (!Number.isInteger(afterSeconds) || afterSeconds < 1 || once > limit) return null
  return { afterSeconds, amount: once, perHour: hourly, most: limit }
}

/** As it is kept: money as text in micro-yuan; back by {@link readCompensationRule}. */
export const documentOfRule = ({ afterSeconds, amount, perHour, most }: CompensationRule) => ({
  afterSeconds,
  amount: amount.toString(),
  perHour: perHour.toString(),
  most: most.toString(),
})
