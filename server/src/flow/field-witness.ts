import type { Clock } from '../domain/clock.ts'
import type { GapEvidence, Span } from '../domain/gap.ts'
import type { Headend, ReadOutcome } from '../headend/headend.ts'

/** Absences of a gateway that are remembered; more than a day of a gateway that comes and goes. */
const rememberedAbsences = 200

/** Remembers of the field what explains an interval without a reading. Lost with the process: then the server was away. */
export type FieldWitness = Readonly<{
  /** The same headend for the collector, whose reads are watched. */
  watching: Pick<Headend, 'read' | 'gateways'>
  evidence(meterId: number, gatewayId: number, interval: Span): Omit<GapEvidence, 'held' | 'paused'>
}>

export const createFieldWitness = (clock: Clock, headend: Headend): FieldWitness => {
  const watchingSince = clock.now()
  const absences = new Map<number, Span[]>()
  const failures = new Map<number, Readonly<{ at: number; how: NonNullable<GapEvidence['failure']> }>>()

  headend.onGatewayChange(({ gatewayId, online: isOnline, since }) => {
    const known = absences.get(gatewayId) ?? [{ from: watchingSince, to: Infinity }]
    const last = known.at(-1)
    if (isOnline && last?.to === Infinity) known[known.length - 1] = { from: last.from, to: since }
    if (!isOnline && last?.to !== Infinity) known.push({ from: since, to: Infinity })
    absences.set(gatewayId, known.slice(-rememberedAbsences))
  })

  const read: Headend['read'] = async (meterId, items, options) => {
    const outcome = await headend.read(meterId, items, options)
    if (options.priority !== 'scheduled') return outcome
    const how = failureOf(outcome)
    if (how === null) failures.delete(meterId)
    else failures.set(meterId, { at: clock.now(), how })
    return outcome
  }

  return {
    watching: { read, gateways: () => headend.gateways() },
    evidence(meterId, gatewayId, interval) {
      const failure = failures.get(meterId)
      const during = failure !== undefined && failure.at >= interval.from && failure.at < interval.to
      // A gateway that was never heard of has been away since we watch.
      const gatewayAway = absences.get(gatewayId) ?? [{ from: watchingSince, to: Infinity }]
      return { watchingSince, gatewayAway, failure: during ? failure.how : null }
    },
  }
}

const failureOf = (outcome: ReadOutcome): GapEvidence['failure'] => {
  if (outcome.ok || outcome.values.forwardActiveEnergyBlock !== undefined) return null
  switch (outcome.code) {
    case 'no-answer':
    case 'backing-off':
    case 'unknown-meter':
      return 'meter-silent'
    case 'bad-answer':
    case 'refused-by-meter':
      return 'bad-answer'
    case 'queue-full':
    case 'too-late':
      return 'line-busy'
    // The gateway tells it, or nobody wanted it any more.
    case 'gateway-offline':
    case 'cancelled':
      return null
  }
}
