import { moment, record } from '../format.ts'

// The formats of the standard, its chapter on data: XXXXXX.XX kWh and so on, in base units.

const number = { codec: 'number', signed: false, scale: 1 } as const

export const energy = { ...number, bytes: 4, scale: 10, unit: 'Wh' } as const
export const signedEnergy = { ...energy, signed: true } as const
export const reactiveEnergy = { ...energy, unit: 'varh' } as const
export const signedReactiveEnergy = { ...reactiveEnergy, signed: true } as const
export const apparentEnergy = { ...energy, unit: 'VAh' } as const
export const charge = { ...energy, unit: 'mAh' } as const

export const voltage = { ...number, bytes: 2, scale: 100, unit: 'mV' } as const
export const current = { ...number, bytes: 3, signed: true, unit: 'mA' } as const
export const power = { ...number, bytes: 3, signed: true, scale: 100, unit: 'mW' } as const
export const reactivePower = { ...power, unit: 'mvar' } as const
export const apparentPower = { ...power, unit: 'mVA' } as const
/** Settings and demands have no direction. */
export const powerLimit = { ...power, signed: false } as const
export const reactivePowerLimit = { ...powerLimit, unit: 'mvar' } as const
export const apparentPowerLimit = { ...powerLimit, unit: 'mVA' } as const
export const powerFactor = { ...number, bytes: 2, signed: true, unit: '1/1000' } as const
export const frequency = { ...number, bytes: 2, scale: 10, unit: 'mHz' } as const
export const angle = { ...number, bytes: 2, unit: '1/10 °' } as const
export const temperature = { ...number, bytes: 2, signed: true, unit: '1/10 °C' } as const
export const percent = { ...number, bytes: 2, unit: '1/100 %' } as const
export const rate = { ...number, bytes: 3, unit: '1/100 %' } as const
export const batteryVoltage = { ...number, bytes: 2, scale: 10, unit: 'mV' } as const

export const money = { ...number, bytes: 4, unit: 'fen' } as const
export const price = { ...number, bytes: 4, unit: '1/10000 CNY/kWh' } as const

export const count = { ...number, bytes: 3, unit: '' } as const
export const minutes = { ...number, bytes: 3, unit: 'min' } as const

export const eventTime = moment('YYMMDDhhmmss')
export const minute = moment('YYMMDDhhmm')

export const demand = record({ value: powerLimit, at: minute })
export const reactiveDemand = record({ value: reactivePowerLimit, at: minute })
export const signedReactiveDemand = record({ value: reactivePower, at: minute })
export const apparentDemand = record({ value: apparentPowerLimit, at: minute })
