import { toHex } from '@xianfu/protocols'

/**
 * Bytes as people may see them: a DL/T 645-2007 request that carries a password (functions 14H, 19H to 1CH) is shown
 * with `**` in its place. Whoever may look at a command is not thereby given the key to the meter.
 */
export const frameText = (bytes: Uint8Array): string => {
  const words = toHex(bytes).split(' ')
  const passwordAt = passwordOffset(bytes)
  if (passwordAt === null) return words.join(' ')
  return words.map((word, at) => (at >= passwordAt && at < passwordAt + passwordBytes ? '**' : word)).join(' ')
}

const passwordBytes = 3
const start = 0x68
const controlAt = 8
const dataAt = 10
/** Level PA stands first; a write has its identifier before it. */
const beforePassword: ReadonlyMap<number, number> = new Map([
  [0x14, 4 + 1],
  [0x19, 1],
  [0x1a, 1],
  [0x1b, 1],
  [0x1c, 1],
])

const passwordOffset = (bytes: Uint8Array): number | null => {
  const first = bytes.findIndex((byte) => byte !== 0xfe)
  if (first < 0 || bytes[first] !== start || bytes[first + 7] !== start) return null
  const before = beforePassword.get(bytes[first + controlAt] ?? 0)
  return before === undefined ? null : first + dataAt + before
}
