import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { partInLanguage, stepDetailOf } from '../format/step-words.ts'
import { languageOf } from './i18n.ts'
import type { Words } from './zh.ts'

/** Codes of the server as words; a code of a later server is shown as it is. */
export type Saying = Readonly<{
  reason: (code: string) => string
  reasons: (codes: readonly string[]) => string
  step: (kind: string) => string
  /** A step's or a failure's text: codes, a known sentence, or what a person has typed. */
  detail: (text: string) => string
  notice: (code: string) => string
  channel: (code: string) => string
  item: (meaning: string) => string
  role: (code: string) => string
  /** What was asked for: of the ledger, or of many meters. */
  asked: (kind: string) => string
  /** What was asked of the ledger. */
  operation: (kind: string) => string
  workItem: (kind: string) => string
  /** The name of a figure or code in an item's detail. */
  workDetail: (name: string) => string
  meterEvent: (kind: string) => string
  /** What to do about an item of this kind; empty for a kind that is not known here. */
  workAdvice: (kind: string) => string
  /** Signs of a faulty meter, from a detail of which nothing is known. */
  meterSigns: (codes: unknown) => string
  /** Why a purchase for a meter's own purse went as it went: a code, or the words of the meter. */
  purchaseReason: (text: string) => string
  /** A public holiday by its name in the server's calendar. */
  holiday: (name: string) => string
  /** A text that the server keeps in both languages. */
  bilingual: (text: string) => string
}>

export const useSaying = (): Saying => {
  const { t, i18n } = useTranslation()
  const language = languageOf(i18n)
  return useMemo(() => {
    const known = (group: keyof Words, code: string): boolean => code !== '' && i18n.exists(`${group}.${code}`)
    const reason = (code: string): string =>
      known('reason', code) ? t(`reason.${code as keyof Words['reason']}`) : code
    const item = (code: string): string => (known('item', code) ? t(`item.${code as keyof Words['item']}`) : code)
    const meterError = (code: string): string =>
      known('meterError', code) ? t(`meterError.${code as keyof Words['meterError']}`) : code
    const completion = (word: string, code: string): string => {
      if (word === 'asked' && known('command', code)) return t(`command.${code as keyof Words['command']}`)
      if (word === 'read') return item(code)
      if (word === 'not-sent' && known('linkFailure', code))
        return t(`linkFailure.${code as keyof Words['linkFailure']}`)
      if (word === 'refused') return code.split(', ').map(meterError).join(', ')
      if (word === 'by-now' && known('commandState', code))
        return t(`commandState.${code as keyof Words['commandState']}`)
      return code
    }
    const detail = (text: string): string => {
      const found = stepDetailOf(text, (code) => known('reason', code))
      if (found.kind === 'free') return found.text
      if (found.kind === 'reasons') return found.codes.map(reason).join(' · ')
      if (found.word === 'no-answer' && !/^\d+$/u.test(found.code)) return t('stepWord.no-answer-link')
      return t(`stepWord.${found.word}`, { what: completion(found.word, found.code) })
    }
    return {
      reason,
      reasons: (codes) => codes.map(reason).join(' · '),
      step: (kind) => (known('step', kind) ? t(`step.${kind as keyof Words['step']}`) : kind),
      detail,
      notice: (code) => (known('notice', code) ? t(`notice.${code as keyof Words['notice']}`) : code),
      channel: (code) => (known('channel', code) ? t(`channel.${code as keyof Words['channel']}`) : code),
      item: (meaning) => {
        const found = stepDetailOf(meaning, () => false)
        return found.kind === 'word' && found.word === 'read' ? item(found.code) : detail(meaning)
      },
      role: (code) => (known('role', code) ? t(`role.${code as keyof Words['role']}`) : code),
      asked: (kind) =>
        known('operation', kind)
          ? t(`operation.${kind as keyof Words['operation']}`)
          : known('command', kind)
            ? t(`command.${kind as keyof Words['command']}`)
            : kind,
      operation: (kind) => (known('operation', kind) ? t(`operation.${kind as keyof Words['operation']}`) : kind),
      workItem: (kind) => (known('workItem', kind) ? t(`workItem.${kind as keyof Words['workItem']}`) : kind),
      workDetail: (name) => (known('workDetail', name) ? t(`workDetail.${name as keyof Words['workDetail']}`) : name),
      meterEvent: (kind) => (known('meterEvent', kind) ? t(`meterEvent.${kind as keyof Words['meterEvent']}`) : kind),
      meterSigns: (codes) =>
        (Array.isArray(codes) ? codes.map(String) : [])
          .map((code) => (known('meterSign', code) ? t(`meterSign.${code as keyof Words['meterSign']}`) : code))
          .join(' · '),
      workAdvice: (kind) => (known('workAdvice', kind) ? t(`workAdvice.${kind as keyof Words['workAdvice']}`) : ''),
      purchaseReason: (text) => {
        const code = text.toLowerCase().replaceAll(/[^a-z0-9]+/gu, '-')
        return known('purchaseReason', code) ? t(`purchaseReason.${code as keyof Words['purchaseReason']}`) : text
      },
      holiday: (name) => (known('holidayName', name) ? t(`holidayName.${name as keyof Words['holidayName']}`) : name),
      bilingual: (text) => partInLanguage(text, language),
    }
  }, [i18n, language, t])
}
