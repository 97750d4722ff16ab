import type { ControlAction, FreezeTime, OutputSignal } from '@xianfu/protocols'
import type { HalfHourOfYear } from '../load/load-profile.ts'
import type { Random } from '../random.ts'
import type { Clock } from '../time/clock.ts'
import type { Zone } from '../time/local-time.ts'
import type { Stacked } from './behaviour.ts'
import type { EventMemory } from './event-memory.ts'
import type { Faults } from './faults.ts'
import type { FollowUp } from './answer/follow-up.ts'
import type { DemandRegister } from './duty/demand.ts'
import type { Memories } from './duty/memories.ts'
import type { MeterModel } from './meter-options.ts'
import type { RateTimetable } from './rate-timetable.ts'
import type { RegisterBank } from './register-bank.ts'
import type { RelayState } from './relay.ts'
import type { ModbusModel } from './modbus/registers.ts'
import type { Session } from './security/session.ts'
import type { Wallet } from './wallet.ts'

/** What meters of a village share. */
export type Surroundings = Readonly<{
  clock: Clock
  random: Random
  zone: Zone
  halfHour: HalfHourOfYear
  timetable: RateTimetable
}>

/** A control command that was carried out. */
export type Obeyed = Readonly<{ at: number; action: ControlAction | 'trip-then-close' | 'trip-then-permit' }>

/**
 * All of one meter, as one flat record: a million of them must fit. What few meters ever need is null until then.
 * Files of this folder change it; nobody outside does.
 */
export type Meter = {
  address: string
  readonly name: string
  readonly model: MeterModel
  readonly around: Surroundings
  readonly bank: RegisterBank
  readonly row: number
  readonly load: Uint32Array | null
  readonly loadThousandths: number
  readonly loadShiftDays: number
  /** The village's until another day table is programmed. */
  timetable: RateTimetable
  constantMilliwatts: number
  /** Wall time up to which the registers have counted. */
  livedTo: number
  /** What the own clock was ahead of the wall at `clockSetAt`; it drifts from there. */
  clockOffsetMs: number
  clockSetAt: number
  /** Own day of the last broadcast that moved the clock. */
  clockMovedOn: number
  readonly relay: RelayState
  /** Power at the last look for jumps; null while there was no supply. */
  seenMilliwatts: number | null
  keepPower: boolean
  alarm: boolean
  faults: Faults
  stacked: Stacked[]
  obeyed: Obeyed[]
  /** Bit rate by function 17H; null: as the line. */
  baudRate: number | null
  wallet: Wallet | null
  demand: DemandRegister | null
  events: EventMemory | null
  memories: Memories | null
  parameters: Map<number, Uint8Array> | null
  followUp: FollowUp | null
  session: Session | null
  wrongPasswords: WrongPasswords | null
  terminal: Terminal
  /** Speaks Modbus RTU instead of DL/T 645. */
  readonly modbus: Readonly<{ unit: number; model: ModbusModel; registerPurse: boolean; registerClock: boolean }> | null
  /** Forced open or closed by Modbus; null when the meter decides. */
  forced: 'open' | 'closed' | null
  /** By function 16H; null for none. */
  timedFreeze: TimedFreeze | null
}

export type TimedFreeze = Exclude<FreezeTime, { every: 'now' }>

/** Function 1DH: what the multi-function terminal puts out, since when (own time), and how many pulses besides seconds. */
export type Terminal = Readonly<{
  output: OutputSignal
  since: number
  pulses: number
}>

/** Wrong passwords in a row, and until when (wall) the meter believes none. */
export type WrongPasswords = Readonly<{ count: number; lockedUntil: number }>
