import type { Behaviour } from './behaviour.ts'
import { ownNow } from './meter-clock.ts'
import { demandedMilliwatts, powerOf } from './power.ts'
import { rateRegister } from './register-bank.ts'
import type { RelayPosition, TripCause } from './relay.ts'
import { isDead } from './faults.ts'
import type { Meter, Obeyed } from './state.ts'
import { overdraftFen, remainingFen } from './wallet.ts'

/** A meter as an experimenter sees it: more than it tells any master. Energy in Wh, power in mW, money in fen. */
export type MeterLook = Readonly<{
  address: string
  name: string
  totalWh: string
  ratesWh: readonly string[]
  reverseWh: string
  relay: Readonly<{ commanded: RelayPosition; actual: RelayPosition; cause: TripCause | null }>
  keepPower: boolean
  alarm: boolean
  powered: boolean
  /** What the meter sees flow. */
  milliwatts: string
  /** What the customer draws, past the meter included, if supply is on. */
  demandedMilliwatts: string
  /** What the meter's own clock shows, UTC epoch ms. */
  clock: number
  wallet: Readonly<{ balanceFen: number; overdraftFen: number; purchases: number; opened: boolean }> | null
  overload: Readonly<{ trips: number; reclosingsLeft: number }> | null
  malignantTrips: number
  behaviours: readonly Behaviour[]
  obeyed: readonly Obeyed[]
}>

export const lookAt = (meter: Meter): MeterLook => {
  const { bank, row, relay, wallet } = meter
  return {
    address: meter.address,
    name: meter.name,
    totalWh: String(bank.totalWh(row, 'forward')),
    ratesWh: [1, 2, 3, 4].map((rate) => String(bank.wh(row, rateRegister('forward', rate)))),
    reverseWh: String(bank.totalWh(row, 'reverse')),
    relay: { commanded: relay.commanded, actual: relay.actual, cause: relay.cause },
    keepPower: meter.keepPower,
    alarm: meter.alarm,
    powered: !isDead(meter.faults),
    milliwatts: String(powerOf(meter).activeTotal),
    demandedMilliwatts: String(demandedMilliwatts(meter)),
    clock: ownNow(meter),
    wallet:
      wallet === null
        ? null
        : {
            balanceFen: remainingFen(wallet),
            overdraftFen: overdraftFen(wallet),
            purchases: wallet.purchases,
            opened: wallet.opened,
          },
    overload:
      meter.model.overload === null ? null : { trips: relay.overloadTrips, reclosingsLeft: relay.reclosingsLeft },
    malignantTrips: relay.malignantTrips,
    behaviours: meter.stacked.map(({ behaviour }) => behaviour),
    obeyed: meter.obeyed,
  }
}
