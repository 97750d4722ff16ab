import type { Dictionary, Field, Item } from '@xianfu/protocols'
import type { Desk, Language } from '../desk.ts'
import { identifierText, labelOf } from '../explain/field-text.ts'
import { explainData, itemName, type Explained } from '../explain/identifier.ts'
import { driftText, localText, readClock } from './meter-clock.ts'
import { picture } from './picture.table.ts'
import { silenceWords, type Session } from './session.ts'

/** Some meters are silent where they should refuse; one that is silent so often in a row has gone. */
const mostSilences = 3

const nameWidth = 40

/**
 * Reads all that is worth knowing of one meter. What it does not have is told at the end and is no failure; whether it
 * answered everything that it has.
 */
export const readPicture = async (
  session: Session,
  address: string,
  options: Readonly<{ dictionary: Dictionary; json: boolean; timeZone: string }>,
  desk: Desk,
): Promise<boolean> => {
  const { dictionary, json, timeZone } = options
  const { language } = desk
  const results: unknown[] = []
  const lacking: string[] = []
  const silent: string[] = []
  let silences = 0
  let isWhole = true
  if (!json) desk.print(`meter ${desk.paint('bold', address)}`)

  const readOne = async (item: Item, section: string): Promise<boolean> => {
    const read = await session.read(address, item.id)
    if (!read.ok && read.code === 'refused-by-meter') lacking.push(itemName(item, language))
    else if (!read.ok && read.code === 'no-answer') silent.push(itemName(item, language))
    else if (!read.ok) {
      desk.complain(desk.paint('red', silenceWords(address, read, session)))
      return false
    }
    silences = !read.ok && read.code === 'no-answer' ? silences + 1 : 0
    if (!read.ok && silences >= mostSilences) {
      desk.complain(desk.paint('red', silenceWords(address, read, session)))
      return false
    }
    if (!read.ok) return true
    const explained = explainData(dictionary, item.id, read.data, language)
    isWhole &&= explained.isWhole
    results.push({
      section,
      item: item.name,
      identifier: identifierText(item.id),
      value: explained.value,
      text: explained.text,
    })
    if (!json) for (const line of linesOf(item, explained, desk)) desk.print(line)
    return true
  }

  for (const section of picture) {
    if (!json) desk.print(desk.paint('cyan', section[language]))
    for (const name of section.names) {
      const item = dictionary.byName(name)
      if (item !== null && !(await readOne(item, section.en))) return false
    }
  }
  const clock = await readClock(session, address, timeZone)
  if (!json) {
    desk.print(desk.paint('cyan', language === 'zh' ? '时钟' : 'Clock'))
    desk.print(clock.ok ? `  ${localText(clock.clock.meterLocalMs)}, ${driftText(clock.clock)}` : `  ${clock.detail}`)
    if (lacking.length > 0)
      desk.print(desk.paint('dim', `${language === 'zh' ? '本表没有' : 'Not in this meter'}: ${lacking.join(', ')}`))
    if (silent.length > 0)
      desk.print(desk.paint('yellow', `${language === 'zh' ? '无应答' : 'No answer to'}: ${silent.join(', ')}`))
  } else
    desk.print(
      JSON.stringify({
        address,
        at: new Date(desk.clock.now()).toISOString(),
        items: results,
        clock: clock.ok ? { ...clock.clock, meterLocal: localText(clock.clock.meterLocalMs) } : null,
        lacking,
        silent,
      }),
    )
  return isWhole && silent.length === 0
}

const linesOf = (item: Item, explained: Explained, desk: Desk): readonly string[] => {
  const [word] = explained.fields
  const name = `  ${padded(itemName(item, desk.language), nameWidth)}`
  const text = explained.isWhole ? explained.text : desk.paint('yellow', explained.text)
  if (!explained.isWhole || word === undefined || (item.codec !== 'bits' && item.codec !== 'statusWord3'))
    return [`${name} ${text}`]
  return [`${name} ${text}`, ...bitLines(item, word, desk.language)]
}

/** The relay's word is told bit by bit, whatever is set; of the others what is set. */
const bitLines = (item: Item, word: Field, language: Language): readonly string[] =>
  word.fields.flatMap((bit, index) => {
    const isSet = bit.value === true
    if (!isSet && item.codec !== 'statusWord3') return []
    const place = item.codec === 'bits' ? item.bits.findIndex((one) => one?.[0] === bit.name) : index
    return [`      bit ${String(place).padStart(2)} = ${isSet ? '1' : '0'}  ${labelOf(bit, language)}`]
  })

/** Chinese characters take two places on a terminal. */
const padded = (text: string, width: number): string => {
  const wide = Array.from(text).filter((character) => /[\u2e80-\uffef]/u.test(character)).length
  return text + ' '.repeat(Math.max(0, width - text.length - wide))
}
