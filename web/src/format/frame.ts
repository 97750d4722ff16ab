/**
 * A DL/T 645-2007 frame taken apart for the eye: which bytes are the address, the control code, the identifier, the
 * data. Nothing is decided here; what is not understood stays in one piece.
 */
export type FrameField =
  | 'wake-up'
  | 'mark'
  | 'address'
  | 'control'
  | 'length'
  | 'identifier'
  | 'password'
  | 'operator'
  | 'action'
  | 'deadline'
  | 'data'
  | 'sequence'
  | 'error'
  | 'checksum'
  | 'wrong-checksum'
  | 'unknown'

/** Bytes as on the wire; `value` is what they say (digits highest first, the +33H taken off), where that is short. */
export type FramePart = Readonly<{ field: FrameField; bytes: readonly number[]; value: string | null }>

const shortestBytes = 12
const dataAt = 10

/** A byte that the server does not show (a password) is `**`, and no number. */
const hidden = '**'

export const hexOf = (bytes: readonly number[]): string =>
  bytes.map((byte) => (Number.isNaN(byte) ? hidden : byte.toString(16).toUpperCase().padStart(2, '0'))).join(' ')

const bytesOf = (hex: string): readonly number[] =>
  hex
    .split(/\s+/u)
    .filter((word) => word !== '')
    .map((word) => (word === hidden ? Number.NaN : Number.parseInt(word, 16)))

/** Lowest byte first on the wire, highest first for people. */
const digitsOf = (bytes: readonly number[]): string => hexOf([...bytes].reverse()).replaceAll(' ', '')
const meant = (bytes: readonly number[]): readonly number[] => bytes.map((byte) => (byte - 0x33) & 0xff)

type Layout = readonly (readonly [FrameField, number | 'rest'])[]

const identified: Layout = [
  ['identifier', 4],
  ['data', 'rest'],
]
const access: Layout = [
  ['password', 4],
  ['operator', 4],
]
const nothingKnown: Layout = [['data', 'rest']]

/** How the data of a function are laid out, asked and answered. */
const layouts: Readonly<Record<number, Readonly<{ asked: Layout; answered: Layout }>>> = Object.freeze({
  0x11: { asked: identified, answered: identified },
  0x12: {
    asked: [
      ['identifier', 4],
      ['sequence', 1],
    ],
    answered: identified,
  },
  0x13: { asked: nothingKnown, answered: [['address', 6]] },
  0x14: { asked: [['identifier', 4], ...access, ['data', 'rest']], answered: nothingKnown },
  0x1c: { asked: [...access, ['action', 2], ['deadline', 6], ['data', 'rest']], answered: nothingKnown },
})

const layoutOf = (control: number): Layout => {
  if ((control & 0x40) !== 0) return [['error', 'rest']]
  const known = layouts[control & 0x1f]
  return ((control & 0x80) === 0 ? known?.asked : known?.answered) ?? nothingKnown
}

const valueOf = (field: FrameField, bytes: readonly number[]): string | null => {
  if (field === 'password' || field === 'operator') return null
  if (field === 'action') return hexOf(meant(bytes.slice(0, 1)))
  return field === 'data' && bytes.length > 8 ? null : digitsOf(meant(bytes))
}

const dataParts = (control: number, data: readonly number[]): FramePart[] => {
  let at = 0
  return layoutOf(control).flatMap(([field, length]) => {
    const bytes = data.slice(at, length === 'rest' ? data.length : at + length)
    at += bytes.length
    return bytes.length === 0 ? [] : [{ field, bytes, value: valueOf(field, bytes) }]
  })
}

const whole = (bytes: readonly number[]): FramePart[] =>
  bytes.length === 0 ? [] : [{ field: 'unknown', bytes, value: null }]

/** The parts of a frame, in order; together they are all of its bytes. */
export const splitFrame = (hex: string): readonly FramePart[] => {
  const bytes = bytesOf(hex)
  const start = bytes.findIndex((byte) => byte !== 0xfe)
  const frame = start < 0 ? [] : bytes.slice(start)
  const [control = 0, length = 0] = frame.slice(8, 10)
  if (frame.length < shortestBytes || frame[0] !== 0x68 || frame[7] !== 0x68 || frame.length !== shortestBytes + length)
    return whole(bytes)
  const sumAt = frame.length - 2
  const sum = frame.slice(0, sumAt).reduce((total, byte) => total + byte, 0) & 0xff
  const canBeSummed = !frame.some((byte) => Number.isNaN(byte))
  const address = frame.slice(1, 7)
  const mark = (at: number): FramePart => ({ field: 'mark', bytes: frame.slice(at, at + 1), value: null })
  return [
    ...(start === 0 ? [] : [{ field: 'wake-up' as const, bytes: bytes.slice(0, start), value: null }]),
    mark(0),
    { field: 'address', bytes: address, value: digitsOf(address) },
    mark(7),
    { field: 'control', bytes: [control], value: hexOf([control]) },
    { field: 'length', bytes: [length], value: String(length) },
    ...dataParts(control, frame.slice(dataAt, sumAt)),
    {
      field: canBeSummed && sum !== frame[sumAt] ? 'wrong-checksum' : 'checksum',
      bytes: frame.slice(sumAt, -1),
      value: null,
    },
    mark(sumAt + 1),
  ]
}

export type SupplyState = Readonly<{
  relay: 'closed' | 'open'
  relayCommand: 'closed' | 'open'
  keepPower: boolean
  alarm: boolean
}>

/** What status word 3 (04000503) says in an answer that carries it; null for any other answer. */
export const supplyStateOf = (hex: string): SupplyState | null => {
  const parts = splitFrame(hex)
  const data = parts.find(({ field }) => field === 'data')
  if (parts.find(({ field }) => field === 'identifier')?.value !== '04000503' || data?.bytes.length !== 2) return null
  const [low = 0, high = 0] = meant(data.bytes)
  const word = low | (high << 8)
  const has = (bit: number): boolean => (word & (1 << bit)) !== 0
  return {
    relay: has(4) ? 'open' : 'closed',
    relayCommand: has(6) ? 'open' : 'closed',
    keepPower: has(12),
    alarm: has(7),
  }
}
