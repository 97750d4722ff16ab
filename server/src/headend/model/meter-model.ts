import type { IdentifierName, identifiers, ReadLimits, RegisterTable } from '@xianfu/protocols'
import type { MeterEventKind } from '../../domain/meter-event.ts'

/**
 * What is to be known of a kind of Modbus meter beyond where its registers stand: which of them answer which question of
 * the headend, and how its relay is ordered and proven. All of it is data; `model-values.ts` and `model-relay.ts` read it.
 */
export type MeterModel<R extends string = string> = Readonly<{
  name: string
  table: RegisterTable
  reading: ReadLimits
  /** Transformer ratios, where the meter tells secondary values: the reader multiplies. */
  ratios: Readonly<{ voltage: R; current: R }> | null
  items: ItemSources<R>
  /** Null where nothing can be switched. */
  relay: RelayModel<R> | null
  /** Null where the meter keeps no balance of its own. */
  purse: PurseModel<R> | null
  /** How its clock is set; null where that is not known, or not by registers. Where it is read, `items` says. */
  clock: ClockModel<R> | null
  /** Null where its registers tell of no events. */
  events: EventModel<R> | null
}>

/** Where a clock is written as one message, and what its bytes are, in this order; the year counts from 2000. */
export type ClockModel<R extends string = string> = Readonly<{ set: R; order: readonly ClockPart[] }>

/** Weekdays are counted from Sunday, 0. */
export type ClockPart = 'year' | 'month' | 'day' | 'weekday' | 'hour' | 'minute' | 'second'

/** What a meter tells of itself: registers that count, and bits that stand while something is so. */
export type EventModel<R extends string = string> = Readonly<{
  counters: readonly Readonly<{ kind: MeterEventKind; register: R }>[]
  states: readonly Readonly<{ kind: MeterEventKind; register: R; bit: string }>[]
}>

/** A purse in registers: where balance (signed where the meter tells an overdraft) and number of purchases are read. */
export type PurseModel<R extends string = string> = Readonly<{
  balance: R
  purchaseCount: R
  /** Null unless it is known, or somebody has proven with a meter of his, that purchases may be written so. */
  write: PurseWriteModel<R> | null
}>

/** Registers that stand together, for one message with the new balance and the next count. */
export type PurseWriteModel<R extends string = string> = Readonly<{ balance: R; purchaseCount: R }>

/** Which transformer ratios a value is multiplied by; power and energy by both. */
export type Ratio = 'voltage' | 'current' | 'power'

/** Where a value comes from; the kinds are the codecs of the DL/T 645 table, whose names the headend speaks. */
export type ItemSource<R extends string = string> = Readonly<
  | { kind: 'number'; register: R; times?: Ratio }
  | { kind: 'phases'; a: R; b: R | null; c: R | null; times?: Ratio }
  | { kind: 'totalAndPhases'; total: R; a: R; b: R | null; c: R | null; times?: Ratio }
  | { kind: 'totalAndRates'; total: R; rates: readonly R[]; times?: Ratio }
  | { kind: 'digits'; register: R }
  /** Year from 2000, month, day, weekday from Sunday, hour, minute, second. */
  | { kind: 'dateAndWeekday'; clock: R }
  | { kind: 'timeOfDay'; clock: R }
  /** From the relay of the model. */
  | { kind: 'statusWord3' }
>

type ItemSources<R extends string> = {
  readonly [N in IdentifierName]?: Extract<ItemSource<R>, { kind: (typeof identifiers)[N]['codec'] }>
}

/**
 * How a relay is ordered and proven. `status` is the word that proves; `closed` its bits that say that a pole is closed,
 * one for each pole; `orderedClosed` those that say where to it was ordered, `ordered` the bit that says that an order
 * stands at all (null: always); `alarm` the meter's own warnings.
 */
export type RelayModel<R extends string = string> = Readonly<{
  status: R
  closed: readonly string[]
  orderedClosed: readonly string[]
  ordered: string | null
  alarm: readonly string[]
  orders: Readonly<{ open: RelayOrder<R>; close: RelayOrder<R>; release: RelayOrder<R> | null }>
}>

/** Registers that stand together and what is written to them, in one message. */
export type RelayOrder<R extends string = string> = Readonly<{ [N in R]?: number }>

/** Keeps the names of a model's registers for the compiler, and freezes the model. */
export const meterModel = <const T extends RegisterTable>(
  model: Omit<MeterModel<keyof T['registers'] & string>, 'table'> & Readonly<{ table: T }>,
): MeterModel => Object.freeze(model)
