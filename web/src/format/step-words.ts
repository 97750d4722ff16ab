/**
 * The server keeps the steps of a command in plain English for the log. Here they become codes again, so that the page
 * can say them in the reader's language; what has no code is shown as it was written.
 */
export type StepWord =
  | 'already'
  | 'proven'
  | 'leaves'
  | 'asked'
  | 'read'
  | 'not-sent'
  | 'refused'
  | 'no-answer'
  | 'not-proven'
  | 'held-back'
  | 'not-opened'
  | 'not-closed'
  | 'stands-still'
  | 'power-flows'
  | 'facts-changed'
  | 'too-late'
  | 'restarted'
  | 'by-now'

export type StepDetail = Readonly<
  | { kind: 'reasons'; codes: readonly string[] }
  /** `code` completes the word: a command, an identifier, a failure, a state, milliseconds. */
  | { kind: 'word'; word: StepWord; code: string }
  | { kind: 'free'; text: string }
>

const table: readonly (readonly [RegExp, StepWord])[] = [
  [/^the meter was already so$/u, 'already'],
  [/^proven by the status word$/u, 'proven'],
  [/^the bytes leave now$/u, 'leaves'],
  [/^control ([a-z-]+)$/u, 'asked'],
  [/^read (\w+)(?:, follow-up \d+)?$/u, 'read'],
  [/^not sent: ([a-z-]+)\b/u, 'not-sent'],
  [/^refused by the meter: (.*)$/u, 'refused'],
  [/^no answer: no answer within (\d+) ms/u, 'no-answer'],
  [/^no answer: (.*)$/u, 'no-answer'],
  [/^acknowledged but not proven: trip-delayed-by-current\b/u, 'held-back'],
  [/^acknowledged but not proven: .*relay closed, relay command open/u, 'not-opened'],
  [/^acknowledged but not proven: .*relay open, relay command closed/u, 'not-closed'],
  [/^acknowledged but not proven: (.*)$/u, 'not-proven'],
  [/^power behind the open relay: (\d+) W$/u, 'power-flows'],
  [/^no power behind the open relay$/u, 'stands-still'],
  [/^the balance or the facts have changed/u, 'facts-changed'],
  [/^its time was over/u, 'too-late'],
  [/^taken up again after a restart/u, 'restarted'],
  [/^it is ([a-z]+) by now$/u, 'by-now'],
]

/** @param isReason tells the codes of the credit policy from what a person has typed */
export const stepDetailOf = (text: string, isReason: (code: string) => boolean): StepDetail => {
  const codes = text.split(', ')
  if (codes.every((code) => isReason(code))) return { kind: 'reasons', codes }
  for (const [pattern, word] of table) {
    const found = pattern.exec(text)
    if (found !== null) return { kind: 'word', word, code: found[1] ?? '' }
  }
  return { kind: 'free', text }
}

/** `中文 / English`, in either order: the part in the reader's language, or all of it when it is not in two parts. */
export const partInLanguage = (text: string, language: 'zh' | 'en'): string => {
  const parts = text.split(' / ')
  const isChinese = (part: string): boolean => /\p{Script=Han}/u.test(part)
  const [first = '', second] = parts
  if (second === undefined || parts.length > 2 || isChinese(first) === isChinese(second)) return text
  return parts.find((part) => isChinese(part) === (language === 'zh')) ?? text
}
