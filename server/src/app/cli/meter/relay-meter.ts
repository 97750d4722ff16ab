import type { Credentials } from '@xianfu/protocols'
import type { Clock } from '../../../domain/clock.ts'
import { nothingLearnt, type FieldMeter } from '../../../headend/driver/field-meter.ts'
import { defaultLimits } from '../../../headend/limits.ts'
import { createBackOff } from '../../../headend/line/back-off.ts'
import { Line } from '../../../headend/line/line.ts'
import { createTally } from '../../../headend/line/tally.ts'
import type { Session } from './session.ts'

export type RelayMeterOptions = Readonly<{
  address: string
  credentials: Credentials
  timeZone: string
  clock: Clock
  /** Above zero when the meter's clock is ahead: deadlines are told in the meter's own time. */
  driftMs: number
  /** How long after the acknowledgement the status word is looked at. */
  proveWithinMs: number
}>

/** From then on a delayed relay is looked at so often. */
const lateLookEveryMs = 5_000

/** A meter as the headend's driver knows it, so that the tool orders and proves exactly as the server does. */
export const relayMeter = (session: Session, options: RelayMeterOptions): FieldMeter => {
  const { address, credentials, timeZone, clock, driftMs, proveWithinMs } = options
  const line = new Line(clock, 1)
  line.attach(session.wire)
  return {
    config: { id: 1, gatewayId: 1, address, credentials, timeZone },
    modbus: null,
    line,
    lineConfig: session.asker.lineConfig,
    backOff: createBackOff(defaultLimits),
    responseTime: session.asker.responseTime,
    tally: createTally(() => clock.elapsedMs()),
    learnt: nothingLearnt(),
    clock: { ...clock, now: () => clock.now() + driftMs },
    limits: { ...defaultLimits, proofAtMs: looksWithin(proveWithinMs) },
    onSilent: () => undefined,
    onAnswersAgain: () => undefined,
    onLate: () => undefined,
  }
}

/** The server's moments as far as they fit, then one every few seconds. */
const looksWithin = (proveWithinMs: number): readonly number[] => {
  const looks = defaultLimits.proofAtMs.filter((atMs) => atMs <= proveWithinMs)
  for (let atMs = lateLookEveryMs; atMs <= proveWithinMs; atMs += lateLookEveryMs) looks.push(atMs)
  return looks
}
