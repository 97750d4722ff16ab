/** The functions spoken here: registers of 16 bits, read and written. Coils and files are no part of a meter. */
export const modbusFunction = Object.freeze({
  readHolding: 0x03,
  readInput: 0x04,
  writeSingle: 0x06,
  writeMultiple: 0x10,
})

/** Set in the function code of a reply that refuses. */
export const exceptionBit = 0x80

/** Most registers of one read, and of one write, so that either fits into 253 bytes. */
export const mostReadRegisters = 125
export const mostWriteRegisters = 123

export const registerBytes = 2

/** Function code and data together. */
export const longestPduBytes = 253

const registers = 0x1_0000

/** Whether `count` registers from `start` on exist, and are not more than `most`. */
export const isRegisterRange = (start: number, count: number, most: number): boolean =>
  Number.isInteger(start) &&
  Number.isInteger(count) &&
  start >= 0 &&
  count >= 1 &&
  count <= most &&
  start + count <= registers

export const readWord = (bytes: Uint8Array, offset: number): number =>
  ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0)

export const writeWord = (bytes: Uint8Array, offset: number, word: number): void => {
  bytes[offset] = word >> 8
  bytes[offset + 1] = word
}
