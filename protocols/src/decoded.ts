/**
 * Why bytes were not understood, in order of precedence: when several apply, the first is reported.
 *
 * - `too-short` … `no-end`: the envelope is broken; nothing in it may be believed.
 * - `bad-address`: twelve digits were expected, or a broadcast or wildcard address stands where none is allowed.
 * - `wrong-function`: the frame is intact, but is no message of the kind that was asked for.
 * - `wrong-length` … `out-of-range`: the message is of the right kind, but its content is not.
 */
export type DecodeErrorCode =
  | 'too-short'
  | 'no-start'
  | 'bad-length'
  | 'bad-checksum'
  | 'no-end'
  | 'bad-address'
  | 'wrong-function'
  | 'wrong-length'
  | 'not-bcd'
  | 'unknown-identifier'
  | 'out-of-range'

/** A refusal of a decoder; `detail` is for logs and operators, programs branch on `code`. */
export type DecodeRefusal = { readonly ok: false; readonly code: DecodeErrorCode; readonly detail: string }

/** What decoding gives: the value, or why there is none. */
export type Decoded<T> = { readonly ok: true; readonly value: T } | DecodeRefusal

export const decoded = <T>(value: T): Decoded<T> => ({ ok: true, value })

export const refused = (code: DecodeErrorCode, detail: string): DecodeRefusal => ({ ok: false, code, detail })
