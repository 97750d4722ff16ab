import type { Item, ValueByCodec } from './codec.ts'

// The formats of the standard: XXXXXX.XX kWh and so on, in base units.
const energy = { bytes: 4, signed: false, scale: 10, unit: 'Wh', clause: 'A.1' } as const
const signedEnergy = { ...energy, signed: true } as const
const voltage = { bytes: 2, signed: false, scale: 100, unit: 'mV', clause: 'A.3' } as const
const current = { bytes: 3, signed: true, scale: 1, unit: 'mA', clause: 'A.3' } as const
const power = { bytes: 3, signed: true, scale: 100, unit: 'mW', clause: 'A.3' } as const
const reactivePower = { ...power, unit: 'mvar' } as const
const apparentPower = { ...power, unit: 'mVA' } as const
const powerFactor = { bytes: 2, signed: true, scale: 1, unit: '1/1000', clause: 'A.3' } as const
const frequency = { bytes: 2, signed: false, scale: 10, unit: 'mHz', clause: 'A.3' } as const
const parameter = { signed: false, scale: 1, unit: '', clause: 'A.5' } as const

const rows = {
  combinedActiveEnergyTotal: { id: 0x00000000, codec: 'number', ...signedEnergy },
  forwardActiveEnergyTotal: { id: 0x00010000, codec: 'number', ...energy },
  // Rates 1 to 4 are sharp, peak, flat and valley on almost every meter.
  forwardActiveEnergyRate1: { id: 0x00010100, codec: 'number', ...energy },
  forwardActiveEnergyRate2: { id: 0x00010200, codec: 'number', ...energy },
  forwardActiveEnergyRate3: { id: 0x00010300, codec: 'number', ...energy },
  forwardActiveEnergyRate4: { id: 0x00010400, codec: 'number', ...energy },
  forwardActiveEnergyBlock: { id: 0x0001ff00, codec: 'totalAndRates', ...energy },
  reverseActiveEnergyTotal: { id: 0x00020000, codec: 'number', ...energy },

  voltageA: { id: 0x02010100, codec: 'number', ...voltage },
  voltageB: { id: 0x02010200, codec: 'number', ...voltage },
  voltageC: { id: 0x02010300, codec: 'number', ...voltage },
  voltageBlock: { id: 0x0201ff00, codec: 'phases', ...voltage },
  currentA: { id: 0x02020100, codec: 'number', ...current },
  currentB: { id: 0x02020200, codec: 'number', ...current },
  currentC: { id: 0x02020300, codec: 'number', ...current },
  currentBlock: { id: 0x0202ff00, codec: 'phases', ...current },
  activePowerTotal: { id: 0x02030000, codec: 'number', ...power },
  activePowerBlock: { id: 0x0203ff00, codec: 'totalAndPhases', ...power },
  reactivePowerTotal: { id: 0x02040000, codec: 'number', ...reactivePower },
  apparentPowerTotal: { id: 0x02050000, codec: 'number', ...apparentPower },
  powerFactorTotal: { id: 0x02060000, codec: 'number', ...powerFactor },
  frequency: { id: 0x02800002, codec: 'number', ...frequency },

  dateAndWeekday: { id: 0x04000101, codec: 'dateAndWeekday', bytes: 4, ...parameter },
  time: { id: 0x04000102, codec: 'timeOfDay', bytes: 3, ...parameter },
  communicationAddress: { id: 0x04000401, codec: 'digits', bytes: 6, ...parameter },
  meterNumber: { id: 0x04000402, codec: 'digits', bytes: 6, ...parameter },
  statusWord3: { id: 0x04000503, codec: 'statusWord3', bytes: 2, ...parameter },
  statusWordBlock: { id: 0x040005ff, codec: 'statusWords', bytes: 2, ...parameter },
} as const satisfies Record<string, Item>

for (const row of Object.values(rows)) Object.freeze(row)

/** Every data identifier this package can read and write, by name. */
export const identifiers = Object.freeze(rows)

export type IdentifierName = keyof typeof identifiers

/** The value of an identifier, inferred from its line in the table. */
export type ValueOf<N extends IdentifierName> = ValueByCodec[(typeof identifiers)[N]['codec']]
