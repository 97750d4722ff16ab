/**
 * Malignant load 恶性负载: heating coils, kettles and cookers where they are forbidden (dormitories). They show as a sudden
 * rise of power that is nearly all active. What is seen depends on how often and how finely a meter is read
 * (docs/load-control.md tells what half-hourly data can and cannot show).
 */

/** What a meter draws at a moment. */
export type LoadSample = Readonly<{
  at: number
  watts: number
  /** Total power factor in thousandths, −1000 … 1000; null where the meter does not tell. */
  powerFactor: number | null
}>

export type MalignantLoadRule = Readonly<{
  /** A rise of at least so much … */
  stepWatts: number
  /** … whose own power factor is at least this, in thousandths: coils are near 1000, motors and switched supplies are not; */
  leastPowerFactor: number
  /** … within so long: two samples further apart say nothing of a step. */
  withinMs: number
  /** Also when the meter tells no power factor; the rise alone is then the whole evidence. */
  stepAlone: boolean
}>

/** What dormitories in practice forbid begins near 800 W; a proposal to be tuned with the figures of the command. */
export const defaultMalignantLoadRule: MalignantLoadRule = Object.freeze({
  stepWatts: 800,
  leastPowerFactor: 980,
  withinMs: 2 * 60_000,
  stepAlone: false,
})

export type MalignantStep = Readonly<{
  at: number
  /** How far the power rose. */
  watts: number
  /** Of the rise itself, in thousandths; null where it could not be known. */
  powerFactor: number | null
}>

/**
 * The step between two samples, when the rule calls it malignant; else null. Judged is what was added: P and Q of before
 * are subtracted, so a kettle beside a running refrigerator is still a kettle.
 */
export const malignantStep = (before: LoadSample, after: LoadSample, rule: MalignantLoadRule): MalignantStep | null => {
  const elapsedMs = after.at - before.at
  const added = after.watts - before.watts
  if (elapsedMs <= 0 || elapsedMs > rule.withinMs || added < rule.stepWatts) return null
  const powerFactor = factorOfStep(before, after)
  if (powerFactor === null) return rule.stepAlone ? { at: after.at, watts: added, powerFactor } : null
  return powerFactor >= rule.leastPowerFactor ? { at: after.at, watts: added, powerFactor } : null
}

const factorOfStep = (before: LoadSample, after: LoadSample): number | null => {
  const [reactiveBefore, reactiveAfter] = [reactiveOf(before), reactiveOf(after)]
  if (reactiveBefore === null || reactiveAfter === null) return null
  const active = after.watts - before.watts
  return Math.round((1_000 * active) / Math.hypot(active, reactiveAfter - reactiveBefore))
}

/** Volt-amperes reactive, without their direction, which a power factor does not tell. Below this a factor is noise. */
const leastWattsForFactor = 20

const reactiveOf = ({ watts, powerFactor }: LoadSample): number | null => {
  if (watts < leastWattsForFactor) return 0
  if (powerFactor === null || powerFactor === 0) return null
  const factor = Math.min(1, Math.abs(powerFactor) / 1_000)
  return watts * Math.sqrt(1 / (factor * factor) - 1)
}

/** How a rule fares on half hours of energy, where a step is the rise of the mean power from one half hour to the next. */
export type HalfHourFigures = Readonly<{
  steps: number
  days: number
  daysWithSteps: number
  /** Of all half hours in which an appliance was switched on at the beginning, so many would show as a step. */
  seen: number
  halfHours: number
}>

const halfHoursPerDay = 48

/**
 * Counts the steps of ordinary life (each would be a false alarm) and, for an appliance of `watts` that runs for `minutes`
 * from the beginning of a half hour, in how many half hours of the data it would be seen.
 */
export const halfHourFigures = (
  energyWh: readonly number[],
  stepWatts: number,
  appliance: Readonly<{ watts: number; minutes: number }>,
): HalfHourFigures => {
  const added = meanWatts((appliance.watts * Math.min(30, appliance.minutes)) / 60)
  const withSteps = new Set<number>()
  let [steps, seen] = [0, 0]
  for (let index = 1; index < energyWh.length; index += 1) {
    const rise = meanWatts(energyWh[index] ?? 0) - meanWatts(energyWh[index - 1] ?? 0)
    if (rise >= stepWatts) {
      steps += 1
      withSteps.add(Math.floor(index / halfHoursPerDay))
    }
    if (rise + added >= stepWatts) seen += 1
  }
  return {
    steps,
    days: Math.ceil(energyWh.length / halfHoursPerDay),
    daysWithSteps: withSteps.size,
    seen,
    halfHours: Math.max(0, energyWh.length - 1),
  }
}

const meanWatts = (halfHourWh: number): number => halfHourWh * 2
