/** What a meter has counted or closed by itself, told once a day: its greatest demand of the month, and its daily freeze. */

/** A minute of the meter's own clock. */
export type LocalMinute = Readonly<{ year: number; month: number; day: number; hour: number; minute: number }>

/** Powers in mW and mvar, energy in Wh; null: not told. */
export type DemandFacts = Readonly<{
  /** Of the meter's own month: since its last settlement day, or since it was cleared. */
  greatestMilliwatts: number | null
  /** `YYYY-MM-DD hh:mm` by the meter's own clock. */
  greatestAt: string | null
  presentMilliwatts: number | null
  presentMillivars: number | null
  reverseWh: number | null
}>

export type FreezeFacts = Readonly<{
  /** `YYYY-MM-DD hh:mm` by the meter's own clock: when it closed the day. */
  frozenAt: string | null
  totalWh: number | null
  ratesWh: readonly number[]
  thisMonthWh: number | null
  lastMonthWh: number | null
}>

type Block = Readonly<{ total: number | null; rates: readonly (number | null)[] }>

/** The answers that they are in, by the names of DL/T 645. */
export type DayValues = Readonly<{
  forwardActiveDemandTotal?: Readonly<{ value: number | null; at: LocalMinute | null }>
  presentActiveDemand?: number | null
  presentReactiveDemand?: number | null
  reverseActiveEnergyBlock?: Block
  frozenTimeDailyLast1?: LocalMinute | null
  frozenForwardActiveEnergyDailyLast1?: Block
  energyThisMonth?: number | null
  energyLastMonth?: number | null
}>

/** A minute as text, or null when there is no such minute: a meter that has nothing yet tells zeros. */
export const minuteText = (minute: LocalMinute | null | undefined): string | null => {
  if (minute == null) return null
  const at = new Date(Date.UTC(minute.year, minute.month - 1, minute.day, minute.hour, minute.minute))
  const exists =
    at.getUTCFullYear() === minute.year &&
    at.getUTCMonth() === minute.month - 1 &&
    at.getUTCDate() === minute.day &&
    at.getUTCHours() === minute.hour
  return exists ? at.toISOString().slice(0, 16).replace('T', ' ') : null
}

/** Null when nothing of it was told. */
export const demandOf = (values: DayValues): DemandFacts | null => {
  const facts: DemandFacts = {
    greatestMilliwatts: values.forwardActiveDemandTotal?.value ?? null,
    greatestAt: minuteText(values.forwardActiveDemandTotal?.at),
    presentMilliwatts: values.presentActiveDemand ?? null,
    presentMillivars: values.presentReactiveDemand ?? null,
    reverseWh: values.reverseActiveEnergyBlock?.total ?? null,
  }
  return Object.values(facts).every((fact) => fact === null) ? null : facts
}

/** Null when nothing of it was told. */
export const freezeOf = (values: DayValues): FreezeFacts | null => {
  const rates = values.frozenForwardActiveEnergyDailyLast1?.rates ?? []
  const known = rates.filter((rate) => rate !== null)
  const facts: FreezeFacts = {
    frozenAt: minuteText(values.frozenTimeDailyLast1),
    totalWh: values.frozenForwardActiveEnergyDailyLast1?.total ?? null,
    // A block with a rate missing is kept as one without rates.
    ratesWh: known.length === rates.length ? known : [],
    thisMonthWh: values.energyThisMonth ?? null,
    lastMonthWh: values.energyLastMonth ?? null,
  }
  const { ratesWh, ...single } = facts
  return ratesWh.length === 0 && Object.values(single).every((fact) => fact === null) ? null : facts
}
