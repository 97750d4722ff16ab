import { objectionToBatchTrip, type BatchMeter } from './batch.ts'
import { decide, type Reason } from './credit-policy.ts'

/**
 * What would become of a single trip that a person orders now, told before it is ordered. `refused`: at its last moment, for
 * keep-power and lists stop everybody's trips. `taken-back`: the credit policy withdraws it as soon as it looks at the
 * account while the trip still waits, because by its rules nobody is to be stopped there; only a batch that two persons
 * have ordered whatever the balance is not the policy's to withdraw.
 */
export type TripForeseen = Readonly<{ outcome: 'goes' | 'refused' | 'taken-back'; because: readonly Reason[] }>

/** Stands for the trip that was not ordered yet; no command has such an id. */
const thought = 'thought-of'

export const foreseeTrip = (
  { meterId, keepPower, credit }: Pick<BatchMeter, 'keepPower' | 'credit'> & Readonly<{ meterId: number }>,
  now: number,
): TripForeseen => {
  const never = objectionToBatchTrip({ keepPower, credit }, true, now)
  if (never !== null) return { outcome: 'refused', because: [never] }
  if (credit === null || credit.terms === null) return { outcome: 'goes', because: [] }
  const { facts, terms } = credit
  const meters = facts.meters.map((meter) =>
    meter.meterId === meterId
      ? { ...meter, openCommands: [...meter.openCommands, { id: thought, kind: 'trip', state: 'queued' } as const] }
      : meter,
  )
  const { cancel, reasons } = decide({ ...facts, meters }, terms, now)
  if (!cancel.includes(thought)) return { outcome: 'goes', because: [] }
  // True of any trip that is withdrawn here, so it explains nothing.
  return { outcome: 'taken-back', because: reasons.filter((reason) => reason !== 'not-used-up-any-more') }
}
