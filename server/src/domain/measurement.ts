/**
 * What a meter measures beside its registers, moment by moment: one whole number for each channel, in the unit of its
 * quantity. A channel that was not told is absent.
 */
export const quantities = Object.freeze({
  voltage: { unit: 'mV', parts: ['A', 'B', 'C'] },
  current: { unit: 'mA', parts: ['A', 'B', 'C'] },
  'active-power': { unit: 'mW', parts: ['Total', 'A', 'B', 'C'] },
  'reactive-power': { unit: 'mvar', parts: ['Total', 'A', 'B', 'C'] },
  'apparent-power': { unit: 'mVA', parts: ['Total'] },
  'power-factor': { unit: '1/1000', parts: ['Total', 'A', 'B', 'C'] },
  frequency: { unit: 'mHz', parts: ['Total'] },
} as const)

export type Quantity = keyof typeof quantities
export const quantityNames = Object.keys(quantities) as readonly Quantity[]
export type Part = 'Total' | 'A' | 'B' | 'C'

export const channels = [
  'voltageA',
  'voltageB',
  'voltageC',
  'currentA',
  'currentB',
  'currentC',
  'activePowerTotal',
  'activePowerA',
  'activePowerB',
  'activePowerC',
  'reactivePowerTotal',
  'reactivePowerA',
  'reactivePowerB',
  'reactivePowerC',
  'apparentPowerTotal',
  'powerFactorTotal',
  'powerFactorA',
  'powerFactorB',
  'powerFactorC',
  'frequencyTotal',
] as const
export type Channel = (typeof channels)[number]

/** Of these a day keeps the least, the mean and the greatest once its single measurements are gone. */
export const dailyChannels = [
  'voltageA',
  'voltageB',
  'voltageC',
  'currentA',
  'currentB',
  'currentC',
  'activePowerTotal',
  'reactivePowerTotal',
  'powerFactorTotal',
  'frequencyTotal',
] as const satisfies readonly Channel[]
export type DailyChannel = (typeof dailyChannels)[number]

const stems: Readonly<Record<Quantity, string>> = {
  voltage: 'voltage',
  current: 'current',
  'active-power': 'activePower',
  'reactive-power': 'reactivePower',
  'apparent-power': 'apparentPower',
  'power-factor': 'powerFactor',
  frequency: 'frequency',
}
const isChannel = (name: string): name is Channel => (channels as readonly string[]).includes(name)
const isDaily = (channel: Channel): channel is DailyChannel => (dailyChannels as readonly Channel[]).includes(channel)

/** The channels of a quantity, the total before the phases. */
export const channelsOf = (quantity: Quantity): readonly Channel[] =>
  quantities[quantity].parts.map((part) => `${stems[quantity]}${part}`).filter(isChannel)

export const dailyChannelsOf = (quantity: Quantity): readonly DailyChannel[] => channelsOf(quantity).filter(isDaily)

export const partOf = (channel: Channel): Part => (/(?:Total|[ABC])$/u.exec(channel)?.[0] ?? 'Total') as Part

export type Measured = Readonly<Partial<Record<Channel, number>>>
/** `at`: wall time of the answer. */
export type Measurement = Readonly<{ at: number; measured: Measured }>

type Phases = Readonly<Record<'a' | 'b' | 'c', number | null>>
type TotalAndPhases = Phases & Readonly<{ total: number | null }>

/** The answers that measurements are in, by the names of DL/T 645; models of Modbus meters give the same. */
export type MeasuredValues = Readonly<{
  voltageBlock?: Phases
  currentBlock?: Phases
  activePowerBlock?: TotalAndPhases
  activePowerTotal?: number | null
  reactivePowerBlock?: TotalAndPhases
  reactivePowerTotal?: number | null
  apparentPowerBlock?: TotalAndPhases
  apparentPowerTotal?: number | null
  powerFactorBlock?: TotalAndPhases
  powerFactorTotal?: number | null
  frequency?: number | null
}>

/** What an answer tells; nothing of a meter that has told nothing of the kind. */
export const measuredOf = (values: MeasuredValues): Measured => {
  const measured: Partial<Record<Channel, number>> = {}
  const note = (channel: Channel, value: number | null | undefined): void => {
    if (value != null && Number.isFinite(value)) measured[channel] = Math.round(value)
  }
  const phases = (stem: string, block: Phases | undefined): void => {
    for (const [part, value] of [
      ['A', block?.a],
      ['B', block?.b],
      ['C', block?.c],
    ] as const) {
      const name = `${stem}${part}`
      if (isChannel(name)) note(name, value)
    }
  }
  phases('voltage', values.voltageBlock)
  phases('current', values.currentBlock)
  phases('activePower', values.activePowerBlock)
  phases('reactivePower', values.reactivePowerBlock)
  phases('powerFactor', values.powerFactorBlock)
  note('activePowerTotal', values.activePowerTotal ?? values.activePowerBlock?.total)
  note('reactivePowerTotal', values.reactivePowerTotal ?? values.reactivePowerBlock?.total)
  note('apparentPowerTotal', values.apparentPowerTotal ?? values.apparentPowerBlock?.total)
  note('powerFactorTotal', values.powerFactorTotal ?? values.powerFactorBlock?.total)
  note('frequencyTotal', values.frequency)
  return measured
}

export type Spread = Readonly<{ least: number; mean: number; greatest: number }>
export type Spreads = Readonly<Partial<Record<DailyChannel, Spread>>>

/** Least, mean (to the whole unit) and greatest of each channel that was told at all. */
export const spreadsOf = (measurements: readonly Measurement[]): Spreads => {
  const spreads: Partial<Record<DailyChannel, Spread>> = {}
  for (const channel of dailyChannels) {
    let [count, sum, least, greatest] = [0, 0, Infinity, -Infinity]
    for (const { measured } of measurements) {
      const value = measured[channel]
      if (value === undefined) continue
      count += 1
      sum += value
      least = Math.min(least, value)
      greatest = Math.max(greatest, value)
    }
    if (count > 0) spreads[channel] = { least, mean: Math.round(sum / count), greatest }
  }
  return spreads
}
