import { localDayText } from './calendar.ts'
import type { LegalPath } from './agreement.ts'

const dayMs = 86_400_000
const minuteMs = 60_000

/** Whose rules hold for a stop on overdue bills. */
export type Jurisdiction = 'CN' | 'CN-province'
export const jurisdictions: readonly Jurisdiction[] = ['CN', 'CN-province']
export type SupplyKind = 'residential' | 'other'

/** Deadlines of the procedure for overdue bills. */
export type LegalDeadlines = Readonly<{
  /** A bill must be unpaid so long after its due day. */
  overdueDays: number
  /** The notice of a stop is delivered at least so long before it. */
  noticeDays: number
  /** Told again at least so long before it. */
  againMinutes: number
}>

type LegalRule = Readonly<{
  jurisdiction: Jurisdiction
  supply: SupplyKind
  /** In force from this local day. */
  from: string
  deadlines: LegalDeadlines
  /** The responsible head approves each list of stops. */
  approved: boolean
}>

const rule = (
  jurisdiction: Jurisdiction,
  supply: SupplyKind,
  from: string,
  [overdueDays, noticeDays, againMinutes]: readonly [number, number, number],
): LegalRule =>
  Object.freeze({
    jurisdiction,
    supply,
    from,
    approved: true,
    deadlines: Object.freeze({ overdueDays, noticeDays, againMinutes }),
  })

/**
 * The rules as data. National: 电力供应与使用条例 art. 39 (30 days overdue) and the stop procedure of 供电营业规则 (notice
 * three to seven days before, again 30 minutes before, approved by the responsible head; the text of 1996, whose successor
 * of June 2024 gets a row of its own once it has been read). Province: as one provincial regulation has it, seven days for
 * homes, three for others, again one hour before; since when was not found, so it holds for every day.
 */
const rules: readonly LegalRule[] = Object.freeze([
  rule('CN', 'residential', '1996-10-08', [30, 7, 30]),
  rule('CN', 'other', '1996-10-08', [30, 3, 30]),
  rule('CN-province', 'residential', '0000-01-01', [30, 7, 60]),
  rule('CN-province', 'other', '0000-01-01', [30, 3, 60]),
])

export type LegalBasis = Readonly<{
  path: LegalPath
  jurisdiction: Jurisdiction
  supply: SupplyKind
  /** What the agreement sets otherwise; never shorter than the rule. */
  longer?: Partial<LegalDeadlines>
}>

/** The rule in force on the local day of `now`, with what the agreement lengthens. */
const legalRuleAt = (
  { jurisdiction, supply, longer = {} }: Omit<LegalBasis, 'path'>,
  now: number,
  timeZone: string,
): Readonly<{ deadlines: LegalDeadlines; approved: boolean }> => {
  const day = localDayText(now, timeZone)
  const inForce = rules.findLast((one) => one.jurisdiction === jurisdiction && one.supply === supply && one.from <= day)
  if (inForce === undefined) throw new Error(`no rule of ${jurisdiction} for ${supply} is in force on ${day}`)
  const { deadlines, approved } = inForce
  const longest = (name: keyof LegalDeadlines): number => Math.max(deadlines[name], longer[name] ?? 0)
  return {
    approved,
    deadlines: {
      overdueDays: longest('overdueDays'),
      noticeDays: longest('noticeDays'),
      againMinutes: longest('againMinutes'),
    },
  }
}

export type LegalState = Readonly<{
  /** A stop may be prepared. */
  open: boolean
  /** When it becomes so, if nothing is paid; null when no time alone opens it. */
  opensAt: number | null
  /** Least time from the delivered notice to the stop. */
  leadMs: number
  /** Told again this long before; null: once is enough. */
  againMs: number | null
  approved: boolean
}>

/**
 * Where an account stands on its path. By agreement the path is always open, with the agreed lead; on overdue bills it
 * opens when the oldest unpaid bill is overdue for as long as the rule asks.
 */
export const legalStateOf = (
  basis: LegalBasis,
  facts: Readonly<{ overdueSince: number | null; agreedLeadMs: number; timeZone: string }>,
  now: number,
): LegalState => {
  if (basis.path === 'agreement')
    return { open: true, opensAt: null, leadMs: facts.agreedLeadMs, againMs: null, approved: false }
  const { deadlines, approved } = legalRuleAt(basis, now, facts.timeZone)
  const opensAt = facts.overdueSince === null ? null : facts.overdueSince + deadlines.overdueDays * dayMs
  return {
    open: opensAt !== null && now >= opensAt,
    opensAt,
    leadMs: Math.max(deadlines.noticeDays * dayMs, facts.agreedLeadMs),
    againMs: deadlines.againMinutes * minuteMs,
    approved,
  }
}
