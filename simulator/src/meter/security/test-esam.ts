import { createHash } from 'node:crypto'

/**
 * Stands in for the security chip (ESAM) of a grid meter. The real one runs ciphers and keys that are no part of the
 * protocol and not ours; this one is a keyed hash that anybody can compute, good for tests of framing and rules alone.
 *
 * Every value is the beginning of SHA-256 over `key`, a zero byte, a word for the purpose, a zero byte, and the bytes
 * in the order in which the frame carries them.
 */
const digest = (key: string, purpose: string, bytes: Uint8Array): Uint8Array =>
  new Uint8Array(createHash('sha256').update(`${key}\0${purpose}\0`).update(bytes).digest())

/** Cipher 1 of function 070000FF: eight bytes over random 1 and the dispersion factor. */
export const testCipher = (key: string, randomAndFactor: Uint8Array): Uint8Array =>
  digest(key, 'identity', randomAndFactor).subarray(0, 8)

/** A MAC of four bytes over what it protects. */
export const testMac = (key: string, protectedBytes: Uint8Array): Uint8Array =>
  digest(key, 'mac', protectedBytes).subarray(0, 4)

/** Sixteen bytes that an order of eight (padded with zeros) is laid over by XOR, made of the session's random 2. */
export const testKeystream = (key: string, random2: Uint8Array): Uint8Array =>
  digest(key, 'order', random2).subarray(0, 16)

/** What a level-98 order carries behind its credentials: 16 bytes of cipher and 4 of MAC over them. */
export const sealOrder = (key: string, random2: Uint8Array, order: Uint8Array): Uint8Array => {
  const stream = testKeystream(key, random2)
  const sealed = new Uint8Array(20)
  for (let at = 0; at < 16; at += 1) sealed[at] = (order[at] ?? 0) ^ (stream[at] ?? 0)
  sealed.set(testMac(key, sealed.subarray(0, 16)), 16)
  return sealed
}
