import type { Message } from '@xianfu/contract'
import { listSearchOf, oneOf, type ListSearch } from '../../parts/row-list/list-search.ts'

export type MessageFilter = Readonly<{ search: string; notice: string | null; state: Message['state'] | null }>

export const filterMessages = (messages: readonly Message[], filter: MessageFilter): readonly Message[] => {
  const search = filter.search.trim().toLowerCase()
  return messages.filter(
    ({ account, recipient, text, notice, state }) =>
      (filter.notice === null || notice === filter.notice) &&
      (filter.state === null || state === filter.state) &&
      [account.number, account.customerName, recipient, text].join('\n').toLowerCase().includes(search),
  )
}

/** The kinds of notices that are there, to choose from. */
export const noticesIn = (messages: readonly Message[]): readonly string[] =>
  [...new Set(messages.map(({ notice }) => notice))].sort()

const septets = /^[\n\r !"#$%&'()*+,\-./0-9:;<=>?@A-Z_a-z¡£¤¥§¿ÄÅÆÇÉÑÖØÜßàäåæèéìñòöøùüΓΔΘΛΞΠΣΦΨΩ]*$/u

/**
 * Characters and short messages of a text: 160 characters of the GSM alphabet, 70 of any other; in a chain of several
 * each loses the room of its header (3GPP TS 23.040: 153 and 67).
 */
export const smsLength = (text: string): Readonly<{ chars: number; parts: number }> => {
  const [alone, chained] = septets.test(text) ? [160, 153] : [70, 67]
  const chars = text.length
  return { chars, parts: chars === 0 ? 0 : chars <= alone ? 1 : Math.ceil(chars / chained) }
}

export const messageStates = ['queued', 'shown', 'failed', 'withdrawn'] as const satisfies readonly Message['state'][]

export const messageSearchOf = listSearchOf('notice', 'state')

export const selectMessages = (
  messages: readonly Message[],
  { q = '', notice, state }: ListSearch<'notice' | 'state'>,
): readonly Message[] =>
  filterMessages(messages, { search: q, notice: notice ?? null, state: oneOf(messageStates, state) })
