import type { CreditStage } from '../domain/credit-policy.ts'
import type { PaymentChannel } from '../domain/payment-channel.ts'
import type { PurchaseWish, WishRefusal } from '../domain/purchase-amount.ts'
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
  /** What was asked for, when it was not an amount: the amount must still be its price. */
  wish?: PurchaseWish
  /** A channel has the money already: the plan's limits are no reason any more not to credit it. */
  moneyTaken?: true
}>

/** What the plan says against a payment before the money is taken, with the limit that stands in the way. */
export type PayLimit = 'below-minimum' | 'above-hoard-limit'

export type PayResult = Readonly<
  | {
      ok: true
      paymentId: string
      fresh: boolean
      amount: MicroYuan
      /** The part of the amount that paid old debt; the rest is in the balance. */
      toDebt: MicroYuan
      /** After this payment. */
      balance: MicroYuan
      stage: CreditStage
      restoring: readonly Readonly<{ meterId: number; commandId: string }>[]
    }
  | {
      ok: false
      code: 'unknown-account' | 'account-closed' | 'same-key-other-input' | 'price-has-changed' | WishRefusal
    }
  | { ok: false; code: PayLimit; limit: MicroYuan }
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
