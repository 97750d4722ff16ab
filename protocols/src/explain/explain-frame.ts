import { broadcastAddress, readAddress, wildcardAddress } from '../dlt645/address.ts'
import { splitControlCode } from '../dlt645/control-code.ts'
import { createDictionary, type Dictionary, standardDictionary } from '../dlt645/dictionary.ts'
import {
  decodeFrame,
  endByte,
  lengthOffset,
  secondStartOffset,
  shortestFrameBytes,
  startByte,
  wakeUpByte,
} from '../dlt645/frame.ts'
import type { MeterProfile } from '../dlt645/profile.ts'
import { decodeReply } from '../dlt645/reply.ts'
import { decodeRequest } from '../dlt645/request.ts'
import { explain1997Data, is1997 } from '../dlt645-1997/explain-1997.ts'
import { byteToHex } from '../hex.ts'
import { explainData } from './explain-data.ts'
import type { ExplainedField, Explanation } from './explained.ts'
import { frameSource, functionWords, type Words } from './words.table.ts'

const dataShift = 0x33
const dataOffset = lengthOffset + 1

/**
 * What a frame says, field by field, in either direction; broken frames as far as they go, with all that is wrong. For
 * people: programs use `decodeFrame`, `decodeRequest` and `decodeReply`. Never throws.
 *
 * @example
 * explainFrame(fromHex('68 12 90 78 56 34 12 68 D1 01 35 8D 16')).fields.map(({ en, value }) => `${en}: ${value}`)
 * // [ …, 'control: reply, refused: read data', 'length: 1', 'error: no such data 无请求数据', … ]
 */
export function explainFrame(bytes: Uint8Array, profile?: MeterProfile): Explanation {
  const dictionary = profile === undefined ? standardDictionary : dictionaryOf(profile)
  const start = startOf(bytes)
  const problems: string[] = []
  const fields = leading(bytes, start, problems)
  if (start === bytes.length) {
    problems.push('there is no 68H that begins a frame')
    return { ok: false, direction: 'unknown', protocol: 'unknown', problems, fields }
  }
  return envelope(bytes, start, fields, problems, dictionary)
}

const dictionaries = new WeakMap<MeterProfile, Dictionary>()
function dictionaryOf(profile: MeterProfile): Dictionary {
  const known = dictionaries.get(profile)
  if (known !== undefined) return known
  const made = createDictionary(profile)
  dictionaries.set(profile, made)
  return made
}

/** The 68H of an intact frame if there is one, else one with a second 68H at its place, else any, else the end. */
function startOf(bytes: Uint8Array): number {
  let any = bytes.length
  let pair = bytes.length
  for (let start = 0; start < bytes.length; start++) {
    if (bytes[start] !== startByte) continue
    any = Math.min(any, start)
    if (bytes[start + secondStartOffset] !== startByte) continue
    pair = Math.min(pair, start)
    const end = start + shortestFrameBytes + (bytes[start + lengthOffset] ?? 0)
    if (end <= bytes.length && decodeFrame(bytes.subarray(start, end)).ok) return start
  }
  return pair < bytes.length ? pair : any
}

const none: readonly ExplainedField[] = Object.freeze([])

function field(
  bytes: Uint8Array,
  offset: number,
  length: number,
  name: string,
  words: Words,
  value: string,
): ExplainedField {
  const own = bytes.subarray(offset, offset + length)
  return { offset, bytes: own, meant: own, name, en: words[0], zh: words[1], clause: frameSource, value, fields: none }
}

function leading(bytes: Uint8Array, start: number, problems: string[]): ExplainedField[] {
  let wake = start
  while (wake > 0 && bytes[wake - 1] === wakeUpByte) wake--
  const fields: ExplainedField[] = []
  if (wake > 0) {
    problems.push(`${wake} bytes in front belong to no frame`)
    fields.push(field(bytes, 0, wake, 'noise', ['no part of a frame', '非帧数据'], ''))
  }
  if (wake < start) fields.push(field(bytes, wake, start - wake, 'wakeUp', ['wake-up bytes', '前导字节'], ''))
  return fields
}

function envelope(
  bytes: Uint8Array,
  start: number,
  fields: ExplainedField[],
  problems: string[],
  dictionary: Dictionary,
): Explanation {
  const add = (offset: number, length: number, name: string, words: Words, value: string): void => {
    if (start + offset < bytes.length) fields.push(field(bytes, start + offset, length, name, words, value))
  }
  const available = bytes.length - start
  const expect = (offset: number, byte: number, what: string): void => {
    const found = bytes[start + offset]
    if (found === undefined || found === byte) return
    problems.push(`${what}: ${byteToHex(byte)}H was expected, ${byteToHex(found)}H is there`)
  }
  add(0, 1, 'start', ['start', '帧起始符'], '')
  add(1, secondStartOffset - 1, 'address', ['address', '地址域'], addressText(bytes, start, problems))
  add(secondStartOffset, 1, 'secondStart', ['second start', '帧起始符'], '')
  expect(secondStartOffset, startByte, 'the second start')
  const control = bytes[start + secondStartOffset + 1]
  const length = bytes[start + lengthOffset]
  if (control === undefined || length === undefined) {
    if (control !== undefined) add(secondStartOffset + 1, 1, 'control', controlWords, controlText(control, false))
    problems.push(`the frame ends after ${available} bytes; the shortest has ${shortestFrameBytes}`)
    return { ok: false, direction: 'unknown', protocol: 'unknown', problems, fields }
  }
  const code = splitControlCode(control)
  const direction = code.fromMeter ? 'reply' : 'request'
  const older = is1997(control, length)
  add(secondStartOffset + 1, 1, 'control', controlWords, controlText(control, older))
  add(lengthOffset, 1, 'length', ['length', '数据域长度'], String(length))

  const wire = bytes.subarray(start + dataOffset, Math.min(bytes.length, start + dataOffset + length))
  const data = wire.map((byte) => byte - dataShift)
  const explain = older ? explain1997Data : explainData
  const explained = explain(code, wire, data, start + dataOffset, dictionary)
  fields.push(...explained.fields)
  problems.push(...explained.problems)
  if (wire.length < length) problems.push(`${length} bytes of data are announced, ${wire.length} are there`)

  const checksumOffset = dataOffset + length
  const sum = sumOf(bytes, start, start + checksumOffset)
  const checksum = bytes[start + checksumOffset]
  if (wire.length === length && checksum === undefined) problems.push('the checksum is missing')
  if (checksum !== undefined && checksum !== sum) {
    problems.push(`the checksum is ${byteToHex(checksum)}H, ${byteToHex(sum)}H would fit`)
  }
  add(checksumOffset, 1, 'checksum', ['checksum', '校验码'], checksum === sum ? 'fits' : 'does not fit')
  add(checksumOffset + 1, 1, 'end', ['end', '结束符'], '')
  if (checksum !== undefined && bytes[start + checksumOffset + 1] === undefined) problems.push('the end is missing')
  expect(checksumOffset + 1, endByte, 'the end')
  const behind = start + checksumOffset + 2
  if (behind < bytes.length) {
    problems.push(`${bytes.length - behind} bytes behind the frame`)
    fields.push(field(bytes, behind, bytes.length - behind, 'behind', ['behind the frame', '帧后数据'], ''))
  }
  if (problems.length === 0 && !older) problems.push(...messageProblems(bytes, start, control, data))
  const protocol = older ? 'DL/T 645-1997' : 'DL/T 645-2007'
  return { ok: problems.length === 0, direction, protocol, problems, fields }
}

const controlWords: Words = ['control', '控制码']

/** What the decoders have against a frame in which every field seems right. */
function messageProblems(bytes: Uint8Array, start: number, control: number, data: Uint8Array): readonly string[] {
  const address = readAddress(bytes, start + 1) ?? ''
  const frame = { address, control, data }
  const message = splitControlCode(control).fromMeter ? decodeReply(frame) : decodeRequest(frame)
  return message.ok ? [] : [message.detail]
}

function addressText(bytes: Uint8Array, start: number, problems: string[]): string {
  if (start + secondStartOffset > bytes.length) return 'cut off'
  const address = readAddress(bytes, start + 1)
  if (address === null) {
    problems.push('the address is not made of digits')
    return '? no address'
  }
  if (address === broadcastAddress) return `${address} all meters 广播`
  if (address === wildcardAddress) return `${address} whoever is there 通配`
  return address
}

function controlText(control: number, older: boolean): string {
  const { functionCode: code, fromMeter, abnormal, more } = splitControlCode(control)
  const [en, zh] = functionWords.get(code) ?? ['not of this protocol', '未知功能']
  const what = older ? `function ${byteToHex(code)}H of 1997` : `${en} ${zh}`
  const who = fromMeter ? (abnormal ? 'reply, refused' : 'reply') : 'request'
  return `${who}: ${what}${more ? ', more follows (or an event report waits)' : ''}`
}

function sumOf(bytes: Uint8Array, from: number, to: number): number {
  let sum = 0
  for (let index = from; index < Math.min(to, bytes.length); index++) sum += bytes[index] ?? 0
  return sum & 0xff
}
