import type { Locale } from 'antd/es/locale'
import { createInstance, type i18n } from 'i18next'
import { initReactI18next } from 'react-i18next'
import type { Words } from './zh.ts'

declare module 'i18next' {
  // The only way to have keys checked by the compiler is to extend the library's own interface.
  interface CustomTypeOptions {
    resources: { translation: Words }
  }
}

export type Language = 'zh' | 'en'

const REMEMBERED = 'xianfu.language'

/** What was chosen before, else what the browser speaks, else Chinese. */
export const preferredLanguage = (remembered: string | null, spoken: readonly string[]): Language => {
  if (remembered === 'zh' || remembered === 'en') return remembered
  for (const language of spoken) {
    if (language.toLowerCase().startsWith('zh')) return 'zh'
    if (language.toLowerCase().startsWith('en')) return 'en'
  }
  return 'zh'
}

/** What a browser may refuse: storage that is switched off must not keep anybody from working. */
export type Memory = {
  readonly getItem: (name: string) => string | null
  readonly setItem: (name: string, value: string) => void
}

const recall = (memory: Memory): string | null => {
  try {
    return memory.getItem(REMEMBERED)
  } catch {
    return null
  }
}

export const rememberLanguage = (memory: Memory, language: Language): void => {
  try {
    memory.setItem(REMEMBERED, language)
  } catch {
    // The choice then lasts until the page is closed.
  }
}

/** A language's words of our own, and those of the component library. Each language is fetched by itself. */
const fetchLanguage: Readonly<Record<Language, () => Promise<{ words: Words; componentWords: Locale }>>> = {
  zh: async () => import('./language-zh.ts'),
  en: async () => import('./language-en.ts'),
}

const OURS = 'translation'
const COMPONENTS = 'components'

const addLanguage = async (to: i18n, language: Language): Promise<void> => {
  if (to.hasResourceBundle(language, OURS)) return
  const { words, componentWords } = await fetchLanguage[language]()
  to.addResourceBundle(language, OURS, words)
  to.addResourceBundle(language, COMPONENTS, componentWords)
}

/** @throws when the words can not be fetched */
export const createWords = async (memory: Memory, spoken: readonly string[]): Promise<i18n> => {
  const words = createInstance()
  const language = preferredLanguage(recall(memory), spoken)
  await words.use(initReactI18next).init({
    lng: language,
    // Both languages have the same words, so none falls back to the other.
    fallbackLng: false,
    resources: {},
    interpolation: { escapeValue: false },
  })
  await addLanguage(words, language)
  return words
}

/** Fetches a language and speaks it; @throws when it can not be fetched, and goes on in the one before */
export const speak = async (words: i18n, language: Language): Promise<void> => {
  await addLanguage(words, language)
  await words.changeLanguage(language)
}

export const languageOf = (words: { readonly language: string }): Language => (words.language === 'en' ? 'en' : 'zh')

/** What the component library says by itself (pages of a table, months of a calendar). */
export const componentWordsOf = (words: i18n): Locale =>
  words.getResourceBundle(languageOf(words), COMPONENTS) as Locale
