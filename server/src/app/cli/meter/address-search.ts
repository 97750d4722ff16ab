import { identifiers, wildcardAddress, type Request } from '@xianfu/protocols'
import type { Heard } from './line-probe.ts'

/**
 * Finds the addresses on a line. Abbreviated addresses (the last digits, AAH above them) let a part of the meters answer:
 * where one answers, it is found; where several destroy one another's answers, the next two digits tell them apart.
 */
export type SearchOptions = Readonly<{
  ask(request: Request): Promise<Heard>
  /** The last digits that all wanted addresses have in common; an even number of them. */
  suffix: string
  /** Looks at the last two digits even when nobody answers the wildcard: some gateways swallow garbled answers. */
  deep: boolean
  mostQuestions: number
  signal: AbortSignal
  /** Told again when an address that was read out of a collision answers alone. */
  onFound(address: string, answerMs: number | null): void
  onProgress(progress: SearchProgress): void
}>

export type SearchProgress = Readonly<{
  pattern: string
  asked: number
  /** Questions that are still to be asked as far as is known. */
  left: number
  found: number
}>

export type SearchResult = Readonly<{
  /** Whether every meter that can be found this way was. */
  isComplete: boolean
  because: 'done' | 'interrupted' | 'too-many-questions'
  asked: number
  /** Addresses at which even the whole number is garbled: two meters share it, or the line is disturbed. */
  shared: readonly string[]
}>

const pairs = Array.from({ length: 100 }, (_, pair) => String(pair).padStart(2, '0'))

/** Every meter has it; one that refuses it names itself by refusing. */
const identifier = identifiers.forwardActiveEnergyTotal.id

const patternOf = (suffix: string): string => wildcardAddress.slice(suffix.length) + suffix

/** Silence at the root is asked again: it is one question, and everything depends on it. */
const rootAttempts = 2

export const searchAddresses = async (options: SearchOptions): Promise<SearchResult> => {
  const { ask, suffix, deep, mostQuestions, signal, onFound, onProgress } = options
  /** With the time of an answer that nobody else spoke into. */
  const found = new Map<string, number | null>()
  const shared: string[] = []
  let asked = 0
  let left = 1

  const isOver = (): boolean => signal.aborted || asked >= mostQuestions
  const put = async (request: Request, pattern: string): Promise<Heard> => {
    onProgress({ pattern, asked, left, found: found.size })
    asked += 1
    const heard = await ask(request)
    left -= 1
    const addresses = heard.kind === 'one' ? [heard.address] : heard.kind === 'collision' ? heard.addresses : []
    const answerMs = heard.kind === 'one' ? heard.answerMs : null
    for (const address of addresses)
      if (address.endsWith(suffix) && (found.get(address) ?? null) === null) {
        found.set(address, answerMs)
        onFound(address, answerMs)
      }
    return heard
  }

  const lookAt = async (digits: string): Promise<Heard> => {
    const address = patternOf(digits)
    return put({ kind: 'read', address, identifier }, address)
  }

  const descend = async (digits: string): Promise<void> => {
    if (digits.length >= wildcardAddress.length) {
      shared.push(digits)
      return
    }
    left += pairs.length
    for (const pair of pairs) {
      if (isOver()) return
      const heard = await lookAt(pair + digits)
      if (heard.kind === 'collision') await descend(pair + digits)
    }
  }

  const root = async (): Promise<Heard> => {
    if (suffix !== '') return lookAt(suffix)
    let heard: Heard = { kind: 'silence' }
    for (let attempt = 0; attempt < rootAttempts && heard.kind === 'silence' && !isOver(); attempt += 1) {
      left = 1
      // The second time as a read: some meters tell their address only while a key is pressed.
      heard = attempt === 0 ? await put({ kind: 'read-address' }, wildcardAddress) : await lookAt('')
    }
    return heard
  }

  const first = await root()
  if (first.kind === 'collision' || (deep && !isOver())) await descend(suffix)
  const because = signal.aborted ? 'interrupted' : left > 0 && asked >= mostQuestions ? 'too-many-questions' : 'done'
  return { isComplete: because === 'done', because, asked, shared }
}
