import { errorsFor, type Frame, type MeterErrorReason } from '@xianfu/protocols'
import { nothing } from '../bytes.ts'
import type { Meter } from '../state.ts'

const answerBit = 0x80
const abnormalBit = 0x40
const moreBit = 0x20

/** A normal answer. `more`: function 12H brings the rest. */
export const reply = ({ address }: Meter, code: number, data: Uint8Array = nothing, more = false): Frame => ({
  address,
  control: code | answerBit | (more ? moreBit : 0),
  data,
})

/** A refusal with its error byte. */
export const refuse = ({ address }: Meter, code: number, reason: MeterErrorReason): Frame => ({
  address,
  control: code | answerBit | abnormalBit,
  data: Uint8Array.of(errorsFor([reason]).raw),
})

/** A refusal in the words of function 03H or of newer meters: two bytes, low one first. */
export const refuseWord = ({ address }: Meter, code: number, word: number): Frame => ({
  address,
  control: code | answerBit | abnormalBit,
  data: Uint8Array.of(word & 0xff, word >> 8),
})
