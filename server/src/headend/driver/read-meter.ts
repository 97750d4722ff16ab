import { decodeValue, identifiers, type IdentifierName } from '@xianfu/protocols'
import type { Exchange, Priority, ReadOutcome, Values } from '../headend.ts'
import type { Step, Turn } from '../line/line.ts'
import { readIdentifier } from './dlt645-read.ts'
import { askerFor, noteAnswer, type FieldMeter } from './field-meter.ts'

type ReadOptions = Readonly<{ priority: Priority; signal?: AbortSignal | undefined }>

type Failure = Pick<Extract<ReadOutcome, { ok: false }>, 'code' | 'detail'>

/**
 * Reads the items one after the other, each exchange in a turn of its own. A silent meter ends the read; an item that
 * the meter refuses or garbles does not keep the others from being read, but the read as a whole has then failed.
 */
export const readMeter = async (
  meter: FieldMeter,
  items: readonly IdentifierName[],
  options: ReadOptions,
): Promise<ReadOutcome> => {
  const { clock, backOff, line } = meter
  const permission = backOff.permission(options.priority, clock.elapsedMs())
  if (permission === 'refuse')
    return { ok: false, code: 'backing-off', detail: 'the meter has not answered lately', values: {}, exchanges: [] }

  const progress = createProgress(meter, items, options, permission === 'probe')
  if (items.length === 0) return progress.outcome(null)
  const turns = await line.runSteps({ priority: options.priority, signal: options.signal }, progress.step)
  return progress.outcome(turns.ok ? null : { code: turns.code, detail: turnFailureWords[turns.code] })
}

/** A read as it goes on, one attempt at one identifier after the other. */
const createProgress = (
  meter: FieldMeter,
  items: readonly IdentifierName[],
  options: ReadOptions,
  isProbe: boolean,
) => {
  const values: Partial<Record<IdentifierName, unknown>> = {}
  const exchanges: Exchange[] = []
  let at = meter.clock.now()
  let failure: Failure | null = null
  let index = 0
  let attempt = 0

  const step = async (turn: Turn): Promise<Step<null>> => {
    const done = { more: false, value: null } as const
    const item = items[index]
    if (item === undefined) return done
    const read = await readOnce(turn, meter, item, options.signal)
    exchanges.push(...read.exchanges)
    attempt += 1
    if (!read.ok && read.code !== 'refused-by-meter' && read.code !== 'bad-answer') {
      const allowed = isProbe && index === 0 ? 1 : attemptsFor(meter, options.priority)
      // A link that was lost because a newer one took its place is as good as a lost answer.
      const isWorthwhile = read.code === 'no-answer' || (read.code === 'gateway-offline' && meter.line.wire !== null)
      if (isWorthwhile && attempt < allowed) return { more: true }
      if (read.code === 'no-answer') noteAnswer(meter, false)
      failure ??= { code: read.code, detail: `${item}: ${read.detail}` }
      return done
    }
    noteAnswer(meter, true)
    if (read.ok) {
      at = read.at
      const decoded = decodeValue(item, read.data)
      if (decoded.ok) values[item] = decoded.value
      else failure ??= { code: 'bad-answer', detail: `${item}: ${decoded.detail}` }
    } else failure ??= { code: read.code, detail: read.detail }
    index += 1
    attempt = 0
    return index < items.length ? { more: true } : done
  }

  const outcome = (turnFailure: Failure | null): ReadOutcome => {
    const failed = failure ?? turnFailure
    const read = { values: values as Values, exchanges }
    return failed === null ? { ok: true, at, ...read } : { ok: false, ...failed, ...read }
  }

  return { step, outcome }
}

const readOnce = async (turn: Turn, meter: FieldMeter, item: IdentifierName, signal: AbortSignal | undefined) =>
  readIdentifier(
    turn,
    askerFor(meter),
    { address: meter.config.address, identifier: identifiers[item].id },
    { maxFollowUpFrames: meter.limits.maxFollowUpFrames, signal },
  )

const attemptsFor = (meter: FieldMeter, priority: Priority): number =>
  priority === 'person' ? meter.limits.readAttempts.person : meter.limits.readAttempts.scheduled

/** Why there was no turn on the line, for people. */
export const turnFailureWords = {
  'gateway-offline': 'the gateway is not connected',
  'queue-full': 'too much waits for this line',
  cancelled: 'the work was given up',
} as const
