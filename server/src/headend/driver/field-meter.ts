import type { Clock } from '../../domain/clock.ts'
import type { LineConfig, MeterConfig } from '../headend.ts'
import type { HeadendLimits } from '../limits.ts'
import type { BackOff } from '../line/back-off.ts'
import type { Line } from '../line/line.ts'
import type { ResponseTime } from '../line/response-time.ts'
import type { Asker } from './dlt645-ask.ts'

/** One meter as the driver sees it: who it is, the line it hangs on, and what has been learnt of it. */
export type FieldMeter = Readonly<{
  config: MeterConfig
  line: Line
  lineConfig: LineConfig
  backOff: BackOff
  responseTime: ResponseTime
  clock: Clock
  limits: HeadendLimits
  onSilent(pauseMs: number): void
  onAnswersAgain(): void
  onLate(responseMs: number): void
}>

export const askerFor = (meter: FieldMeter): Asker => ({
  clock: meter.clock,
  line: meter.lineConfig,
  responseTime: meter.responseTime,
  onLate: meter.onLate,
})

/** Tells the back-off what became of a question; only a meter's own silence counts against it. */
export const noteAnswer = (meter: FieldMeter, answered: boolean): void => {
  if (answered) {
    if (meter.backOff.answered()) meter.onAnswersAgain()
    return
  }
  const pauseMs = meter.backOff.silent(meter.clock.elapsedMs())
  if (pauseMs !== null) meter.onSilent(pauseMs)
}
