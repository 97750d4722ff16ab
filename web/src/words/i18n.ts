import { createInstance, type i18n } from 'i18next'
import { initReactI18next } from 'react-i18next'
import { en } from './en.ts'
import { zh, type Words } from './zh.ts'

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

export const createWords = (memory: Memory, spoken: readonly string[]): i18n => {
  const words = createInstance()
  // Resources are given and nothing is loaded, so this is done before it returns.
  void words.use(initReactI18next).init({
    lng: preferredLanguage(recall(memory), spoken),
    fallbackLng: 'zh',
    resources: { zh: { translation: zh }, en: { translation: en } },
    interpolation: { escapeValue: false },
    initAsync: false,
  })
  return words
}

export const languageOf = (words: { readonly language: string }): Language => (words.language === 'en' ? 'en' : 'zh')
