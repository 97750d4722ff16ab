import type { CreditStage, MeterRow } from '@xianfu/contract'
import { microOf } from '../../format/decimal.ts'

/** Which meters the list shows, and in which order. */
export const shows = [
  'all',
  'cut-off',
  'stop-notified',
  'warned',
  'normal',
  'relay-open',
  'relay-unknown',
  'silent',
  'offline',
  'held',
  'kept',
  'metered',
] as const
export type Show = (typeof shows)[number]

const warnedStages: ReadonlySet<CreditStage> = new Set([
  'warned-1',
  'warned-2',
  'stop-due',
  'await-approval',
  'suspended',
])

const tests: Readonly<Record<Show, (row: MeterRow) => boolean>> = Object.freeze({
  all: () => true,
  'cut-off': ({ account }) => account?.stage === 'cut-off',
  'stop-notified': ({ account }) => account?.stage === 'stop-notified',
  warned: ({ account }) => account !== null && warnedStages.has(account.stage),
  normal: ({ account }) => account?.prepaid === true && account.stage === 'normal',
  'relay-open': ({ relay }) => relay === 'open',
  'relay-unknown': ({ relay }) => relay === 'unknown',
  silent: ({ failedReads }) => failedReads > 0,
  offline: ({ gateway }) => !gateway.online,
  held: ({ lastReading }) => lastReading?.quality === 'held',
  kept: ({ keepPower }) => keepPower,
  metered: ({ account }) => account === null || !account.prepaid,
})

/** How many meters each choice would show. */
export const countShown = (rows: readonly MeterRow[]): Readonly<Record<Show, number>> => {
  const counts = Object.fromEntries(shows.map((show) => [show, 0])) as Record<Show, number>
  for (const row of rows) for (const show of shows) if (tests[show](row)) counts[show] += 1
  return counts
}

const textsOf = ({ place, address, account, gateway }: MeterRow): readonly string[] => [
  place,
  address,
  account?.customerName ?? '',
  account?.number ?? '',
  gateway.code,
]

/** The rows of a choice in which every word that was typed is found somewhere. */
export const filterMeters = (rows: readonly MeterRow[], show: Show, search: string): readonly MeterRow[] => {
  const words = search
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '')
  return rows.filter((row) => {
    if (!tests[show](row)) return false
    const text = textsOf(row).join('\n').toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

const severity: Readonly<Record<CreditStage, number>> = Object.freeze({
  'cut-off': 0,
  'stop-notified': 1,
  'await-approval': 2,
  'stop-due': 3,
  suspended: 4,
  'warned-2': 5,
  'warned-1': 6,
  normal: 7,
})
const withoutAgreement = 8

export type Column = 'urgency' | 'place' | 'customer' | 'balance' | 'reading' | 'power' | 'gateway'
export type Sorting = Readonly<{ column: Column; descending: boolean }>
export const byUrgency: Sorting = Object.freeze({ column: 'urgency', descending: false })

const names = new Intl.Collator('zh-CN', { numeric: true })
const compareNumbers = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)
const balanceOf = ({ account }: MeterRow): bigint => microOf(account?.balance ?? '0')
const urgencyOf = ({ account }: MeterRow): number =>
  account === null || !account.prepaid ? withoutAgreement : severity[account.stage]

const comparers: Readonly<Record<Column, (a: MeterRow, b: MeterRow) => number>> = Object.freeze({
  /** Without supply first, then the nearest to it; of equals the one that does not answer, then the poorer. */
  urgency: (a, b) =>
    urgencyOf(a) - urgencyOf(b) ||
    Number(b.failedReads > 0) - Number(a.failedReads > 0) ||
    compareNumbers(balanceOf(a), balanceOf(b)),
  place: (a, b) => names.compare(a.place, b.place),
  customer: (a, b) => names.compare(a.account?.customerName ?? '', b.account?.customerName ?? ''),
  balance: (a, b) => compareNumbers(balanceOf(a), balanceOf(b)),
  reading: (a, b) => (a.lastReading?.at ?? 0) - (b.lastReading?.at ?? 0),
  power: (a, b) => compareNumbers(BigInt(a.powerMilliwatts ?? '0'), BigInt(b.powerMilliwatts ?? '0')),
  gateway: (a, b) => names.compare(a.gateway.code, b.gateway.code),
})

/** The rows in order; equals stand by place and id, so that a row does not jump while figures change. */
export const sortMeters = (rows: readonly MeterRow[], { column, descending }: Sorting): readonly MeterRow[] => {
  const compare = comparers[column]
  const sign = descending ? -1 : 1
  return rows.toSorted((a, b) => sign * compare(a, b) || names.compare(a.place, b.place) || a.id - b.id)
}
