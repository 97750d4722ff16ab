import type { NoticeKind } from './credit-facts.ts'

/** What a notice is made of. */
export type NoticeContent =
  | 'signature'
  | 'recipient'
  | 'account-number'
  | 'place'
  | 'balance'
  | 'read-at'
  | 'threshold'
  | 'amount-needed'
  | 'earliest-stop'
  | 'service-phone'
  | 'authority-contact'

const everyNotice = ['signature', 'recipient', 'account-number', 'place'] as const
const account = [...everyNotice, 'balance', 'service-phone'] as const
const warning = [...account, 'read-at', 'threshold'] as const
const stop = [...account, 'read-at', 'amount-needed', 'earliest-stop'] as const

/**
 * What each notice must contain (fee-control practice, notices). How to pay, the consequence, the way back and the advice on
 * safety are fixed words of the texts, which their test holds.
 */
export const requiredContents: Readonly<Record<NoticeKind, readonly NoticeContent[]>> = Object.freeze({
  reminder: account,
  'warning-1': warning,
  'warning-2': warning,
  'emergency-offer': account,
  'pre-stop': stop,
  'pre-stop-again': stop,
  'authority-copy': ['signature', 'account-number', 'place', 'earliest-stop', 'authority-contact'],
  stopped: [...account, 'amount-needed'],
  'reconnect-permitted': account,
  reconnected: account,
  failed: ['signature', 'place', 'recipient'],
})

/** What is known of the contents before a notice is written; `null` and blanks count as absent. */
export type ContentFacts = Readonly<Partial<Record<NoticeContent, string | number | bigint | null>>>

export const absentContents = (facts: ContentFacts): readonly NoticeContent[] =>
  (Object.keys(facts) as NoticeContent[]).filter((name) => {
    const value = facts[name]
    return value === null || (typeof value === 'string' && value.trim() === '')
  })

/** Why a notice is not sent: the contents it must have and has not. Empty: it may go. */
export const missingContents = (kind: NoticeKind, absent: readonly NoticeContent[]): readonly NoticeContent[] =>
  requiredContents[kind].filter((content) => absent.includes(content))
