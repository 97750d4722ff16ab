import {
  addressMatches,
  broadcastAddress,
  encodeValue,
  errorsFor,
  functionCode,
  functionOfKind,
  identifierName,
  statusWord3,
  type ControlAction,
  type Credentials,
  type IdentifierName,
  type MeterErrorReason,
  type MeterTime,
  type Reply,
  type Request,
  type StatusWord3,
} from '@xianfu/protocols'
import type { Clock } from '../clock.ts'
import type { LoadProfile } from '../load/load-profile.ts'
import { localTime, type LocalTime } from '../local-time.ts'
import type { Random } from '../random.ts'
import { silence, stack, wrap, type Answer, type Behaviour, type Stacked } from './behaviour.ts'
import { EnergyRegisters, type RegisterState } from './energy-registers.ts'
import { instantaneousAt, type Instantaneous } from './instantaneous.ts'
import type { RateTimetable } from './rate-timetable.ts'
import { Relay, type RelayPosition, type RelayState } from './relay.ts'

export type MeterOptions = Readonly<{
  address: string
  name: string
  load: Readonly<{ household: string; scale: number; shiftDays: number }> | null
  constantWatts: number
  password: string
  passwordLevel: number
  relay: Readonly<{ delayMs: number; button: boolean }>
  answerDelayMs: Readonly<{ min: number; max: number }>
  behaviours: readonly Behaviour[]
  timetable: RateTimetable
  timeZone: string
}>

/** All that a meter remembers over a stop of the program; integers as text. */
export type MeterState = Readonly<{
  registers: readonly string[]
  relay: RelayState
  keepPower: boolean
  alarm: boolean
  clockOffsetMs: number
  obeyed: readonly Obeyed[]
}>

/** A control command that was carried out. */
export type Obeyed = Readonly<{ at: number; action: ControlAction }>

export type MeterParts = Readonly<{
  clock: Clock
  profile: LoadProfile
  random: Random
  registers: RegisterState
  state?: MeterState
}>

const obeyedKept = 20
/** Function 08 moves a meter's clock by no more than this (DL/T 645-2007, broadcast time). */
const longestTimeStepMs = 5 * 60_000

/** A three-phase prepayment meter: registers driven by a load, a relay, a clock, and a DL/T 645-2007 face. */
export class VirtualMeter {
  readonly options: MeterOptions
  readonly #clock: Clock
  readonly #profile: LoadProfile
  readonly #random: Random
  readonly #registers: EnergyRegisters
  readonly #relay: Relay
  #stacked: Stacked[]
  #constantWatts: number
  #keepPower: boolean
  #alarm: boolean
  #clockOffsetMs: number
  #obeyed: Obeyed[]

  constructor(options: MeterOptions, { clock, profile, random, registers, state }: MeterParts) {
    this.options = options
    this.#clock = clock
    this.#profile = profile
    this.#random = random
    this.#registers = new EnergyRegisters({
      timetable: options.timetable,
      timeZone: options.timeZone,
      at: clock.now(),
      state: registers,
    })
    this.#relay = new Relay(state?.relay ?? { commanded: 'closed', actual: 'closed' }, options.relay)
    this.#stacked = stack(options.behaviours)
    this.#constantWatts = options.constantWatts
    this.#keepPower = state?.keepPower ?? false
    this.#alarm = state?.alarm ?? false
    this.#clockOffsetMs = state?.clockOffsetMs ?? 0
    this.#obeyed = [...(state?.obeyed ?? [])]
  }

  /** Null when the request is not for this meter. */
  hear(request: Request): Answer | null {
    if ('address' in request && request.address === broadcastAddress) {
      if (request.kind === 'set-time') this.#setTime(request.time)
      return silence
    }
    if ('address' in request && !addressMatches(request.address, this.options.address)) return null
    this.touch()
    const answer = wrap((asked) => this.#honest(asked), this.#stacked, this.#relay)(request)
    this.#stacked = this.#stacked.filter(({ left }) => left > 0)
    return answer
  }

  /** Lives up to this moment. */
  touch(): void {
    const now = this.#clock.now()
    this.#relay.settle(this.#clock.elapsedMs(), (agoMs) => {
      this.#registers.advance(Math.round(now - agoMs * this.#clock.rate), (at) => this.#milliwatts(at))
    })
    this.#registers.advance(now, (at) => this.#milliwatts(at))
  }

  /** The load at a moment if the relay stays as it is; exact, the scale being in thousandths. */
  #milliwatts(at: number): bigint {
    if (this.#relay.state.actual === 'open') return 0n
    const { load, timeZone } = this.options
    const watts = load === null ? 0 : this.#profile.watts(load.household, at, timeZone, load.shiftDays)
    const scaleThousandths = Math.round((load?.scale ?? 0) * 1_000)
    return BigInt(watts) * BigInt(scaleThousandths) + BigInt(Math.round(this.#constantWatts * 1_000))
  }

  #honest(request: Request): Answer {
    const { min, max } = this.options.answerDelayMs
    const delayMs = min + this.#random() * (max - min)
    return { reply: this.#reply(request), delayMs, brokenChecksum: false }
  }

  #reply(request: Request): Reply {
    const { address } = this.options
    switch (request.kind) {
      case 'read-address':
        return { kind: 'read-address', address }
      case 'read': {
        const name = identifierName(request.identifier)
        const data = name === null ? null : this.#data(name)
        if (data === null) return this.#refusal(functionCode.read, 'no-data')
        return { kind: 'read', address, identifier: request.identifier, data, more: false }
      }
      case 'read-follow-up':
        return this.#refusal(functionCode.readFollowUp, 'no-data')
      case 'write':
        return this.#refusal(functionCode.write, this.#mayWrite(request.credentials) ? 'no-data' : 'wrong-password')
      case 'set-time':
        this.#setTime(request.time)
        return { kind: 'set-time', address }
      case 'control':
        return this.#control(request.action, request.credentials, request.validUntil)
      default:
        return this.#refusal(functionOfKind[request.kind], 'other')
    }
  }

  #control(action: ControlAction, credentials: Credentials, validUntil: MeterTime | null): Reply {
    const refused = (reason: MeterErrorReason): Reply => this.#refusal(functionCode.control, reason)
    if (!this.#mayWrite(credentials)) return refused('wrong-password')
    if (validUntil !== null && compareTime(validUntil, this.#localTime()) < 0) return refused('other')
    if (action === 'trip' && this.#keepPower) return refused('other')
    this.#obey(action)
    this.#obeyed = [...this.#obeyed, { at: this.#clock.now(), action }].slice(-obeyedKept)
    return { kind: 'control', address: this.options.address, result: new Uint8Array(0) }
  }

  #obey(action: ControlAction): void {
    const elapsedMs = this.#clock.elapsedMs()
    switch (action) {
      case 'trip':
        return this.#relay.trip(elapsedMs)
      case 'permit-close':
        return this.#relay.permitClose(elapsedMs)
      case 'direct-close':
        return this.#relay.directClose(elapsedMs)
      case 'alarm-on':
      case 'alarm-off':
        this.#alarm = action === 'alarm-on'
        return
      case 'keep-power-on':
      case 'keep-power-off':
        this.#keepPower = action === 'keep-power-on'
    }
  }

  #mayWrite({ level, password }: Credentials): boolean {
    return level === this.options.passwordLevel && password === this.options.password
  }

  #refusal(code: number, reason: MeterErrorReason): Reply {
    return { kind: 'error', address: this.options.address, functionCode: code, errors: errorsFor([reason]) }
  }

  #localTime(): LocalTime {
    return localTime(this.#clock.now() + this.#clockOffsetMs, this.options.timeZone)
  }

  #setTime(time: MeterTime): void {
    const own = this.#localTime()
    const stepMs = utcOf(time) - utcOf(own)
    if (Math.abs(stepMs) <= longestTimeStepMs) this.#clockOffsetMs += stepMs
  }

  #status(): StatusWord3 {
    const { actual, commanded } = this.#relay.state
    return {
      ...statusWord3(0),
      relay: actual,
      relayCommand: commanded,
      keepPower: this.#keepPower,
      preTripAlarm: this.#alarm,
    }
  }

  #now(): Instantaneous {
    const milliwatts = Number(this.#milliwatts(this.#clock.now()))
    return instantaneousAt(milliwatts, this.#clock.now(), Number(this.options.address.slice(-3)))
  }

  #data(name: IdentifierName): Uint8Array | null {
    const { total, rates } = this.#registers.wh
    const [r1 = 0, r2 = 0, r3 = 0, r4 = 0] = rates
    const { voltages, currents, powers, powerFactor, frequency } = this.#now()
    const phases = ([a, b, c]: readonly [number, number, number]) => ({ a, b, c })
    const power = powers[0] + powers[1] + powers[2]
    const { year, month, day, weekday, hour, minute, second } = this.#localTime()
    switch (name) {
      case 'combinedActiveEnergyTotal':
      case 'forwardActiveEnergyTotal':
        return encodeValue(name, total)
      case 'forwardActiveEnergyRate1':
        return encodeValue(name, r1)
      case 'forwardActiveEnergyRate2':
        return encodeValue(name, r2)
      case 'forwardActiveEnergyRate3':
        return encodeValue(name, r3)
      case 'forwardActiveEnergyRate4':
        return encodeValue(name, r4)
      case 'forwardActiveEnergyBlock':
        return encodeValue(name, { total, rates: [r1, r2, r3, r4] })
      case 'reverseActiveEnergyTotal':
        return encodeValue(name, 0)
      case 'voltageA':
        return encodeValue(name, voltages[0])
      case 'voltageB':
        return encodeValue(name, voltages[1])
      case 'voltageC':
        return encodeValue(name, voltages[2])
      case 'voltageBlock':
        return encodeValue(name, phases(voltages))
      case 'currentA':
        return encodeValue(name, currents[0])
      case 'currentB':
        return encodeValue(name, currents[1])
      case 'currentC':
        return encodeValue(name, currents[2])
      case 'currentBlock':
        return encodeValue(name, phases(currents))
      case 'activePowerTotal':
        return encodeValue(name, power)
      case 'activePowerBlock':
        return encodeValue(name, { total: power, ...phases(powers) })
      case 'apparentPowerTotal':
        return encodeValue(name, Math.round((power * 1_000) / powerFactor))
      case 'powerFactorTotal':
        return encodeValue(name, powerFactor)
      case 'frequency':
        return encodeValue(name, frequency)
      case 'dateAndWeekday':
        return encodeValue(name, { year, month, day, weekday })
      case 'time':
        return encodeValue(name, { hour, minute, second })
      case 'communicationAddress':
      case 'meterNumber':
        return encodeValue(name, this.options.address)
      case 'statusWord3':
        return encodeValue(name, this.#status())
      default:
        return null
    }
  }

  /** What an experimenter changes from outside. */
  change(to: MeterChange): void {
    this.touch()
    if (to.constantWatts !== undefined) this.#constantWatts = to.constantWatts
    if (to.addWh !== undefined) this.#registers.addWh(BigInt(to.addWh))
    if (to.behaviours !== undefined) this.#stacked = stack(to.behaviours)
    if (to.pressButton === true) this.#relay.pressButton(this.#clock.elapsedMs())
    if (to.relayActual !== undefined) this.#relay.force(to.relayActual)
    if (to.keepPower !== undefined) this.#keepPower = to.keepPower
  }

  look(): MeterLook {
    this.touch()
    const { total, rates } = this.#registers.wh
    return {
      address: this.options.address,
      name: this.options.name,
      totalWh: String(total),
      ratesWh: rates.map(String),
      relay: this.#relay.state,
      keepPower: this.#keepPower,
      alarm: this.#alarm,
      milliwatts: String(this.#milliwatts(this.#clock.now())),
      behaviours: this.#stacked.map(({ behaviour }) => behaviour),
      obeyed: this.#obeyed,
    }
  }

  save(): MeterState {
    this.touch()
    return {
      registers: this.#registers.state.map(String),
      relay: this.#relay.state,
      keepPower: this.#keepPower,
      alarm: this.#alarm,
      clockOffsetMs: this.#clockOffsetMs,
      obeyed: this.#obeyed,
    }
  }
}

export type MeterChange = Readonly<{
  constantWatts?: number | undefined
  addWh?: number | undefined
  behaviours?: readonly Behaviour[] | undefined
  pressButton?: true | undefined
  relayActual?: RelayPosition | undefined
  keepPower?: boolean | undefined
}>

export type MeterLook = Readonly<{
  address: string
  name: string
  totalWh: string
  ratesWh: readonly string[]
  relay: RelayState
  keepPower: boolean
  alarm: boolean
  milliwatts: string
  behaviours: readonly Behaviour[]
  obeyed: readonly Obeyed[]
}>

type Moment = Readonly<{ year: number; month: number; day: number; hour: number; minute: number; second: number }>
const utcOf = ({ year, month, day, hour, minute, second }: Moment): number =>
  Date.UTC(year, month - 1, day, hour, minute, second)
const compareTime = (a: Moment, b: Moment): number => utcOf(a) - utcOf(b)
