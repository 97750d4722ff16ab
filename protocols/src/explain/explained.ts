/**
 * One part of a frame. `bytes` are as on the wire, `meant` what they say: in the data 33H less. Parts of one thing are
 * inside it. `clause` is where the meaning is written (a table of the
 * standard or sources of docs/protocols/dlt645-2007.md), `value` what it comes to, in words.
 */
export type ExplainedField = Readonly<{
  /** Counted from the first byte that was given. */
  offset: number
  bytes: Uint8Array
  meant: Uint8Array
  name: string
  en: string
  zh: string
  clause: string
  value: string
  fields: readonly ExplainedField[]
}>

/**
 * What a frame says, from its first byte to its last. `ok` means that nothing is wrong; else `problems` tells all of
 * it, and the fields go as far as they can.
 */
export type Explanation = Readonly<{
  ok: boolean
  direction: 'request' | 'reply' | 'unknown'
  protocol: 'DL/T 645-2007' | 'DL/T 645-1997' | 'unknown'
  problems: readonly string[]
  fields: readonly ExplainedField[]
}>
