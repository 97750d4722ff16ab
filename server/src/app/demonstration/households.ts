import type { CreditStage } from '../../domain/credit-policy.ts'

/**
 * The demonstration's people and meters, described once: the archive and the virtual village are both made of this
 * table, so they cannot disagree. Nobody in it exists; the telephone numbers belong to no network.
 */
export type Household = Readonly<{
  gateway: 'GW-01' | 'GW-02' | 'GW-03'
  place: string
  customer: string
  language: 'zh' | 'en'
  plan: 'flat' | 'four-rate'
  /** Real half-hourly load (year 2013) and by how much it is multiplied. */
  load: Readonly<{ household: 'H06414' | 'H17936' | 'H18250'; scale: number }>
  /** A steady load on top, W. */
  constantWatts: number
  /** Yuan paid when the agreement was signed; null: metered, but not on prepayment. */
  opening: number | null
  protected: boolean
  /** From which stage on the customer pays by themselves, after how many minutes, how many yuan. */
  pays: Readonly<{ from: CreditStage; afterMinutes: number; yuan: number }> | null
}>

const home = (place: string, load: Household['load'], opening: number, rest: Partial<Household> = {}): Household => ({
  gateway: place.startsWith('1-') ? 'GW-01' : 'GW-02',
  place,
  customer: `${place} 住户`,
  language: 'zh',
  plan: 'flat',
  load,
  constantWatts: 0,
  opening,
  protected: false,
  pays: { from: 'warned-2', afterMinutes: 90, yuan: 20 },
  ...rest,
})

const business = (
  place: string,
  customer: string,
  opening: number | null,
  rest: Partial<Household> = {},
): Household => ({
  ...home(place, { household: 'H06414', scale: 2 }, 0),
  gateway: 'GW-03',
  customer,
  plan: 'four-rate',
  opening,
  ...rest,
})

/** Whose money runs out within the first minute, and who waits for the viewer to pay. */
export const storyPlace = '工坊 3'

export const households: readonly Household[] = [
  home('1-101', { household: 'H06414', scale: 1.5 }, 46),
  home('1-102', { household: 'H17936', scale: 1 }, 18),
  home('1-103', { household: 'H18250', scale: 1.2 }, 12, { pays: { from: 'warned-1', afterMinutes: 45, yuan: 50 } }),
  home('1-104', { household: 'H06414', scale: 2.2 }, 30, { language: 'en', customer: 'Flat 1-104', plan: 'four-rate' }),
  home('2-101', { household: 'H18250', scale: 1 }, 68),
  home('2-102', { household: 'H17936', scale: 2 }, 9, { plan: 'four-rate' }),
  home('2-103', { household: 'H06414', scale: 1 }, 25, { pays: { from: 'stop-notified', afterMinutes: 10, yuan: 10 } }),
  home('2-104', { household: 'H18250', scale: 1.6 }, 120, { language: 'en', customer: 'Flat 2-104' }),
  business(storyPlace, '3 号工坊', 13, {
    plan: 'flat',
    constantWatts: 6_000,
    load: { household: 'H06414', scale: 0 },
    pays: null,
  }),
  business('面馆 1', '1 号面馆', 16, { constantWatts: 3_500, pays: { from: 'cut-off', afterMinutes: 60, yuan: 30 } }),
  business('卫生室', '卫生室', 40, {
    protected: true,
    constantWatts: 800,
    pays: { from: 'warned-2', afterMinutes: 120, yuan: 60 },
  }),
  business('路灯', '公共照明', null, { constantWatts: 400, load: { household: 'H17936', scale: 0 }, pays: null }),
]

export const demonstrationTimeZone = 'Asia/Shanghai'

export type DemonstrationGateway = Readonly<{ code: string; registration: string; heartbeat: string; baudRate: number }>

export const demonstrationGateways: readonly DemonstrationGateway[] = [
  { code: 'GW-01', registration: 'XF-GW-01', heartbeat: 'HB', baudRate: 2400 },
  { code: 'GW-02', registration: 'XF-GW-02', heartbeat: 'HB', baudRate: 9600 },
  { code: 'GW-03', registration: 'XF-GW-03', heartbeat: 'HB', baudRate: 2400 },
]

/** `202611010001`, `202611010002`, …: the twelve digits a meter answers to. */
export const addressOf = (index: number): string => `20261101${String(index + 1).padStart(4, '0')}`
/** Account numbers of the demonstration: `10001`, `10002`, …. */
export const accountNumberOf = (index: number): string => String(10_001 + index)
export const meterPassword = '000000'
export const meterPasswordLevel = 2
