import type { Channel, DailyChannel } from '../domain/measurement.ts'

/**
 * Where each channel is kept: `size` is what one of the column is in the channel's own unit (mW become 0.1 W). Powers have
 * the resolution of DL/T 645, so that four bytes reach to 200 MW.
 */
export type MeasurementColumn = Readonly<{ name: string; type: 'int' | 'smallint'; size: number }>

const one = (name: string): MeasurementColumn => ({ name, type: 'int', size: 1 })
const tenth = (name: string): MeasurementColumn => ({ name, type: 'int', size: 100 })
const small = (name: string, size: number): MeasurementColumn => ({ name, type: 'smallint', size })

export const measurementColumns: Readonly<Record<Channel, MeasurementColumn>> = Object.freeze({
  voltageA: one('voltage_a_mv'),
  voltageB: one('voltage_b_mv'),
  voltageC: one('voltage_c_mv'),
  currentA: one('current_a_ma'),
  currentB: one('current_b_ma'),
  currentC: one('current_c_ma'),
  activePowerTotal: tenth('active_total_dw'),
  activePowerA: tenth('active_a_dw'),
  activePowerB: tenth('active_b_dw'),
  activePowerC: tenth('active_c_dw'),
  reactivePowerTotal: tenth('reactive_total_dvar'),
  reactivePowerA: tenth('reactive_a_dvar'),
  reactivePowerB: tenth('reactive_b_dvar'),
  reactivePowerC: tenth('reactive_c_dvar'),
  apparentPowerTotal: tenth('apparent_total_dva'),
  powerFactorTotal: small('factor_total_pm', 1),
  powerFactorA: small('factor_a_pm', 1),
  powerFactorB: small('factor_b_pm', 1),
  powerFactorC: small('factor_c_pm', 1),
  frequencyTotal: small('frequency_chz', 10),
})

export const spreadParts = ['least', 'mean', 'greatest'] as const

export const dayColumn = (channel: DailyChannel, part: (typeof spreadParts)[number]): string =>
  `${measurementColumns[channel].name}_${part}`

const most: Readonly<Record<MeasurementColumn['type'], number>> = { int: 2_147_483_647, smallint: 32_767 }

/** What is written of a value; null when no column of its kind can hold it: no meter of the field measures that. */
export const storedOf = ({ type, size }: MeasurementColumn, value: number | null | undefined): number | null => {
  if (value == null) return null
  const stored = Math.round(value / size)
  return Math.abs(stored) > most[type] ? null : stored
}
