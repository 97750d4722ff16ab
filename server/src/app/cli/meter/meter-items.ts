import { identifierName, identifiers, type IdentifierName } from '@xianfu/protocols'

/** One thing to read: an identifier that we can explain, or eight raw digits. */
export type MeterItem = Readonly<{ label: string; identifier: number; name: IdentifierName | null }>

/** The words a field engineer types. */
const words: Readonly<Record<string, readonly IdentifierName[]>> = {
  energy: ['forwardActiveEnergyTotal'],
  rates: ['forwardActiveEnergyBlock'],
  voltage: ['voltageBlock'],
  current: ['currentBlock'],
  power: ['activePowerTotal'],
  factor: ['powerFactorTotal'],
  frequency: ['frequency'],
  time: ['dateAndWeekday', 'time'],
  status: ['statusWord3'],
}

export const itemWords = Object.keys(words)

export const defaultItemWords: readonly string[] = ['energy', 'voltage', 'current', 'power', 'status']

/** The items that a word means, or null for a word nobody knows. */
export const itemsFor = (word: string): readonly MeterItem[] | null => {
  const names = Object.hasOwn(words, word) ? words[word] : undefined
  if (names !== undefined) return names.map((name) => named(names.length > 1 ? name : word, name))
  if (Object.hasOwn(identifiers, word)) return [named(word, word as IdentifierName)]
  if (!/^[0-9A-Fa-f]{8}$/u.test(word)) return null
  const identifier = Number.parseInt(word, 16)
  return [{ label: word.toUpperCase(), identifier, name: identifierName(identifier) }]
}

const named = (label: string, name: IdentifierName): MeterItem => ({ label, identifier: identifiers[name].id, name })
