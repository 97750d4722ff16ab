import type { Power } from '../power.ts'
import { trip } from '../relay.ts'
import type { Meter } from '../state.ts'

/**
 * Malignant load (恶性负载): a heater in a dormitory shows as a jump of nearly pure active power. The meter trips at
 * once, and closes again by command or button alone. Supply that comes back is no jump.
 */
export const watchJumps = (meter: Meter, power: Power): void => {
  const { malignantLoad } = meter.model
  if (malignantLoad === null) return
  const before = meter.seenMilliwatts
  meter.seenMilliwatts = meter.relay.actual === 'open' ? null : power.activeTotal
  if (before === null || meter.keepPower || meter.relay.commanded === 'open') return
  if (power.activeTotal - before < malignantLoad.stepWatts * 1_000) return
  meter.relay.malignantTrips += 1
  trip(meter, 'malignant-load', power)
}
