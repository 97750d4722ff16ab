import type { Meter } from '../state.ts'
import { testKeystream, testMac } from './test-esam.ts'

/** An identity authentication that succeeded: its random 2, and until when (wall) it is believed. */
export type Session = Readonly<{
  random2: Uint8Array
  validUntil: number
  /** Minutes that the next authentication will be valid. */
  minutes: number
  failedMacs: number
  /** Own day of the failed MACs. */
  failedOn: number
}>

const defaultMinutes = 5
/** Failed MACs in one day after which the meter is suspended until midnight. */
const failedMacsAllowed = 200

const noSession: Session = Object.freeze({
  random2: new Uint8Array(4),
  validUntil: 0,
  minutes: defaultMinutes,
  failedMacs: 0,
  failedOn: 0,
})

export const sessionOf = ({ session }: Meter): Session => session ?? noSession

export const authenticated = (meter: Meter): boolean => meter.livedTo < sessionOf(meter).validUntil

export const remainingMinutes = (meter: Meter): number =>
  authenticated(meter) ? Math.ceil((sessionOf(meter).validUntil - meter.livedTo) / 60_000) : 0

export const isSuspended = (meter: Meter, day: number): boolean => {
  const { failedMacs, failedOn } = sessionOf(meter)
  return failedOn === day && failedMacs >= failedMacsAllowed
}

export const noteFailedMac = (meter: Meter, day: number): void => {
  const session = sessionOf(meter)
  meter.session = { ...session, failedOn: day, failedMacs: session.failedOn === day ? session.failedMacs + 1 : 1 }
}

export const macFits = (key: string, protectedBytes: Uint8Array, mac: Uint8Array): boolean =>
  testMac(key, protectedBytes).every((byte, at) => byte === mac[at])

/** The eight bytes of a ciphered order; null when its MAC is wrong. */
export const openOrder = (meter: Meter, sealed: Uint8Array): Uint8Array | null => {
  const key = meter.model.security?.key
  const cipher = sealed.subarray(0, 16)
  if (key === undefined || !macFits(key, cipher, sealed.subarray(16, 20))) return null
  const stream = testKeystream(key, sessionOf(meter).random2)
  return cipher.map((byte, at) => byte ^ (stream[at] ?? 0)).subarray(0, 8)
}
