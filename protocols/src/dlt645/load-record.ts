import { decoded, type Decoded, refused } from '../decoded.ts'
import { ProtocolError } from '../error.ts'
import type { Measured, PhaseValues, TotalAndPhases } from './format.ts'
import { type MomentOf, readMoment, writeMoment } from './moment.ts'
import { type Numeric, readNumber, writeNumber } from './number.ts'

// The load profile (class 06): records between A0 A0 and E5, six groups of values with AAH behind each.

/** What a meter has stored of one moment; null where a group is not recorded. */
export type LoadRecord = Readonly<{
  at: MomentOf<'YYMMDDhhmm'> | null
  /** The meter itself says that the record is damaged (E0 E0 in front); its values are not to be believed. */
  damaged: boolean
  /** Class 1. */
  voltageAndCurrent: Readonly<{ voltage: PhaseValues; current: PhaseValues; frequency: Measured }> | null
  /** Class 2. */
  power: Readonly<{ active: TotalAndPhases; reactive: TotalAndPhases }> | null
  /** Class 3. */
  powerFactor: TotalAndPhases | null
  /** Class 4. */
  energy: Readonly<
    Record<'forwardActive' | 'reverseActive' | 'combinedReactive1' | 'combinedReactive2', Measured>
  > | null
  /** Class 5: reactive energy of the four quadrants. */
  quadrants: Readonly<Record<'quadrant1' | 'quadrant2' | 'quadrant3' | 'quadrant4', Measured>> | null
  /** Class 6; newer meters put neutral current and apparent power behind the demands. */
  demand: Readonly<{ active: Measured; reactive: Measured; neutralCurrent?: Measured; apparentPower?: Measured }> | null
}>
export type LoadRecords = Readonly<{ records: readonly LoadRecord[] }>

const voltage = { bytes: 2, signed: false, scale: 100, unit: 'mV' } as const
const current = { bytes: 3, signed: true, scale: 1, unit: 'mA' } as const
const frequency = { bytes: 2, signed: false, scale: 10, unit: 'mHz' } as const
const power = { bytes: 3, signed: true, scale: 100, unit: 'mW' } as const
const reactivePower = { ...power, unit: 'mvar' } as const
const apparentPower = { ...power, unit: 'mVA' } as const
const powerFactor = { bytes: 2, signed: true, scale: 1, unit: '1/1000' } as const
const energy = { bytes: 4, signed: false, scale: 10, unit: 'Wh' } as const
const signedReactive = { ...energy, signed: true, unit: 'varh' } as const
const reactiveEnergy = { ...energy, unit: 'varh' } as const
const demand = { bytes: 3, signed: false, scale: 100, unit: 'mW' } as const
const reactiveDemand = { ...demand, unit: 'mvar' } as const

/** The numbers of each class in their order, with the names by which people know them. */
export const loadClasses: readonly (readonly (readonly [name: string, format: Numeric])[])[] = Object.freeze([
  [
    ['voltageA', voltage],
    ['voltageB', voltage],
    ['voltageC', voltage],
    ['currentA', current],
    ['currentB', current],
    ['currentC', current],
    ['frequency', frequency],
  ],
  [
    ['activePowerTotal', power],
    ['activePowerA', power],
    ['activePowerB', power],
    ['activePowerC', power],
    ['reactivePowerTotal', reactivePower],
    ['reactivePowerA', reactivePower],
    ['reactivePowerB', reactivePower],
    ['reactivePowerC', reactivePower],
  ],
  [
    ['powerFactorTotal', powerFactor],
    ['powerFactorA', powerFactor],
    ['powerFactorB', powerFactor],
    ['powerFactorC', powerFactor],
  ],
  [
    ['forwardActiveEnergy', energy],
    ['reverseActiveEnergy', energy],
    ['combinedReactiveEnergy1', signedReactive],
    ['combinedReactiveEnergy2', signedReactive],
  ],
  [
    ['reactiveEnergyQuadrant1', reactiveEnergy],
    ['reactiveEnergyQuadrant2', reactiveEnergy],
    ['reactiveEnergyQuadrant3', reactiveEnergy],
    ['reactiveEnergyQuadrant4', reactiveEnergy],
  ],
  [
    ['activeDemand', demand],
    ['reactiveDemand', reactiveDemand],
    ['neutralCurrent', current],
    ['apparentPower', apparentPower],
  ],
])
/** How many numbers of class 6 every meter has. */
const demandsAlone = 2
const bytesOf = (fields: readonly (readonly [string, Numeric])[]): number =>
  fields.reduce((sum, [, format]) => sum + format.bytes, 0)
const bytesOfClass: readonly number[] = loadClasses.map(bytesOf)
const bytesOfDemands = bytesOf(loadClasses.at(-1)?.slice(0, demandsAlone) ?? [])

/** Whether a group of so many bytes can be the class with this place. */
const isLengthOf = (place: number, length: number): boolean =>
  bytesOfClass[place] === length || (place === bytesOfClass.length - 1 && length === bytesOfDemands)

const goodStart = 0xa0
const damagedStart = 0xe0
const separator = 0xaa
const endOfRecord = 0xe5
/** Two bytes of start, the length, and behind it the time. */
const timeOffset = 3
const pattern = 'YYMMDDhhmm'
const timeBytes = 5
/** Checksum and end. */
const tailBytes = 2

/** Where one record lies and what its classes are, numbers not yet read; the fields of `explain` need the places. */
export type LoadRecordParts = Readonly<{
  start: number
  end: number
  damaged: boolean
  /** Where each class lies, or null. */
  classes: readonly (Readonly<{ from: number; bytes: number }> | null)[]
}>

/**
 * The record at `start`. Some meters leave out the separators of empty classes when one class alone was asked for, and
 * some send one less; groups are then told apart by their length and order, and `asked` (1 to 6, 0 for all) settles
 * whether 16 bytes are class 4 or 5.
 */
export function loadRecordParts(data: Uint8Array, start: number, asked: number): Decoded<LoadRecordParts> {
  const [first, second, length] = [data[start], data[start + 1], data[start + 2]]
  if (first !== second || (first !== goodStart && first !== damagedStart) || length === undefined) {
    return refused('out-of-range', 'a load record begins with A0 A0')
  }
  const contentEnd = start + timeOffset + length
  const end = contentEnd + tailBytes
  if (length < timeBytes || end > data.length) return refused('wrong-length', 'a load record is cut off')
  let sum = 0
  for (let index = start; index < contentEnd; index++) sum += data[index] ?? 0
  if ((sum & 0xff) !== data[contentEnd]) return refused('bad-checksum', 'the checksum of a load record does not fit')
  if (data[contentEnd + 1] !== endOfRecord) return refused('no-end', 'a load record ends with E5')
  const classes = classesIn(data, start + timeOffset + timeBytes, contentEnd, asked)
  return classes === null
    ? refused('wrong-length', 'the groups of a load record have other lengths')
    : decoded({ start, end, damaged: first === damagedStart, classes })
}

function classesIn(data: Uint8Array, begin: number, end: number, asked: number): LoadRecordParts['classes'] | null {
  const groups: [at: number, length: number][] = []
  let at = begin
  for (let index = begin; index <= end; index++) {
    if (index < end && data[index] !== separator) continue
    // Behind the last separator comes nothing; a meter that sends one separator less ends with a group.
    if (index < end || index > at) groups.push([at, index - at])
    at = index + 1
  }
  const complete = groups.length >= bytesOfClass.length
  const found: ({ from: number; bytes: number } | null)[] = bytesOfClass.map(() => null)
  let next = 0
  for (const [index, [from, length]] of groups.entries()) {
    if (length === 0) continue
    const first = complete ? index : asked > 0 && isLengthOf(asked - 1, length) ? asked - 1 : next
    let place = first
    while (place < bytesOfClass.length && !isLengthOf(place, length)) place = complete ? bytesOfClass.length : place + 1
    if (place >= bytesOfClass.length) return null
    found[place] = { from, bytes: length }
    next = place + 1
  }
  return found
}

export function decodeLoadRecords(data: Uint8Array, asked: number): Decoded<LoadRecords> {
  const records: LoadRecord[] = []
  for (let start = 0; start < data.length;) {
    const parts = loadRecordParts(data, start, asked)
    if (!parts.ok) return parts
    const record = readRecord(data, parts.value)
    if (!record.ok) return record
    records.push(record.value)
    start = parts.value.end
  }
  return decoded({ records })
}

function readRecord(data: Uint8Array, { start, damaged, classes }: LoadRecordParts): Decoded<LoadRecord> {
  const at = readMoment(pattern, data, start + timeOffset)
  if (!at.ok) return at
  const groups = classes.map((group, index) => group && numbersOf(data, group, loadClasses[index] ?? []))
  if (groups.some((group) => group?.some((value) => Number.isNaN(value)))) {
    return refused('not-bcd', 'a nibble of a load record is no decimal digit')
  }
  const [first, second, third, fourth, fifth, sixth] = groups
  return decoded({
    at: at.value as LoadRecord['at'],
    damaged,
    voltageAndCurrent: first
      ? { voltage: phasesOf(first, 0), current: phasesOf(first, 3), frequency: first[6] ?? null }
      : null,
    power: second ? { active: totalOf(second, 0), reactive: totalOf(second, 4) } : null,
    powerFactor: third ? totalOf(third, 0) : null,
    energy: fourth
      ? {
          forwardActive: fourth[0] ?? null,
          reverseActive: fourth[1] ?? null,
          combinedReactive1: fourth[2] ?? null,
          combinedReactive2: fourth[3] ?? null,
        }
      : null,
    quadrants: fifth
      ? {
          quadrant1: fifth[0] ?? null,
          quadrant2: fifth[1] ?? null,
          quadrant3: fifth[2] ?? null,
          quadrant4: fifth[3] ?? null,
        }
      : null,
    demand: sixth ? demandOf(sixth) : null,
  })
}

function numbersOf(
  data: Uint8Array,
  { from, bytes }: Readonly<{ from: number; bytes: number }>,
  fields: readonly (readonly [string, Numeric])[],
): Measured[] {
  const values: Measured[] = []
  let at = from
  for (const [, format] of fields) {
    if (at >= from + bytes) break
    values.push(readNumber(data, at, format))
    at += format.bytes
  }
  return values
}

function demandOf(values: readonly Measured[]): NonNullable<LoadRecord['demand']> {
  const [active = null, reactive = null, neutralCurrent = null, apparentPower = null] = values
  return values.length > demandsAlone ? { active, reactive, neutralCurrent, apparentPower } : { active, reactive }
}

const phasesOf = (values: readonly Measured[], from: number): PhaseValues => ({
  a: values[from] ?? null,
  b: values[from + 1] ?? null,
  c: values[from + 2] ?? null,
})
const totalOf = (values: readonly Measured[], from: number): TotalAndPhases => ({
  total: values[from] ?? null,
  ...phasesOf(values, from + 1),
})

/** @throws ProtocolError when a value cannot stand there. */
export function encodeLoadRecords({ records }: LoadRecords): Uint8Array {
  return Uint8Array.from(records.flatMap((record) => [...encodeRecord(record)]))
}

function encodeRecord(record: LoadRecord): Uint8Array {
  const groups = [
    record.voltageAndCurrent && [
      ...abc(record.voltageAndCurrent.voltage),
      ...abc(record.voltageAndCurrent.current),
      record.voltageAndCurrent.frequency,
    ],
    record.power && [...all(record.power.active), ...all(record.power.reactive)],
    record.powerFactor && all(record.powerFactor),
    record.energy && [
      record.energy.forwardActive,
      record.energy.reverseActive,
      record.energy.combinedReactive1,
      record.energy.combinedReactive2,
    ],
    record.quadrants && [
      record.quadrants.quadrant1,
      record.quadrants.quadrant2,
      record.quadrants.quadrant3,
      record.quadrants.quadrant4,
    ],
    record.demand && demandNumbers(record.demand),
  ]
  const length = groups.reduce(
    (sum, group, index) => sum + 1 + bytesOf((loadClasses[index] ?? []).slice(0, group?.length ?? 0)),
    timeBytes,
  )
  const bytes = new Uint8Array(timeOffset + length + tailBytes)
  const start = record.damaged ? damagedStart : goodStart
  bytes.set([start, start, length])
  writeMoment(pattern, bytes, timeOffset, record.at)
  let at = timeOffset + timeBytes
  for (const [index, group] of groups.entries()) {
    for (const [place, value] of (group ?? []).entries()) {
      const format = loadClasses[index]?.[place]?.[1]
      if (format === undefined) continue
      writeNumber(bytes, at, format, value)
      at += format.bytes
    }
    bytes[at++] = separator
  }
  bytes[at] = bytes.subarray(0, at).reduce((sum, byte) => sum + byte, 0)
  bytes[at + 1] = endOfRecord
  if (at + tailBytes !== bytes.length) throw new ProtocolError('wrong-length', 'a load record has another length')
  return bytes
}

const demandNumbers = ({ active, reactive, neutralCurrent, apparentPower }: NonNullable<LoadRecord['demand']>) =>
  neutralCurrent === undefined && apparentPower === undefined
    ? [active, reactive]
    : [active, reactive, neutralCurrent ?? null, apparentPower ?? null]

const abc = ({ a, b, c }: PhaseValues): Measured[] => [a, b, c]
const all = ({ total, ...phases }: TotalAndPhases): Measured[] => [total, ...abc(phases)]
