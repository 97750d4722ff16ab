import { Option } from 'commander'
import type { Desk, Language } from './desk.ts'

/** The language of names and values; without a word about it, that of the machine. */
export const languageOption = (): Option =>
  new Option('--lang <language>', "language of names and values (default: this machine's)").choices(['en', 'zh'])

export const inLanguage = (desk: Desk, language: Language | undefined): Desk =>
  language === undefined ? desk : { ...desk, language }
