import type { CreditStage } from '../domain/credit-policy.ts'
import type { PaymentChannel } from '../domain/payment-channel.ts'
import type { MicroYuan } from '../domain/quantity.ts'
import type { RelayCommandKind, RelayCommandState } from '../domain/relay-command.ts'

/** What the world outside may ask of the walks. The API is given these functions and nothing else that writes. */

export type PayInput = Readonly<{
  accountId: number
  /** Made by the payer's side; the same key with the same input is credited once. */
  key: string
  amount: MicroYuan
  channel: PaymentChannel
  operatorId: number | null
}>

export type PayResult = Readonly<
  | {
      ok: true
      paymentId: string
      fresh: boolean
      amount: MicroYuan
      balance: MicroYuan
      stage: CreditStage
      restoring: readonly Readonly<{ meterId: number; commandId: string }>[]
    }
  | { ok: false; code: 'unknown-account' | 'account-closed' | 'same-key-other-input' }
>

export type RequestCommandInput = Readonly<{
  meterId: number
  key: string
  kind: RelayCommandKind
  reason: string
  operator: Readonly<{ id: number; login: string }>
}>

export type RequestCommandResult = Readonly<
  | { ok: true; id: string; kind: RelayCommandKind; state: RelayCommandState; createdAt: number }
  | { ok: false; code: 'unknown-meter' | 'same-key-other-input' | 'command-already-open' }
>

export type ReadNowResult = Readonly<
  | {
      ok: true
      at: number
      exchanges: readonly Readonly<{
        meaning: string
        request: Uint8Array
        response: Uint8Array | null
        durationMs: number
      }>[]
    }
  | { ok: false; code: 'unknown-meter' | 'gateway-offline' | 'meter-did-not-answer' }
>

export type Pay = (input: PayInput) => Promise<PayResult>
export type RequestCommand = (input: RequestCommandInput) => Promise<RequestCommandResult>
export type ReadNow = (meterId: number) => Promise<ReadNowResult>
