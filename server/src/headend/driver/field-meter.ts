import type { IdentifierName } from '@xianfu/protocols'
import type { Clock } from '../../domain/clock.ts'
import type { Wiring } from '../../domain/wiring.ts'
import type { LineConfig, MeterConfig, MeterProtocol } from '../headend.ts'
import type { HeadendLimits } from '../limits.ts'
import type { BackOff } from '../line/back-off.ts'
import type { Line } from '../line/line.ts'
import type { ResponseTime } from '../line/response-time.ts'
import type { Tally } from '../line/tally.ts'
import type { MeterModel } from '../model/meter-model.ts'

/** What is to be known of a meter that speaks Modbus. */
export type ModbusUnit = Readonly<{
  envelope: 'rtu' | 'tcp'
  unit: number
  model: MeterModel
  wiring: Wiring
  /** A new number for each question over TCP, so that a late answer is known for what it is. */
  nextTransaction(): number
}>

/** What the driver finds out about a meter, and writes down here. */
export type Learnt = {
  /** Blocks that the meter has refused: their parts are asked for one by one. */
  refusedBlocks: ReadonlySet<IdentifierName>
  /**
   * How far its clock is ahead (above zero) of ours, wall milliseconds, as far as it matters for deadlines: found when it
   * refused one. Null: it is taken to be right.
   */
  clockAheadMs: number | null
}

const noBlocks: ReadonlySet<IdentifierName> = new Set()

export const nothingLearnt = (): Learnt => ({ refusedBlocks: noBlocks, clockAheadMs: null })

/** One meter as the driver sees it: who it is, the line it hangs on, and what has been learnt of it. */
export type FieldMeter = Readonly<{
  config: MeterConfig
  /** Null for a DL/T 645 meter. */
  modbus: ModbusUnit | null
  line: Line
  lineConfig: LineConfig
  backOff: BackOff
  responseTime: ResponseTime
  tally: Tally
  learnt: Learnt
  clock: Clock
  limits: HeadendLimits
  onSilent(pauseMs: number): void
  onAnswersAgain(): void
  onLate(responseMs: number): void
}>

/** Tells the back-off what became of a question; only a meter's own silence counts against it. */
export const noteAnswer = (meter: FieldMeter, answered: boolean): void => {
  if (answered) {
    if (meter.backOff.answered()) meter.onAnswersAgain()
    return
  }
  const pauseMs = meter.backOff.silent(meter.clock.elapsedMs())
  if (pauseMs !== null) meter.onSilent(pauseMs)
}

/** What the archive says of a Modbus meter, and the model that it names. */
export const createModbusUnit = (
  protocol: Exclude<MeterProtocol, { kind: 'dlt645' }>,
  model: MeterModel,
): ModbusUnit => {
  let transaction = 0
  return {
    envelope: protocol.kind === 'modbus-rtu' ? 'rtu' : 'tcp',
    unit: protocol.unit,
    model,
    wiring: protocol.wiring,
    nextTransaction() {
      transaction = (transaction + 1) % 0x1_0000
      return transaction
    },
  }
}
