/**
 * The functions of DL/T 645-2007: bits 4..0 of the control byte. `security` and `control` are the State Grid extension.
 */
export const functionCode = Object.freeze({
  security: 0x03,
  setTime: 0x08,
  read: 0x11,
  readFollowUp: 0x12,
  readAddress: 0x13,
  write: 0x14,
  writeAddress: 0x15,
  freeze: 0x16,
  changeRate: 0x17,
  changePassword: 0x18,
  clearDemand: 0x19,
  clearMeter: 0x1a,
  clearEvents: 0x1b,
  control: 0x1c,
  selectOutput: 0x1d,
} as const)

const fromMeterBit = 0x80
const abnormalBit = 0x40
const moreBit = 0x20
const functionMask = 0x1f

/**
 * The parts of the control byte. `more` means "more data follow" for functions 11H and 12H alone: meters with active
 * report set the same bit in other replies to say that an event report waits.
 */
export type ControlCode = Readonly<{ functionCode: number; fromMeter: boolean; abnormal: boolean; more: boolean }>

/**
 * Takes the control byte apart.
 *
 * @example
 * splitControlCode(0xd1) // { functionCode: 0x11, fromMeter: true, abnormal: true, more: false }
 */
export const splitControlCode = (control: number): ControlCode => ({
  functionCode: control & functionMask,
  fromMeter: (control & fromMeterBit) !== 0,
  abnormal: (control & abnormalBit) !== 0,
  more: (control & moreBit) !== 0,
})

/** The control byte of a meter's reply. */
export const replyControl = (code: number, flags?: { readonly abnormal?: boolean; readonly more?: boolean }): number =>
  fromMeterBit | (code & functionMask) | (flags?.abnormal ? abnormalBit : 0) | (flags?.more ? moreBit : 0)
