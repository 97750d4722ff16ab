import type { Dictionary } from '@xianfu/protocols'

/** One thing to read: an identifier of the tables, or eight digits that no table has. */
export type MeterItem = Readonly<{ label: string; identifier: number; name: string | null }>

/** The words a field engineer types. */
const words: Readonly<Record<string, readonly string[]>> = {
  energy: ['forwardActiveEnergyTotal'],
  rates: ['forwardActiveEnergyBlock'],
  voltage: ['voltageBlock'],
  current: ['currentBlock'],
  power: ['activePowerTotal'],
  factor: ['powerFactorTotal'],
  frequency: ['frequency'],
  time: ['dateAndWeekday', 'time'],
  status: ['statusWord3'],
  balance: ['remainingMoney'],
}

export const itemWords = Object.keys(words)

export const defaultItemWords: readonly string[] = ['energy', 'voltage', 'current', 'power', 'status']

/** The items that a word means, or null for a word nobody knows. */
export const itemsFor = (word: string, dictionary: Dictionary): readonly MeterItem[] | null => {
  const names = Object.hasOwn(words, word) ? words[word] : undefined
  if (names !== undefined) return names.flatMap((name) => named(names.length > 1 ? name : word, name, dictionary))
  const item = named(word, word, dictionary)
  if (item.length > 0) return item
  if (!/^[0-9A-Fa-f]{8}$/u.test(word)) return null
  const identifier = Number.parseInt(word, 16)
  return [{ label: word.toUpperCase(), identifier, name: dictionary.byId(identifier)?.name ?? null }]
}

export const named = (label: string, name: string, dictionary: Dictionary): readonly MeterItem[] => {
  const item = dictionary.byName(name)
  return item === null ? [] : [{ label, identifier: item.id, name }]
}
