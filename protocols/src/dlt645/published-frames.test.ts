import { expect, test } from 'vitest'
import frames from '../../fixtures/dlt645-frames.jsonl?raw'
import type { Decoded } from '../decoded.ts'
import { byteToHex, fromHex, toHex } from '../hex.ts'
import { standardDictionary } from './dictionary.ts'
import { decodeFrame, encodeFrame, type Frame, wakeUpByte } from './frame.ts'
import { type IdentifierName, identifiers } from './identifiers.table.ts'
import { identifierText } from './data-identifier.ts'
import type { MeterTime } from './meter-time.ts'
import type { ControlAction } from './relay-command.ts'
import { decodeReply, encodeReply, type Reply } from './reply.ts'
import { decodeRequest, encodeRequest, type MinuteTime, type Request } from './request.ts'
import { decodeValue, identifierName } from './value.ts'

type Published = { dir: 'req' | 'res'; hex: string; meaning: string; value: string }

const published = frames
  .trim()
  .split('\n')
  .map((line, index) => ({ line: index + 1, ...(JSON.parse(line) as Published) }))

// The lines that are refused, by line number. The envelope of each is intact.
const refusals: Record<number, { code: string; because: string }> = {
  70: { code: 'wrong-length', because: 'a read reply without identifier, a stub of its author' },
  71: { code: 'wrong-function', because: '1FH is a function of one vendor' },
  73: { code: 'out-of-range', because: 'its author sends the year first; read low byte first there is no such time' },
}

// The lines that are understood, but that we would say otherwise.
const notCanonical: Record<number, string> = {
  67: 'N2 is 01 where the standard has 00',
  68: 'N2 is 01 where the standard has 00',
}

// Values that the source gives, but that are none.
const refusedValues: Record<number, string> = {
  33: 'month and day of a clock that was never set are 00 and the weekday is 07',
}

const valueOf = <T>(decoded: Decoded<T>): T => {
  if (!decoded.ok) throw new Error(`${decoded.code}: ${decoded.detail}`)
  return decoded.value
}

/** Understood from one direction and said again in the same, as functions of the frame alone. */
const direction = {
  req: {
    decode: decodeRequest,
    again: (frame: Frame) => encodeRequest(valueOf(decodeRequest(frame))),
    says: (frame: Frame) => phrasesOfRequest(valueOf(decodeRequest(frame))),
  },
  res: {
    decode: decodeReply,
    again: (frame: Frame) => encodeReply(valueOf(decodeReply(frame))),
    says: (frame: Frame) => phrasesOfReply(valueOf(decodeReply(frame))),
  },
}

const frameOf = (hex: string): Frame => valueOf(decodeFrame(fromHex(hex)))
const written = (frame: Frame, like: string): string =>
  toHex(encodeFrame(frame, { wakeUpBytes: fromHex(like).findIndex((byte) => byte !== wakeUpByte) }))

const understood = published.filter(({ line }) => refusals[line] === undefined)

test('the file holds what its README says', () => {
  expect(published).toHaveLength(103)
})

test.each(published)('line $line: the envelope encodes byte for byte', ({ hex }) => {
  expect(written(frameOf(hex), hex)).toBe(hex)
})

test.each(published.filter(({ line }) => refusals[line] !== undefined))('line $line is refused: $meaning', (frame) => {
  expect(direction[frame.dir].decode(frameOf(frame.hex))).toMatchObject({ ok: false, code: refusals[frame.line]?.code })
})

test.each(understood.filter(({ line }) => notCanonical[line] === undefined))(
  'line $line: the message encodes byte for byte',
  ({ dir, hex }) => {
    expect(written(direction[dir].again(frameOf(hex)), hex)).toBe(hex)
  },
)

test.each(understood.filter(({ line }) => notCanonical[line] !== undefined))(
  'line $line: the message is understood, but not said like this',
  ({ dir, hex }) => {
    expect(written(direction[dir].again(frameOf(hex)), hex)).not.toBe(hex)
  },
)

test.each(published.filter(({ line }) => refusedValues[line] !== undefined))(
  'line $line: the value is none',
  ({ hex }) => {
    const reply = valueOf(decodeReply(frameOf(hex)))
    const { identifier, data } = reply as Extract<Reply, { kind: 'read' }>
    const name = identifierName(identifier) as IdentifierName
    expect(decodeValue(name, data)).toMatchObject({ ok: false, code: 'out-of-range' })
  },
)

test.each(understood.filter(({ line }) => refusedValues[line] === undefined))(
  'line $line: it carries what the source says: $meaning $value',
  ({ dir, hex, meaning, value }) => {
    for (const phrase of direction[dir].says(frameOf(hex))) expect(`${meaning} = ${value}`).toContain(phrase)
  },
)

const two = (number: number): string => String(number).padStart(2, '0')
const timeText = (time: MeterTime): string =>
  `${time.year}-${two(time.month)}-${two(time.day)} ${two(time.hour)}:${two(time.minute)}:${two(time.second)}`

const wordsOfAction: Partial<Record<ControlAction, string>> = {
  trip: 'trip',
  'permit-close': 'close permit',
  'direct-close': 'direct close',
}

/** What a request carries, in the words of the file. */
function phrasesOfRequest(request: Request): readonly string[] {
  switch (request.kind) {
    case 'read':
      return [`read ${identifierText(request.identifier)}`]
    case 'read-follow-up':
      return [`${identifierText(request.identifier)}, frame ${request.sequence}`]
    case 'write':
      return [
        `write ${identifierText(request.identifier)}`,
        `level ${two(request.credentials.level)} password ${request.credentials.password}`,
        // Of identifiers in the table, the file gives the meaning instead.
        identifierName(request.identifier) === null ? ` = data ${toHex(request.data)}` : '',
      ]
    case 'control':
      return [
        `control 1CH: ${wordsOfAction[request.action]}`,
        `level ${two(request.credentials.level)}`,
        request.validUntil === null ? 'for ever' : `until ${timeText(request.validUntil)}`,
      ]
    case 'set-time':
      return [`broadcast time = ${timeText(request.time)}`]
    case 'write-address':
      return [newAddressPhrase(request.newAddress)]
    case 'freeze':
      return [`freeze ${request.when.every} (99999999)`]
    case 'change-rate':
      return [`change baud rate, characteristic byte ${byteToHex(request.rateWord)}H`]
    case 'read-address':
      return ['read communication address']
    default:
      return [`the file has no ${request.kind}`]
  }
}

/** One source tells the bytes as they are sent, the other the digits. */
const newAddressPhrase = (address: string): string =>
  address === '131078563412' ? `new address bytes ${toHex(fromHex(address).toReversed())} as sent` : ` ${address}`

/** What a reply carries, in the words of the file. */
function phrasesOfReply(reply: Reply): readonly string[] {
  switch (reply.kind) {
    case 'read': {
      const name = identifierName(reply.identifier)
      return [identifierText(reply.identifier), name === null ? familyText(reply) : ` = ${readText(name, reply.data)}`]
    }
    case 'read-address':
      return [`communication address reply = ${reply.address}`]
    case 'error':
      return [`error reply = ERR=${two(reply.errors.raw)}`]
    case 'write':
    case 'control':
    case 'freeze':
      return ['normal reply = accepted']
    case 'write-address':
      return [`write address normal reply (sent from the new address) = ${reply.address}`]
    case 'change-rate':
      return [`change baud rate reply = ${byteToHex(reply.rateWord)}H`]
    default:
      return [`the file has no ${reply.kind}`]
  }
}

// Unit in the file, its size in our base units, decimals in the file.
const unitOf: Record<string, [unit: string, size: number, decimals: number]> = {
  Wh: [' kWh', 1000, 2],
  mV: [' V', 1000, 1],
  mA: [' A', 1000, 3],
  mW: [' kW', 1_000_000, 4],
  mvar: [' kvar', 1_000_000, 4],
  mVA: [' kVA', 1_000_000, 4],
  '1/1000': ['', 1000, 3],
  mHz: [' Hz', 1000, 2],
}

/** Members of families: the file has a meter-clear record and a quadrant. */
function familyText({ identifier, data }: Extract<Reply, { kind: 'read' }>): string {
  const item = standardDictionary.byId(identifier)
  if (item === null) return ''
  const value = valueOf(standardDictionary.decode(identifier, data))
  switch (item.name) {
    case 'meterClearRecordLast1': {
      const { at, operator, total } = value as { at: MeterTime; operator: Uint8Array; total: Record<string, unknown> }
      const energies = [total['forwardActiveEnergy'], total['reverseActiveEnergy']].map((wh) => Number(wh) / 1000)
      const code = toHex(operator.toReversed()).replaceAll(' ', '')
      const [forward = 0, reverse = 0] = energies
      return ` = at ${timeText(at)} by operator ${code}; energies before clearing ${forward.toFixed(2)}, ${reverse.toFixed(2)} kWh`
    }
    // Its note says that the standard does not have it; by the order of the standard it is phase C, quadrant 4.
    case 'phaseCQuadrant4ReactiveEnergyTotal':
      return ` = ${(Number(value) / 1000).toFixed(2)}`
    default:
      throw new Error(`${item.name} is not in the file`)
  }
}

const minuteText = ({ year, month, day, hour, minute }: MinuteTime): string =>
  `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}`

function readText(name: IdentifierName, data: Uint8Array): string {
  const value: unknown = valueOf(decodeValue(name, data))
  if (typeof value === 'number') {
    const [unit, size, decimals] = unitOf[identifiers[name].unit] ?? ['', 1, 0]
    return `${(value / size).toFixed(decimals)}${unit}`
  }
  return typeof value === 'string' ? value : recordText(name, data)
}

function recordText(name: IdentifierName, data: Uint8Array): string {
  if (name === 'dateAndWeekday') {
    const { year, month, day, weekday } = valueOf(decodeValue(name, data))
    return `${year}-${two(month)}-${two(day)} weekday ${weekday}`
  }
  if (name === 'time') {
    const { hour, minute, second } = valueOf(decodeValue(name, data))
    return `${two(hour)}:${two(minute)}:${two(second)}`
  }
  if (name === 'frozenTimeDailyLast1') {
    const at = valueOf(decodeValue(name, data))
    return at === null ? '' : minuteText(at)
  }
  if (name === 'forwardActiveDemandTotal') {
    const { value, at } = valueOf(decodeValue(name, data))
    return `${((value ?? 0) / 1_000_000).toFixed(4)} kW at ${at === null ? '' : minuteText(at)}`
  }
  const hex = (word: number | undefined): string => (word ?? 0).toString(16).toUpperCase().padStart(4, '0')
  if (name === 'statusWord3') {
    const { raw, relay } = valueOf(decodeValue(name, data))
    return raw === 0 ? `0x${hex(raw)}: relay ${relay}` : `0x${hex(raw)}: bit4 relay ${relay}`
  }
  const { words } = valueOf(decodeValue('statusWordBlock', data))
  return `word1 ${hex(words[0])}H (clock and reading battery low), word2 ${hex(words[1])}H, word3 ${hex(words[2])}H`
}
