/** Why something cannot be put into bytes: a mistake of the caller, never of the line or the meter. */
export type ProtocolErrorCode = 'bad-hex' | 'bad-address' | 'bad-credentials' | 'out-of-range' | 'wrong-length'

/**
 * Thrown for impossible input of an encoder. Decoders never throw: what comes from the field is answered by
 * `Decoded`, because a broken frame is everyday life there.
 */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
  readonly code: ProtocolErrorCode

  constructor(code: ProtocolErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
