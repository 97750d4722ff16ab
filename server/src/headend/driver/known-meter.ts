import type { Clock } from '../../domain/clock.ts'
import type { HeadendLog } from '../headend-event.ts'
import type { LineConfig, MeterConfig } from '../headend.ts'
import type { HeadendLimits } from '../limits.ts'
import { createBackOff, type BackOff } from '../line/back-off.ts'
import type { Line } from '../line/line.ts'
import { createResponseTime, type ResponseTime, type ResponseTimeLimits } from '../line/response-time.ts'
import { createTally, type Tally } from '../line/tally.ts'
import { nothingLearnt, type FieldMeter, type Learnt, type ModbusUnit } from './field-meter.ts'

/** What the meters of one line have in common. */
export type LineSide = Readonly<{
  line: Line
  lineConfig: LineConfig
  responseTimes: ResponseTimeLimits
  limits: HeadendLimits
  clock: Clock
  elapsedMs(): number
  log: HeadendLog
}>

/**
 * A meter of the archive with what was learnt of it. There may be a million of them, so whatever is the same for a line is
 * kept once, and nothing is a closure.
 */
export class KnownMeter implements FieldMeter {
  readonly config: MeterConfig
  readonly modbus: ModbusUnit | null
  readonly backOff: BackOff
  readonly responseTime: ResponseTime
  readonly tally: Tally
  readonly learnt: Learnt
  readonly #side: LineSide

  /** `before`: the same meter on the same line, whose archive has changed otherwise. */
  constructor(config: MeterConfig, modbus: ModbusUnit | null, side: LineSide, before: KnownMeter | null) {
    this.config = config
    this.modbus = modbus
    this.#side = side
    this.backOff = before?.backOff ?? createBackOff(side.limits)
    this.responseTime = before?.responseTime ?? createResponseTime(side.responseTimes)
    this.tally = before?.tally ?? createTally(side.elapsedMs)
    this.learnt = before?.learnt ?? nothingLearnt()
  }

  get line(): Line {
    return this.#side.line
  }

  get lineConfig(): LineConfig {
    return this.#side.lineConfig
  }

  get limits(): HeadendLimits {
    return this.#side.limits
  }

  get clock(): Clock {
    return this.#side.clock
  }

  onSilent(pauseMs: number): void {
    this.#side.log({ kind: 'meter-silent', ...this.#named(), pauseMs })
  }

  onAnswersAgain(): void {
    this.#side.log({ kind: 'meter-answers-again', ...this.#named() })
  }

  onLate(responseMs: number): void {
    this.#side.log({ kind: 'late-answer', ...this.#named(), responseMs })
  }

  #named(): Readonly<{ meterId: number; address: string }> {
    return { meterId: this.config.id, address: this.config.address }
  }
}
