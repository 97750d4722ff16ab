import type { ControlAction, Credentials, IdentifierName, MeterErrors, StatusWord3, ValueOf } from '@xianfu/protocols'
import type { RecordSource } from '../domain/gap.ts'
import type { MeterEventKind, MeterEventSource } from '../domain/meter-event.ts'
import type { PurseReading } from '../domain/meter-purchase.ts'
import type { ParameterName, ParameterValue } from '../domain/parameter.ts'
import type { Wiring } from '../domain/wiring.ts'
import type { WriteOutcome } from '../domain/purchase-writer.ts'
import type { MicroYuan } from '../domain/quantity.ts'
import type { TallyCounts } from './line/tally.ts'

/** What the headend must know of the field; it keeps no archive of its own and is told anew whenever the archive changes. */
export type FieldConfig = Readonly<{ gateways: readonly GatewayConfig[]; meters: readonly MeterConfig[] }>

export type GatewayConfig = Readonly<{
  id: number
  /** The name people use, for logs. */
  code: string
  link: GatewayLink
  line: LineConfig
}>

export type GatewayLink = Readonly<
  | {
      kind: 'dials-in'
      /** Text of the registration packet, address of a DL/T 645 meter behind it, or IP address that it dials from. */
      registration: string
      heartbeat: string | null
      /** By its packet when absent. */
      identifiedBy?: Identification
    }
  | { kind: 'dialled'; host: string; port: number }
  | { kind: 'serial'; path: string }
>

/** How a gateway that dials in is known. */
export type Identification = 'packet' | 'meter' | 'remote-ip'

export type LineConfig = Readonly<{ baudRate: number; parity: 'none' | 'even' | 'odd' }>

/**
 * How a meter is spoken to. On Modbus it is found by its unit number, `model` says what its registers mean (see
 * `model/models.ts`), and `wiring` what its relay means for supply.
 */
export type MeterProtocol = Readonly<
  { kind: 'dlt645' } | { kind: 'modbus-rtu' | 'modbus-tcp'; unit: number; model: string; wiring: Wiring }
>

export type MeterConfig = Readonly<{
  id: number
  gatewayId: number
  /** Twelve digits: the DL/T 645 communication address, or the number by which a Modbus meter is known to people. */
  address: string
  /** DL/T 645-2007 when absent. */
  protocol?: MeterProtocol
  credentials: Credentials
  /** Zone of the meter's own clock, for deadlines that travel in commands. */
  timeZone: string
}>

/**
 * In falling urgency; a more urgent job passes every queued less urgent one on its line. `restore` is a close: it passes
 * other relay commands, too, also between the exchanges of one.
 */
export type Priority = 'restore' | 'relay' | 'person' | 'verification' | 'scheduled' | 'back-fill' | 'clock'

/** One request and its answer as they were on the wire. `at` is wall time, `durationMs` elapsed time. */
export type Exchange = Readonly<{
  at: number
  durationMs: number
  request: Uint8Array
  response: Uint8Array | null
  meaning: string
}>

export type LinkFailure = 'unknown-meter' | 'gateway-offline' | 'backing-off' | 'queue-full' | 'cancelled' | 'too-late'

/** What can be asked for, by the names of DL/T 645. */
export type ItemName = IdentifierName

export type Values = { readonly [N in IdentifierName]?: ValueOf<N> }

/** Wall time of the answer that brought each item: a read of several items takes seconds, and meters count on. */
export type Times = { readonly [N in IdentifierName]?: number }

export type ReadOutcome = Readonly<
  | {
      ok: true
      /** Wall time of the last answer. */ at: number
      values: Values
      times: Times
      exchanges: readonly Exchange[]
    }
  | {
      ok: false
      code: LinkFailure | 'no-answer' | 'refused-by-meter' | 'bad-answer'
      detail: string
      /** What was read before it failed. */
      values: Values
      times: Times
      exchanges: readonly Exchange[]
    }
>

/** A register as the meter wrote it down; `at` is UTC by the meter's own clock, in Wh. */
export type StoredRecord = Readonly<{ at: number; totalWh: number }>

/**
 * What a meter has kept of a span. `exhausted`: it has nothing more in it; without it a bound of ours was reached, and the
 * rest of the span is to be asked for again.
 */
export type StoredRead = Readonly<
  (
    | { ok: true; source: RecordSource; records: readonly StoredRecord[]; exhausted: boolean }
    /** `no-memory`: it keeps nothing of the kind. */
    | { ok: false; code: LinkFailure | 'no-answer' | 'refused-by-meter' | 'bad-answer' | 'no-memory'; detail: string }
  ) & { exchanges: readonly Exchange[] }
>

export type StoredSpan = Readonly<{
  /** UTC; records from `from` on and before `to` are wanted. */
  from: number
  to: number
  /** Where it keeps them; null to find out. */
  source: RecordSource | null
}>

/**
 * What came of setting a clock; of a broadcast only that it has left. `not-settable`: how this kind of meter is set so is
 * not known, and nothing has left.
 */
export type ClockSet = Readonly<
  (
    | { ok: true }
    | { ok: false; code: LinkFailure | 'no-answer' | 'refused-by-meter' | 'not-settable'; detail: string }
  ) & {
    exchanges: readonly Exchange[]
  }
>

export type ControlStep = Readonly<
  | { kind: 'state-read'; status: StatusWord3; exchange: Exchange }
  | { kind: 'acknowledged'; exchange: Exchange }
  | { kind: 'exchange'; exchange: Exchange }
>

/** `release` gives a relay that was forced back to the meter's own rules (Modbus; DL/T 645 forces nothing). */
export type MeterAction = ControlAction | 'release'

export type ControlRequest = Readonly<{
  action: MeterAction
  /** Elapsed time for which the meter may still obey; travels in the 1CH deadline field. */
  validForMs: number
  /** Read the status word first and send nothing when the meter is already as wanted (before every repetition). */
  readStateFirst: boolean
  /**
   * Asked when the line is ours, right before the bytes leave; anything but `go` withdraws the command. This is where
   * a trip is decided again and where "sent" is committed, so that no bytes leave which the database does not know.
   */
  confirm(): Promise<Readonly<{ go: true } | { go: false; reason: string }>>
  onStep(step: ControlStep): void
  signal?: AbortSignal
}>

export type ControlOutcome = Readonly<
  | { kind: 'verified'; /** True when nothing had to be sent. */ already: boolean; status: StatusWord3; at: number }
  | { kind: 'withdrawn'; reason: string }
  | { kind: 'not-sent'; code: LinkFailure | 'no-answer' | 'bad-answer'; detail: string }
  /** `detail`: why, where the reasons of a DL/T 645 meter do not say it. */
  | {
      kind: 'refused'
      errors: MeterErrors
      detail?: string
      /** The status word after the refusal: a meter whose error byte says nothing shows here that it keeps power. */
      status?: StatusWord3
      /** How far the meter's clock is ahead (above zero) or behind, where that is why it refuses the deadline. */
      clockOffMs?: number
    }
  /** Sent, but no (intelligible) answer came: the relay may have moved or not. */
  | { kind: 'unanswered'; detail: string }
  /** Acknowledged, but the status word does not show it (or could not be read: `status` null). */
  | { kind: 'unverified'; status: StatusWord3 | null; detail: string }
>

/** What a meter's own purse shows; of an overdrawn purse nothing is left, the overdraft is not told. */
export type PurseRead = Readonly<
  ({ ok: true; purse: PurseReading } | { ok: false; code: PurseFailure; detail: string }) & {
    exchanges: readonly Exchange[]
  }
>

/** `not-genuine`: it was answered, but the MACs are not the meter's. `no-purse`: this kind of meter has none. */
export type PurseFailure =
  | Exclude<LinkFailure, 'backing-off'>
  | 'no-answer'
  | 'bad-answer'
  | 'refused-by-meter'
  | 'not-genuine'
  | 'no-purse'
  | 'security-failed'

export type PursePurchase = Readonly<{
  amount: MicroYuan
  /** The meter's count after it. */
  purchaseCount: number
  /** Twelve digits; a virgin meter takes it for its own, any other must have it already. */
  customerNumber: string
}>

/** `unknown` covers what certainly never left as well: the count will show it. */
export type PurseWrite = WriteOutcome & Readonly<{ exchanges: readonly Exchange[] }>

export type ReadOptions = Readonly<{
  priority: Priority
  /** Wall time after which the answer is worth nothing: what has not begun by then fails as `too-late`. */
  deadline?: number
  signal?: AbortSignal
}>

export type PurseOptions = Readonly<{ priority: Priority; signal?: AbortSignal | undefined }>

export type EventCount = MeterEventSource &
  Readonly<{ count: number; /** The meter keeps records of it. */ recorded: boolean }>

export type SignsFailure = LinkFailure | 'no-answer' | 'bad-answer' | 'refused-by-meter'

/** What a meter says of its states, or of how often what has happened. Null: that was not asked, or cannot be. */
export type SignsRead = Readonly<
  ({ ok: true } | { ok: false; code: SignsFailure; detail: string }) & {
    /** Wall time of the last answer. */
    at: number
    states: readonly MeterEventSource[] | null
    /** What was read, also of a read that failed. */
    counts: readonly EventCount[]
    /** Kinds that the meter does not have: it refused their counters. */
    absent: readonly MeterEventKind[]
    /** The answer that told it, where one did. */
    frame: Uint8Array | null
    exchanges: readonly Exchange[]
  }
>

/** A moment as the meter's own clock shows it. */
export type MeterMoment = Readonly<{
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
}>

/** The n-th newest record of a kind. `empty`: the meter has none there. */
export type EventRecordRead = Readonly<
  (
    | {
        ok: true
        at: number
        empty: boolean
        began: MeterMoment | null
        ended: MeterMoment | null
        /** Eight hexadecimal digits, where the record names who did it. */
        operatorCode: string | null
        /** As JSON can hold it; null when the layout is not known or not kept to. */
        value: unknown
        frames: readonly Uint8Array[]
      }
    | { ok: false; code: SignsFailure; detail: string }
  ) & { exchanges: readonly Exchange[] }
>

export type SignsOptions = Readonly<{
  priority: Priority
  signal?: AbortSignal | undefined
  /** Counters not to ask for, or the only one to ask for. */
  without?: readonly MeterEventKind[]
  only?: MeterEventKind
}>

export type ParameterWriteRequest = Readonly<{
  name: ParameterName
  value: ParameterValue
  /** Asked when the line is ours, right before the bytes leave; not asked when the meter shows the value already. */
  confirm(): Promise<Readonly<{ go: true } | { go: false; reason: string }>>
  signal?: AbortSignal
}>

/** What came of writing a parameter; the bytes are as they stand in the meter. */
export type ParameterWrite = Readonly<
  (
    | { kind: 'verified'; /** True when nothing had to be written. */ already: boolean; before: Uint8Array }
    | { kind: 'withdrawn'; reason: string }
    | { kind: 'not-sent'; code: LinkFailure | 'no-answer' | 'bad-answer'; detail: string }
    | { kind: 'refused'; detail: string }
    /** Sent, but the meter does not show it, or could not be read: `after` null. */
    | { kind: 'unverified'; after: Uint8Array | null; detail: string }
  ) & { exchanges: readonly Exchange[] }
>

export type GatewayStatus = Readonly<{
  gatewayId: number
  online: boolean
  /** Wall time of the last change of `online`. */
  since: number
  lastHeardAt: number | null
  remoteAddress: string | null
  queueLength: number
}>

/** What is counted of a line and its meters, over the last half to whole hour of elapsed time. */
export type LineStatus = Readonly<{
  gatewayId: number
  online: boolean
  queueLength: number
  /** How often the link was lost, and frames that nobody had asked for. */
  linksLost: number
  unasked: number
  meters: readonly (TallyCounts & Readonly<{ meterId: number; isBackingOff: boolean }>)[]
}>

export type Headend = {
  /** TCP ports on which gateways dial in, plainly and with TLS where that is set. */
  start(): Promise<Readonly<{ port: number; securePort?: number }>>
  stop(): Promise<void>
  configure(config: FieldConfig): void
  read(meterId: number, items: readonly IdentifierName[], options: ReadOptions): Promise<ReadOutcome>
  /** Reads what the meter itself has kept of the past; each exchange is one short frame in a turn of its own. */
  readStored(
    meterId: number,
    span: StoredSpan,
    options: Readonly<{ priority: Priority; signal?: AbortSignal }>,
  ): Promise<StoredRead>
  /** Puts the meter's clock right: `broadcast` tells all meters of its line (08H), `write` this one (14H, or its register). */
  setClock(
    meterId: number,
    way: 'broadcast' | 'write',
    options: Readonly<{ priority: Priority; signal?: AbortSignal }>,
  ): Promise<ClockSet>
  control(meterId: number, request: ControlRequest): Promise<ControlOutcome>
  /** Writes one parameter at most once, and reads it back. */
  writeParameter(meterId: number, request: ParameterWriteRequest): Promise<ParameterWrite>
  /** What the purse of a meter with local fee control shows now: nothing in the answer is older than the call. */
  readPurse(meterId: number, options: PurseOptions): Promise<PurseRead>
  /** Sends a purchase at most once; whether it is in the meter, its purchase count tells afterwards. */
  writePurse(meterId: number, purchase: PursePurchase, options: PurseOptions): Promise<PurseWrite>
  /** The states that a meter shows now, or how often what has happened to it (`counts`). */
  readSigns(meterId: number, what: 'states' | 'counts', options: SignsOptions): Promise<SignsRead>
  /** The `last`-newest record of an event, from 1. */
  readEventRecord(
    meterId: number,
    source: MeterEventSource,
    last: number,
    options: SignsOptions,
  ): Promise<EventRecordRead>
  gateways(): readonly GatewayStatus[]
  /** One of them; null when the archive has none such. */
  gateway(gatewayId: number): GatewayStatus | null
  /** One gateway's line, or all of them. */
  lines(gatewayId?: number): readonly LineStatus[]
  onGatewayChange(listener: (status: GatewayStatus) => void): void
  /** Closes the connection of a gateway, which may dial again; nothing where there is none. */
  hangUp(gatewayId: number, reason: string): void
}
