import type { Dictionary } from '@xianfu/protocols'
import type { Desk } from '../desk.ts'
import { identifierText } from '../explain/field-text.ts'
import { dictionaryOf, explainData, type ProfileName } from '../explain/identifier.ts'
import { calledWrongly } from '../refusal.ts'
import { defaultItemWords, itemsFor, itemWords, type MeterItem } from './meter-items.ts'
import { readModbus, type ModbusTarget } from './meter-read-modbus.ts'
import { readPicture } from './read-picture.ts'
import { silenceWords, withSession, type LineOptions, type Session } from './session.ts'

export type MeterReadOptions = LineOptions &
  Readonly<{
    /** Twelve digits each; none asks the one meter on the line who it is. */
    addresses: readonly string[]
    /** A Modbus meter in place of DL/T 645 ones; addresses are then not asked for. */
    modbus: ModbusTarget | null
    items: readonly string[]
    /** The full picture in place of items. */
    all: boolean
    profile: ProfileName
    timeZone: string
    /** From the beginning of one round to the beginning of the next; null reads once. */
    everyMs: number | null
    /** Rounds; null goes on until interrupted. */
    times: number | null
  }>

/** Reads the meters of a line, once or round after round, and prints what they say. */
export const runMeterRead = async (options: MeterReadOptions, desk: Desk): Promise<number> => {
  const dictionary = dictionaryOf(options.profile)
  const words = options.items.length === 0 ? defaultItemWords : options.items
  const items = words.flatMap((word) => itemsOrRefuse(word, dictionary))
  const rounds = options.everyMs === null ? 1 : (options.times ?? Infinity)
  const interrupted = options.everyMs === null ? null : desk.interrupted()
  const isOver = (): boolean => interrupted?.aborted === true
  return withSession(options, desk, async (session) => {
    const { modbus } = options
    const addresses =
      modbus !== null || options.addresses.length > 0 ? options.addresses : [await session.addressOr(null)]
    let isWhole = true
    for (let round = 0; round < rounds && !isOver(); round += 1) {
      const startMs = desk.clock.elapsedMs()
      if (modbus !== null) isWhole = (await readModbus(session, modbus, { ...options, items }, desk)) && isWhole
      for (const address of modbus === null ? addresses : [])
        isWhole = (await readMeter(session, address, { ...options, dictionary, items }, desk)) && isWhole
      const restMs = startMs + (options.everyMs ?? 0) - desk.clock.elapsedMs()
      if (interrupted !== null && round + 1 < rounds)
        await desk.clock.delay(Math.max(0, restMs), interrupted).catch(() => undefined)
    }
    return isWhole ? 0 : 1
  })
}

const itemsOrRefuse = (word: string, dictionary: Dictionary): readonly MeterItem[] => {
  const items = itemsFor(word, dictionary)
  if (items === null)
    throw calledWrongly(
      `"${word}" cannot be read. Say ${itemWords.join(', ')}, an identifier's name, or its eight digits.`,
    )
  return items
}

type ReadOptions = Pick<MeterReadOptions, 'json' | 'all' | 'timeZone'> &
  Readonly<{ dictionary: Dictionary; items: readonly MeterItem[] }>

/** Whether everything asked was answered and understood. */
const readMeter = async (session: Session, address: string, options: ReadOptions, desk: Desk): Promise<boolean> =>
  options.all ? readPicture(session, address, options, desk) : readItems(session, address, options, desk)

const readItems = async (
  session: Session,
  address: string,
  { dictionary, items, json }: ReadOptions,
  desk: Desk,
): Promise<boolean> => {
  const results: unknown[] = []
  const show = (item: MeterItem, isGood: boolean, value: unknown, text: string): void => {
    results.push({ item: item.label, identifier: identifierText(item.identifier), name: item.name, value, text })
    if (!json) desk.print(`${item.label.padEnd(12)} ${isGood ? text : desk.paint('yellow', text)}`)
  }
  let isWhole = true
  if (!json) desk.print(`meter ${desk.paint('bold', address)}`)
  for (const item of items) {
    const read = await session.read(address, item.identifier)
    if (!read.ok && read.code !== 'refused-by-meter') {
      desk.complain(desk.paint('red', silenceWords(address, read, session)))
      return false
    }
    if (read.ok) {
      const explained = explainData(dictionary, item.identifier, read.data, desk.language)
      show(item, explained.isWhole, explained.value, explained.text)
      isWhole &&= explained.isWhole
    } else {
      show(item, false, null, `the meter refused: ${read.detail}`)
      isWhole = false
    }
  }
  if (json) desk.print(JSON.stringify({ address, at: new Date(desk.clock.now()).toISOString(), items: results }))
  return isWhole
}
