/** Bytes to and from one line, whatever carries them. Made open; ends once. */
export type Transport = Readonly<{
  /** Who is on the other end, for people: `192.0.2.7:40112`, `/dev/ttyUSB0`. */
  remoteAddress: string
  /** Resolves when the bytes have left; rejects (and the transport closes) when they do not leave in bounded time. */
  write(bytes: Uint8Array): Promise<void>
  /** The one listener; bytes that came before it was set are kept for it. A new listener replaces the old one. */
  onBytes(listener: (bytes: Uint8Array) => void): void
  /** Called once, at once when it is closed already. A new listener replaces the old one. */
  onClose(listener: (reason: string) => void): void
  close(reason: string): void
}>

/** Opens a transport; rejects with an error whose message a field engineer can act on. */
export type OpenTransport = (signal: AbortSignal) => Promise<Transport>
