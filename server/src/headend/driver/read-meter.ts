import type { IdentifierName } from '@xianfu/protocols'
import type { Exchange, Priority, ReadOutcome, Times, Values } from '../headend.ts'
import type { Step, Turn } from '../line/line.ts'
import { dlt645ReadPlan, type ReadFailureCode } from './dlt645-read.ts'
import { noteAnswer, type FieldMeter } from './field-meter.ts'
import { modbusReadPlan } from './modbus-read.ts'

type ReadOptions = Readonly<{ priority: Priority; deadline?: number | undefined; signal?: AbortSignal | undefined }>

export type ReadFailure = Pick<Extract<ReadOutcome, { ok: false }>, 'code' | 'detail'>

/** One attempt at one part of a read. `problem`: it was answered, but something in it cannot be used. */
export type PartRead = Readonly<
  (
    | { ok: true; /** Wall time of the answer. */ at: number; problem: ReadFailure | null }
    | { ok: false; code: ReadFailureCode; detail: string }
    /** To be read anew in the next turn. */
    | { ok: false; code: 'gave-way'; detail: string }
  ) & { exchanges: readonly Exchange[] }
>

/** What has to be asked of a meter to get some items, in parts that each have a turn on the line. */
export type ReadPlan = Readonly<{
  parts: readonly Readonly<{
    name: string
    read(turn: Turn, signal: AbortSignal | undefined): Promise<PartRead>
  }>[]
  /** What the parts that were read have brought, and what could not be made of it. */
  finish(): Readonly<{ values: Values; times: Times; problem: ReadFailure | null }>
}>

/**
 * Reads the items part by part, each exchange in a turn of its own. A silent meter ends the read; a part that the meter
 * refuses or garbles does not keep the others from being read, but the read as a whole has then failed.
 */
export const readMeter = async (
  meter: FieldMeter,
  items: readonly IdentifierName[],
  options: ReadOptions,
): Promise<ReadOutcome> => {
  const { clock, backOff, line } = meter
  const permission = backOff.permission(options.priority, clock.elapsedMs())
  if (permission === 'refuse')
    return {
      ok: false,
      code: 'backing-off',
      detail: 'the meter has not answered lately',
      values: {},
      times: {},
      exchanges: [],
    }

  const plan = meter.modbus === null ? dlt645ReadPlan(meter, items) : modbusReadPlan(meter, meter.modbus, items)
  const progress = createProgress(meter, plan, options, permission === 'probe')
  if (plan.parts.length === 0) return progress.outcome(null)
  const turns = await line.runSteps(options, progress.step)
  return progress.outcome(turns.ok ? null : { code: turns.code, detail: turnFailureWords[turns.code] })
}

/** A read as it goes on, one attempt at one part after the other. */
const createProgress = (meter: FieldMeter, plan: ReadPlan, options: ReadOptions, isProbe: boolean) => {
  const exchanges: Exchange[] = []
  let at = meter.clock.now()
  let failure: ReadFailure | null = null
  let index = 0
  let attempt = 0

  const step = async (turn: Turn): Promise<Step<null>> => {
    const done = { more: false, value: null } as const
    const part = plan.parts[index]
    if (part === undefined) return done
    const read = await part.read(turn, options.signal)
    exchanges.push(...read.exchanges)
    if (!read.ok && read.code === 'gave-way') return { more: true }
    attempt += 1
    if (!read.ok && read.code !== 'refused-by-meter' && read.code !== 'bad-answer') {
      const allowed = isProbe && index === 0 ? 1 : attemptsFor(meter, options.priority)
      // A link that was lost because a newer one took its place is as good as a lost answer.
      const isWorthwhile = read.code === 'no-answer' || (read.code === 'gateway-offline' && meter.line.wire !== null)
      if (isWorthwhile && attempt < allowed) return { more: true }
      if (read.code === 'no-answer') noteAnswer(meter, false)
      failure ??= { code: read.code, detail: `${part.name}: ${read.detail}` }
      return done
    }
    noteAnswer(meter, true)
    if (read.ok) {
      at = read.at
      failure ??= read.problem
    } else failure ??= { code: read.code, detail: read.detail }
    index += 1
    attempt = 0
    return index < plan.parts.length ? { more: true } : done
  }

  const outcome = (turnFailure: ReadFailure | null): ReadOutcome => {
    const { values, times, problem } = plan.finish()
    const failed = failure ?? turnFailure ?? problem
    const read = { values, times, exchanges }
    return failed === null ? { ok: true, at, ...read } : { ok: false, ...failed, ...read }
  }

  return { step, outcome }
}

const attemptsFor = (meter: FieldMeter, priority: Priority): number =>
  priority === 'person' ? meter.limits.readAttempts.person : meter.limits.readAttempts.scheduled

/** Why there was no turn on the line, for people. */
export const turnFailureWords = {
  'gateway-offline': 'the gateway is not connected',
  'queue-full': 'too much waits for this line',
  cancelled: 'the work was given up',
  'too-late': 'its time was over before the line was free',
} as const
