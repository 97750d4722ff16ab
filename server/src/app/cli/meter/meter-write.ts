import { fromHex, ProtocolError, toHex, type Credentials, type Dictionary, type Item } from '@xianfu/protocols'
import { errorWords } from '../../../headend/driver/dlt645-read.ts'
import { confirmed, type Desk } from '../desk.ts'
import { identifierText } from '../explain/field-text.ts'
import { dictionaryOf, explainData, itemName, type ProfileName } from '../explain/identifier.ts'
import { valueFromText } from '../explain/value-from-text.ts'
import { calledWrongly, cannotBeDone } from '../refusal.ts'
import { adviceFor } from './control-words.ts'
import { silenceWords, withSession, type LineOptions, type Session } from './session.ts'

export type MeterWriteOptions = LineOptions &
  Readonly<{
    address: string | null
    /** A name, or eight digits. */
    item: string
    /** As people write it, or `hex:` and the bytes as they stand in the frame. */
    value: string
    credentials: Credentials
    yes: boolean
    profile: ProfileName
  }>

/** What is to be written, worked out before the line is opened. */
type Plan = Readonly<{ identifier: number; name: string; data: Uint8Array; canBeRead: boolean }>

/** Writes one parameter (function 14H) and reads it back; the exit code is 0 when the meter shows what was written. */
export const runMeterWrite = async (options: MeterWriteOptions, desk: Desk): Promise<number> => {
  const dictionary = dictionaryOf(options.profile)
  const plan = planOf(options, dictionary, desk)
  const words = (data: Uint8Array): string => explainData(dictionary, plan.identifier, data, desk.language).text
  return withSession(options, desk, async (session) => {
    const { json, credentials, yes } = options
    const address = await session.addressOr(options.address)
    const show = (label: string, text: string): void => {
      if (!json) desk.print(`${label.padEnd(12)} ${text}`)
    }
    show('meter', desk.paint('bold', address))
    show('item', `${plan.name} (${identifierText(plan.identifier)})`)
    const before = plan.canBeRead ? await readBack(session, address, plan) : null
    show('before', before === null ? '–' : words(before))
    show('to write', `${words(plan.data)}  [${toHex(plan.data)}]`)
    const question = `Write ${plan.name} of meter ${address}: ${before === null ? '' : `${words(before)} → `}${words(plan.data)}?`
    if (!(await confirmed(desk, yes, question))) throw cannotBeDone('You said no: nothing was sent.')
    const acknowledged = await write(session, address, plan, credentials)
    const after = plan.canBeRead ? await readBack(session, address, plan) : null
    const isProven = after !== null && isAsWritten(after, plan.data)
    if (after !== null) show('after', words(after))
    if (json)
      desk.print(
        JSON.stringify({
          address,
          identifier: identifierText(plan.identifier),
          item: plan.name,
          before: before === null ? null : words(before),
          written: words(plan.data),
          after: after === null ? null : words(after),
          isProven,
        }),
      )
    else if (isProven) show(desk.paint('green', 'proven      '), 'the meter shows what was written')
    else show(desk.paint('yellow', 'not proven  '), doubtWords(acknowledged, after))
    return isProven ? 0 : 1
  })
}

const planOf = (options: MeterWriteOptions, dictionary: Dictionary, { language }: Desk): Plan => {
  const { item: word, value } = options
  const item = itemOf(word, dictionary)
  const hex = /^hex:(.*)$/iu.exec(value)?.[1]
  if (item === null) {
    if (!/^04[0-9A-F]{6}$/iu.test(word) || hex === undefined)
      throw calledWrongly(
        `"${word}" is in no table: say a name such as moneyAlarm1, or eight digits that begin with 04 and the value as hex:01 02 ….`,
      )
    return { identifier: Number.parseInt(word, 16), name: word.toUpperCase(), data: bytesOf(hex), canBeRead: true }
  }
  const name = itemName(item, language)
  if (item.id >>> 24 !== 0x04)
    throw calledWrongly(`"${word}" cannot be written: function 14H takes identifiers of class 04.`)
  if (item.name.startsWith('passwordLevel'))
    throw calledWrongly('Passwords are changed by function 18H, which this command does not send.')
  if (item.access === 'r') throw calledWrongly(`"${word}" can only be read.`)
  const data = hex === undefined ? encoded(item, value, dictionary) : bytesOf(hex)
  return { identifier: item.id, name, data, canBeRead: item.access.startsWith('r') }
}

const itemOf = (word: string, dictionary: Dictionary): Item | null =>
  dictionary.byName(word) ?? (/^[0-9A-F]{8}$/iu.test(word) ? dictionary.byId(Number.parseInt(word, 16)) : null)

const encoded = (item: Item, text: string, dictionary: Dictionary): Uint8Array => {
  const typed = valueFromText(item, text)
  if (!typed.ok) throw calledWrongly(`"${text}" is no value of ${item.name}: write ${typed.example}.`)
  try {
    return dictionary.encode(item.id, typed.value)
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    throw calledWrongly(`"${text}" cannot stand in ${item.name}: ${error.message}.`)
  }
}

const bytesOf = (hex: string): Uint8Array => {
  try {
    const data = fromHex(hex)
    if (data.length > 0) return data
  } catch {
    // Said below.
  }
  throw calledWrongly('Behind hex: stand pairs of hexadecimal digits, lowest byte first, as in the frame.')
}

const readBack = async (session: Session, address: string, plan: Plan): Promise<Uint8Array | null> => {
  const read = await session.read(address, plan.identifier)
  if (read.ok) return read.data
  if (read.code === 'refused-by-meter') return null
  throw cannotBeDone(silenceWords(address, read, session))
}

const doubtWords = (acknowledged: boolean, after: Uint8Array | null): string => {
  const answer = acknowledged ? 'the meter has acknowledged it' : 'the meter did not answer'
  return after === null
    ? `${answer}, and the item cannot be read back`
    : `${answer}, and shows something else; it may take it over later, read it again`
}

/** Whether it was acknowledged. Whether it was written is seen by reading: a lost answer says nothing about that. */
const write = async (session: Session, address: string, plan: Plan, credentials: Credentials): Promise<boolean> => {
  const asked = await session.ask(
    { kind: 'write', address, identifier: plan.identifier, credentials, data: plan.data },
    `write ${plan.name}`,
  )
  if (asked.kind === 'reply' && asked.reply.kind === 'write') return true
  if (asked.kind === 'reply' && asked.reply.kind === 'error') {
    const { errors } = asked.reply
    throw cannotBeDone(`Meter ${address} refused the write (${errorWords(errors)}): ${adviceFor(errors.reasons)}.`)
  }
  if (asked.kind === 'silence') return false
  throw cannotBeDone('The connection was closed while the meter was written to; read the item before writing again.')
}

const isAsWritten = (after: Uint8Array, written: Uint8Array): boolean =>
  after.length === written.length && after.every((byte, index) => byte === written[index])
