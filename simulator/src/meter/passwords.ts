import type { Credentials } from '@xianfu/protocols'
import { readDigits } from './bytes.ts'
import type { Meter } from './state.ts'

/** So many wrong passwords in a row … */
const wrongAllowed = 5
/** … and the plain levels are locked for so long, wall time. */
const lockedMs = 24 * 3_600_000
const passwordBase = 0x0400_0c01
const plainLevels = 10

/** 04000C01 is level 0. */
export const passwordParameter = (level: number): number => passwordBase + level
export const levelOfPassword = (identifier: number): number | null => {
  const level = identifier - passwordBase
  return level >= 0 && level < plainLevels ? level : null
}

const passwordOf = (meter: Meter, level: number): string | null => {
  const written = meter.parameters?.get(passwordParameter(level))
  if (written !== undefined) return readDigits(written, 1, 3)
  return level === meter.model.passwordLevel ? meter.model.password : null
}

/** Whether the meter believes them; a wrong password counts towards the lock, a right one forgets the wrong ones. */
export const believes = (meter: Meter, { level, password }: Pick<Credentials, 'level' | 'password'>): boolean => {
  const wrong = meter.wrongPasswords
  if (wrong !== null && meter.livedTo < wrong.lockedUntil) return false
  if (passwordOf(meter, level) === password) {
    meter.wrongPasswords = null
    return true
  }
  const count = (wrong === null || wrong.lockedUntil > 0 ? 0 : wrong.count) + 1
  meter.wrongPasswords = { count, lockedUntil: count >= wrongAllowed ? meter.livedTo + lockedMs : 0 }
  return false
}

/** The operator's code as records carry it, lowest byte first. */
export const operatorNumber = (operator: string): number => Number.parseInt(operator, 16)
