/** What the field side has to tell a log; no event carries a password. */
export type HeadendEvent = Readonly<
  | { kind: 'listening'; host: string; port: number }
  | { kind: 'gateway-online'; gatewayId: number; code: string; remoteAddress: string }
  | { kind: 'gateway-offline'; gatewayId: number; code: string; reason: string }
  /** A second connection came for the same gateway; the older one was closed. */
  | { kind: 'gateway-replaced'; gatewayId: number; code: string; remoteAddress: string }
  | {
      kind: 'gateway-unknown'
      remoteAddress: string
      registration: string
      /** Refused since the last report. */ suppressed: number
    }
  | { kind: 'connection-refused'; remoteAddress: string; reason: string }
  | { kind: 'dial-failed'; gatewayId: number; code: string; reason: string; nextTryMs: number }
  | { kind: 'meter-silent'; meterId: number; address: string; pauseMs: number }
  | { kind: 'meter-answers-again'; meterId: number; address: string }
  /** The archive names a model that this program does not have; the meter is not spoken to. */
  | { kind: 'meter-model-unknown'; meterId: number; address: string; model: string }
  /** A frame that answers nobody: late, foreign or broken. */
  | { kind: 'frame-dropped'; gatewayId: number; frameHex: string }
  | { kind: 'late-answer'; meterId: number; address: string; responseMs: number }
>

export type HeadendLog = (event: HeadendEvent) => void
