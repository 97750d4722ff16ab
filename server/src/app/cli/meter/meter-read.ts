import { decodeValue, toHex, type Decoded } from '@xianfu/protocols'
import type { IdentifierRead } from '../../../headend/driver/dlt645-read.ts'
import type { Desk } from '../desk.ts'
import { calledWrongly } from '../refusal.ts'
import { defaultItemWords, itemsFor, itemWords, type MeterItem } from './meter-items.ts'
import { valueText } from './meter-values.ts'
import { silenceWords, withSession, type LineOptions, type Session } from './session.ts'

export type MeterReadOptions = LineOptions &
  Readonly<{
    /** Twelve digits each; none asks the one meter on the line who it is. */
    addresses: readonly string[]
    items: readonly string[]
    /** From the beginning of one round to the beginning of the next; null reads once. */
    everyMs: number | null
    /** Rounds; null goes on until interrupted. */
    times: number | null
  }>

/** Reads the meters of a line, once or round after round, and prints what they say. */
export const runMeterRead = async (options: MeterReadOptions, desk: Desk): Promise<number> => {
  const items = (options.items.length === 0 ? defaultItemWords : options.items).flatMap(itemsOrRefuse)
  const rounds = options.everyMs === null ? 1 : (options.times ?? Infinity)
  const interrupted = options.everyMs === null ? null : desk.interrupted()
  const isOver = (): boolean => interrupted?.aborted === true
  return withSession(options, desk, async (session) => {
    const addresses = options.addresses.length > 0 ? options.addresses : [await session.addressOr(null)]
    let isWhole = true
    for (let round = 0; round < rounds && !isOver(); round += 1) {
      const startMs = desk.clock.elapsedMs()
      for (const address of addresses)
        isWhole = (await readAndPrint(session, address, items, options.json, desk)) && isWhole
      const restMs = startMs + (options.everyMs ?? 0) - desk.clock.elapsedMs()
      if (interrupted !== null && round + 1 < rounds)
        await desk.clock.delay(Math.max(0, restMs), interrupted).catch(() => undefined)
    }
    return isWhole ? 0 : 1
  })
}

const itemsOrRefuse = (word: string): readonly MeterItem[] => {
  const items = itemsFor(word)
  if (items === null)
    throw calledWrongly(
      `"${word}" cannot be read. Say ${itemWords.join(', ')}, an identifier's name, or its eight digits.`,
    )
  return items
}

/** Whether everything asked was answered and understood. */
const readAndPrint = async (
  session: Session,
  address: string,
  items: readonly MeterItem[],
  json: boolean,
  desk: Desk,
): Promise<boolean> => {
  const results: unknown[] = []
  if (!json) desk.print(`meter ${desk.paint('bold', address)}`)
  let isWhole = true
  for (const item of items) {
    const read = await session.read(address, item.identifier)
    if (!read.ok && read.code !== 'refused-by-meter') {
      desk.complain(desk.paint('red', silenceWords(address, read, session)))
      return false
    }
    const decoded = read.ok && item.name !== null ? decodeValue(item.name, read.data) : null
    if (!read.ok || decoded?.ok === false) isWhole = false
    const { value, text } = presented(item, read, decoded)
    const digits = item.identifier.toString(16).toUpperCase().padStart(8, '0')
    results.push({ item: item.label, identifier: digits, name: item.name, value, text })
    if (!json) desk.print(`${item.label.padEnd(12)} ${read.ok ? text : desk.paint('yellow', text)}`)
  }
  if (json) desk.print(JSON.stringify({ address, at: new Date(desk.clock.now()).toISOString(), items: results }))
  return isWhole
}

const presented = (
  item: MeterItem,
  read: IdentifierRead,
  decoded: Decoded<unknown> | null,
): Readonly<{ value: unknown; text: string }> => {
  if (!read.ok) return { value: null, text: `the meter refused: ${read.detail}` }
  if (decoded === null) return { value: toHex(read.data), text: toHex(read.data) }
  if (!decoded.ok) return { value: null, text: `cannot be understood (${decoded.detail}): ${toHex(read.data)}` }
  return { value: decoded.value, text: valueText(item.name, decoded.value, read.data) }
}
