import type { FlowContext } from './process.ts'
import { createBell, loop } from './process.ts'
import type { ControlOutcome, ControlStep, Headend } from '../headend/headend.ts'
import { notSentRetryMs } from '../domain/relay-command.ts'
import { standstillMilliwatts } from '../domain/relay-watch.ts'
import { openWorkItems } from '../store/work-items.ts'
import { energyWhileOpen } from './note-relays.ts'
import { accountsToDecide, finishAttempt } from './finish-attempt.ts'
import { confirmSend } from './confirm-send.ts'
import { addEvents, type CommandEvent } from '../store/commands.ts'
import {
  claimCommands,
  expireCommands,
  markAcknowledged,
  nextCommandDue,
  recoverCommands,
  releaseCommand,
  type ClaimedCommand,
} from '../store/commands-under-way.ts'
import type { Reach } from '../store/headends.ts'

/** Commands under way at once in this process; each has a line of its own to wait for. */
const maximumUnderWay = 256
/** Longest sleep between two looks at the queue when nobody rings, elapsed time. */
const lookEveryMs = 1_000
/** For how long a meter may still obey after its bytes have left, elapsed time: travels in the deadline field of 1CH. */
const validForMs = 60_000

export type Dispatcher = Readonly<{
  /** Tells it that a command was queued: it looks at once, there is no polling delay. */
  wake(): void
  run(signal: AbortSignal): Promise<void>
}>

/**
 * Carries out relay commands, one per meter at a time. A command is claimed, waits for its line, is confirmed (decided
 * again and committed as sent) when the line is free, and is finished by what the meter's status word proves.
 */
export const createDispatcher = (context: FlowContext, headend: Headend, reach: Reach): Dispatcher => {
  const bell = createBell()
  const underWay = new Map<number, Promise<void>>()

  /** Commands whose end the database could not be told: given back as soon as it is there again, and looked at anew. */
  const interrupted = new Set<ClaimedCommand>()
  const giveBack = async (): Promise<void> => {
    for (const command of interrupted) {
      await releaseCommand(context.database, command, context.clock.now())
      interrupted.delete(command)
    }
  }

  /** Looks at the power of meters that were just tripped; beside the commands, for a close must not wait for one. */
  const looks = new Set<Promise<void>>()
  const lookForPower = (command: ClaimedCommand, signal: AbortSignal): void => {
    const look = seeStandstill(context, headend, command, signal)
      .catch((error: unknown) => {
        context.log({ level: 'warn', what: `the power behind command ${command.id} was not seen`, detail: error })
      })
      .finally(() => looks.delete(look))
    looks.add(look)
  }

  const start = (command: ClaimedCommand, signal: AbortSignal): void => {
    const work = carryOut(context, headend, command, signal)
      .then((outcome) => {
        if (command.kind === 'trip' && outcome.kind === 'verified') lookForPower(command, signal)
      })
      .catch(async (error: unknown) => {
        context.log({ level: 'error', what: `command ${command.id} was interrupted`, detail: error })
        await releaseCommand(context.database, command, context.clock.now() + notSentRetryMs)
      })
      .catch((error: unknown) => {
        interrupted.add(command)
        context.log({ level: 'error', what: `command ${command.id} waits for the database`, detail: error })
      })
      .finally(() => {
        underWay.delete(command.meterId)
        bell.ring()
      })
    underWay.set(command.meterId, work)
  }

  const step = async (signal: AbortSignal): Promise<void> => {
    await giveBack()
    const now = context.clock.now()
    const expired = await expireCommands(context.database, now)
    if (expired.length > 0)
      await accountsToDecide(
        context,
        expired.map(({ meterId }) => meterId),
      )
    const room = maximumUnderWay - underWay.size
    const claim = { ...reach, limit: room, busyMeterIds: [...underWay.keys()] }
    const claimed = room === 0 ? [] : await claimCommands(context.database, claim, now)
    for (const command of claimed) start(command, signal)
    if (claimed.length > 0 && room > claimed.length) return
    const due = await nextCommandDue(context.database)
    const untilDueMs = due === null ? lookEveryMs : Math.max(20, (due - context.clock.now()) / context.clock.rate)
    await bell.wait(context.clock, Math.min(lookEveryMs, untilDueMs), signal)
  }

  return {
    wake: () => bell.ring(),
    async run(signal) {
      const recovered = await recoverCommands(context.database, context.clock.now(), reach.self)
      if (recovered > 0) context.log({ level: 'info', what: `${String(recovered)} commands taken up again` })
      await loop(context, 'dispatch', signal, async () => step(signal))
      await Promise.allSettled(underWay.values())
      await Promise.allSettled(looks)
    },
  }
}

const carryOut = async (
  context: FlowContext,
  headend: Headend,
  command: ClaimedCommand,
  signal: AbortSignal,
): Promise<ControlOutcome> => {
  const events: CommandEvent[] = []
  // Database writes of the steps, one after the other and beside the line, which must not wait for them.
  let writes: Promise<void> = Promise.resolve()
  const onStep = (step: ControlStep): void => {
    const { exchange } = step
    const { request, response, durationMs, meaning, at } = exchange
    events.push({ commandId: command.id, kind: step.kind, text: meaning, at, request, response, durationMs })
    if (step.kind !== 'acknowledged') return
    writes = writes.then(async () => markAcknowledged(context.database, command))
    // Awaited below; a database that goes away before that must not end the process.
    writes.catch(() => undefined)
  }
  let postponed = false
  const outcome: ControlOutcome = await headend.control(command.meterId, {
    action: command.kind,
    validForMs,
    readStateFirst: command.attempts > 0,
    confirm: async () => {
      const confirmation = await confirmSend(context, command)
      postponed = !confirmation.go && confirmation.postponed === true
      return confirmation
    },
    onStep,
    signal,
  })
  await writes
  await finishAttempt(context, command, outcome, events, postponed)
  return outcome
}

/** After the status word, the meter's own measurement: behind an open relay no power flows. Where it is not told, no word. */
const seeStandstill = async (
  { database, clock }: FlowContext,
  headend: Headend,
  { id, meterId }: ClaimedCommand,
  signal: AbortSignal,
): Promise<void> => {
  const read = await headend.read(meterId, ['activePowerTotal'], { priority: 'verification', signal })
  const milliwatts = read.values.activePowerTotal ?? null
  const exchange = read.exchanges.at(-1)
  if (milliwatts === null || exchange === undefined) return
  const flows = Math.abs(milliwatts) > standstillMilliwatts
  const watts = String(Math.round(milliwatts / 1_000))
  const text = flows ? `power behind the open relay: ${watts} W` : 'no power behind the open relay'
  const { at, request, response, durationMs } = exchange
  await database.transaction(async (sql) => {
    await addEvents(sql, [{ commandId: id, kind: 'power-read', text, at, request, response, durationMs }])
    if (flows) await openWorkItems(sql, [energyWhileOpen(meterId, { watts })], clock.now())
  })
}
