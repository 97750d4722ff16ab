import { readBcd, readBinary, readDigits } from './bytes.ts'
import type { Meter } from './state.ts'

/** PA P0 P1 P2 C0 C1 C2 C3, as every ordering frame carries them. */
export type Credentials = Readonly<{ level: number; password: string; operator: number }>
export const credentialsBytes = 8

export const readCredentials = (data: Uint8Array, offset: number): Credentials | null => {
  const level = readBcd(data, offset, 1)
  const password = readDigits(data, offset + 1, 3)
  if (level === null || password === null || data.length < offset + credentialsBytes) return null
  return { level, password, operator: readBinary(data, offset + 4, 4) }
}

/** So many wrong passwords in a row … */
const wrongAllowed = 5
/** … and the plain levels are locked for so long, wall time. */
const lockedMs = 24 * 3_600_000
const passwordBase = 0x0400_0c01
const plainLevels = 10

const passwordOf = (meter: Meter, level: number): string | null => {
  const written = meter.parameters?.get(passwordBase + level)
  if (written !== undefined) return readDigits(written, 1, 3)
  return level === meter.model.passwordLevel ? meter.model.password : null
}

/** Whether the meter believes them; a wrong password counts towards the lock, a right one forgets the wrong ones. */
export const believes = (meter: Meter, credentials: Credentials | null): boolean => {
  const wrong = meter.wrongPasswords
  if (wrong !== null && meter.livedTo < wrong.lockedUntil) return false
  if (credentials !== null && credentials.level < plainLevels) {
    const right = passwordOf(meter, credentials.level)
    if (right !== null && right === credentials.password) {
      meter.wrongPasswords = null
      return true
    }
  } else if (credentials?.level === meter.model.passwordLevel && credentials.password === meter.model.password)
    return true
  const count = (wrong === null || wrong.lockedUntil > 0 ? 0 : wrong.count) + 1
  meter.wrongPasswords = { count, lockedUntil: count >= wrongAllowed ? meter.livedTo + lockedMs : 0 }
  return false
}

export const isLocked = ({ wrongPasswords, livedTo }: Meter): boolean =>
  wrongPasswords !== null && livedTo < wrongPasswords.lockedUntil

/** 18H: a level sets its own password or that of a lower one (a higher number). */
export const mayChange = (credentials: Credentials, level: number): boolean => credentials.level <= level
export const passwordParameter = (level: number): number => passwordBase + level
