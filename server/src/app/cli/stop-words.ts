import type { AddToListResult, EndListEntryResult } from '../../flow/stop-lists.ts'

type Code = Extract<AddToListResult | EndListEntryResult, { ok: false }>['code']

/** Refusals as a person at the command line reads them. */
export const refusalWords: Readonly<Record<Code, string>> = Object.freeze({
  'unknown-account': 'there is no such account',
  'ends-before-it-begins': 'the end comes before the beginning',
  'already-listed': 'the account is on this list already in that time; end that entry first',
  'reason-missing': 'say why, with --reason',
  'unknown-list-entry': 'there is no such entry; "xianfu stop show" names them',
  'list-entry-over': 'this entry is over already',
})
