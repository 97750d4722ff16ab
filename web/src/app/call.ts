import { createClient, RequestError } from '@xianfu/contract'
import { partInLanguage } from '../format/step-words.ts'
import type { Language } from '../words/i18n.ts'

/** The API of the server that the page came from. */
export const call = createClient('', async (url, init) => fetch(url, init))

/** Not signed in, or not any more; a wrong password at the door is another matter. */
export const isSignedOut = (error: unknown): boolean =>
  error instanceof RequestError && error.status === 401 && error.problem?.code !== 'wrong-sign-in'

/** What the server says, in the reader's language, with the fields that are wrong; null when it said nothing. */
export const problemText = (error: unknown, language: Language): string | null => {
  if (!(error instanceof RequestError) || error.problem === null) return null
  const { message, fields = [] } = error.problem
  return [message[language], ...fields.map((field) => partInLanguage(field.message, language))].join(' ')
}
