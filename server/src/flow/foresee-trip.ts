import { foreseeTrip, type TripForeseen } from '../domain/foresee-trip.ts'
import type { MicroYuan } from '../domain/quantity.ts'
import { loadCredit } from '../store/credit.ts'
import { isUnderKeepPower, meterAccount } from '../store/meters.ts'
import type { FlowContext } from './process.ts'

export type ForeseeTrip = (
  meterId: number,
) => Promise<
  | Readonly<{ ok: true; foreseen: TripForeseen; balance: MicroYuan | null }>
  | Readonly<{ ok: false; code: 'unknown-meter' }>
>

/** Says what would become of a person's single trip, by the same rules that judge it later; nothing is changed. */
export const createForeseeTrip =
  ({
    database,
    clock,
  }: Pick<FlowContext, 'database'> & Readonly<{ clock: Pick<FlowContext['clock'], 'now'> }>): ForeseeTrip =>
  async (meterId) => {
    const meter = await meterAccount(database, meterId)
    if (meter === null) return { ok: false, code: 'unknown-meter' }
    const [record] = meter.accountId === null ? [] : await loadCredit(database, [meter.accountId])
    const keepPower = await isUnderKeepPower(database, meterId)
    const foreseen = foreseeTrip({ meterId, keepPower, credit: record ?? null }, clock.now())
    return { ok: true, foreseen, balance: record?.facts.balance ?? null }
  }
