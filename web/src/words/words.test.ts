import { describe, expect, it } from 'vitest'
import { en } from './en.ts'
import { createWords, preferredLanguage } from './i18n.ts'
import { zh } from './zh.ts'

const flat = (words: object, above = ''): [string, string][] =>
  Object.entries(words).flatMap(([name, value]: [string, unknown]) => {
    const key = above === '' ? name : `${above}.${name}`
    return typeof value === 'object' && value !== null ? flat(value, key) : [[key, String(value)] as [string, string]]
  })

const chinese = new Map(flat(zh))
const english = new Map(flat(en))

const sources = import.meta.glob<string>(['../**/*.ts', '../**/*.tsx', '!../**/*.test.ts', '!../dev/**'], {
  query: '?raw',
  import: 'default',
  eager: true,
})

/** Keys written out, and the fixed beginnings of keys that end in a value, as `stage.${…}`. */
const usedKeys = Object.entries(sources).flatMap(([file, source]) =>
  [...source.matchAll(/\bt\(\s*(?:'([^']+)'|`([^`$]*)\$\{[^}]*\}`)/gu)].map((found) => ({
    file,
    key: found[1] ?? null,
    start: found[2] ?? null,
  })),
)

const placeholdersOf = (text: string): string[] => [...text.matchAll(/\{\{(\w+)\}\}/gu)].map((found) => found[0]).sort()

describe('the words in both languages', () => {
  it('have the same keys', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
  })

  it('have the same placeholders and are never empty', () => {
    for (const [key, text] of chinese) {
      expect(text.trim(), key).not.toBe('')
      expect(english.get(key)?.trim(), key).not.toBe('')
      expect(placeholdersOf(english.get(key) ?? ''), key).toEqual(placeholdersOf(text))
    }
  })

  it('hold every key that the console uses', () => {
    expect(usedKeys.length).toBeGreaterThan(50)
    const missing = usedKeys.filter(({ key, start }) =>
      key === null ? ![...chinese.keys()].some((known) => known.startsWith(start ?? ' ')) : !chinese.has(key),
    )
    expect(missing).toEqual([])
  })

  it('hold no key that the console does not use', () => {
    const starts = usedKeys.flatMap(({ start }) => (start === null ? [] : [start]))
    const known = new Set(usedKeys.map(({ key }) => key))
    const idle = [...chinese.keys()].filter((key) => !known.has(key) && !starts.some((start) => key.startsWith(start)))
    expect(idle).toEqual([])
  })
})

describe('the language to start with', () => {
  it.each([
    ['en', ['zh-CN'], 'en'],
    ['zh', ['en-US'], 'zh'],
    ['xx', ['en-US'], 'en'],
    [null, ['zh-TW', 'en'], 'zh'],
    [null, ['de-DE', 'en-GB'], 'en'],
    [null, ['de-DE'], 'zh'],
    [null, [], 'zh'],
  ])('remembered %s, spoken %j → %s', (remembered, spoken, language) => {
    expect(preferredLanguage(remembered, spoken)).toBe(language)
  })

  it('is Chinese when storage is refused', async () => {
    const refuse = (): never => {
      throw new Error('storage is switched off')
    }
    const words = await createWords({ getItem: refuse, setItem: refuse }, [])
    expect(words.t('stage.cut-off')).toBe('已到停电')
  })
})
