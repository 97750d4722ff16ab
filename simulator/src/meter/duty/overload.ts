import { begin, end, event, startEndAndIncrements } from '../event-memory.ts'
import type { Power } from '../power.ts'
import { callOff, close, trip, waitFor } from '../relay.ts'
import type { Meter } from '../state.ts'

/** Watches the load against the limit: a trip is due when it has been above it for too long. */
export const watchLoad = (meter: Meter, power: Power): void => {
  const { overload } = meter.model
  if (overload === null) return
  const isOver = Math.abs(power.activeTotal) > overload.watts * 1_000
  const isWatched = meter.relay.waiting.some(({ what }) => what === 'overload')
  if (isOver && !isWatched && meter.relay.commanded === 'closed' && !meter.keepPower) {
    begin(meter, event.overload)
    waitFor(meter, 'overload', meter.livedTo + overload.afterMs)
  } else if (!isOver && (isWatched || meter.events?.get(event.overload)?.began != null)) {
    callOff(meter, 'overload')
    end(meter, event.overload, startEndAndIncrements)
  }
}

/** The load was too high for too long. */
export const tripOverload = (meter: Meter, power: Power): void => {
  const { overload } = meter.model
  if (overload === null || meter.keepPower) return
  trip(meter, 'overload', power)
  meter.relay.overloadTrips += 1
  if (meter.relay.reclosingsLeft > 0) waitFor(meter, 'reclose', meter.livedTo + overload.recloseAfterMs)
}

/** Tries again by itself, a limited number of times. */
export const reclose = (meter: Meter): void => {
  if (meter.relay.cause !== 'overload') return
  meter.relay.reclosingsLeft -= 1
  close(meter)
}
