import type { Clock } from '../../domain/clock.ts'
import type { Priority } from '../headend.ts'
import { PriorityQueue } from './priority-queue.ts'
import { noNoise } from './tally.ts'
import type { Question, Wire, WireResult } from './wire.ts'

/** The line while it is ours. */
export type Turn = Readonly<{
  ask(question: Question): Promise<WireResult>
  /** A relay command waits for this turn to end: what takes many exchanges gives way. */
  relayWaits?(): boolean
}>

export type TurnFailure = 'gateway-offline' | 'queue-full' | 'cancelled' | 'too-late'

export type TurnResult<T> = Readonly<{ ok: true; value: T } | { ok: false; code: TurnFailure }>

export type TurnOptions = Readonly<{
  priority: Priority
  signal?: AbortSignal | undefined
  /** Wall time from which on the work is worth nothing: a turn that would begin later is not taken. */
  deadline?: number | undefined
}>

/** What work says at the end of a turn: it wants another one, or this is its result. */
export type Step<T> = Readonly<{ more: true } | { more: false; value: T }>

type Job = Readonly<{
  priority: Priority
  /** Kept over all its turns, so that work which comes back stands where it stood. */
  order: number
  /** Resolves to whether it wants another turn. */
  takeTurn(turn: Turn): Promise<boolean>
  deadline: number
  fail(code: TurnFailure): void
}>

/**
 * The scheduler of one half-duplex line. Whoever has the turn has the line; the next turn goes to the most urgent job
 * that waits. A read asks for a turn per exchange, a relay command for one per step of its sequence, so a relay command
 * waits for one exchange at most.
 */
export class Line {
  readonly #clock: Clock
  readonly #queue: PriorityQueue<Job>
  #isStopping = false
  #wire: Wire | null = null
  #draining: Promise<void> | null = null
  #lastOrder = 0

  constructor(clock: Clock, maxQueuedJobs: number) {
    this.#clock = clock
    this.#queue = new PriorityQueue(maxQueuedJobs)
  }

  get queueLength(): number {
    return this.#queue.length
  }

  get wire(): Wire | null {
    return this.#wire
  }

  /** From now on turns use this wire; without one, whatever waits fails. */
  attach(wire: Wire | null): void {
    this.#wire = wire
    if (wire === null) this.#failAll('gateway-offline')
    else this.#drain()
  }

  /** Work that needs one turn. */
  async run<T>(options: TurnOptions, work: (turn: Turn) => Promise<T>): Promise<TurnResult<T>> {
    return this.runSteps(options, async (turn) => ({ more: false, value: await work(turn) }))
  }

  /** Work that gives the line back between its steps, so that what is more urgent can pass. */
  async runSteps<T>(options: TurnOptions, step: (turn: Turn) => Promise<Step<T>>): Promise<TurnResult<T>> {
    const { priority, signal, deadline = Infinity } = options
    if (this.#isStopping || signal?.aborted === true) return { ok: false, code: 'cancelled' }
    if (this.#wire === null) return { ok: false, code: 'gateway-offline' }
    if (this.#queue.isFull(priority)) return { ok: false, code: 'queue-full' }
    return new Promise<TurnResult<T>>((resolve, reject) => {
      const end = (result: TurnResult<T>): void => {
        signal?.removeEventListener('abort', cancel)
        resolve(result)
      }
      this.#lastOrder += 1
      const job: Job = {
        priority,
        order: this.#lastOrder,
        deadline,
        takeTurn: async (turn) => {
          try {
            const taken = await step(turn)
            if (taken.more) return true
            end({ ok: true, value: taken.value })
          } catch (error) {
            signal?.removeEventListener('abort', cancel)
            reject(error)
          }
          return false
        },
        fail: (code) => end({ ok: false, code }),
      }
      const cancel = (): void => {
        if (this.#queue.remove(job)) job.fail('cancelled')
      }
      signal?.addEventListener('abort', cancel)
      this.#queue.add(priority, job.order, job)
      this.#drain()
    })
  }

  /** Nothing is sent any more: what waits is cancelled, and the question on the wire is given up. */
  async stop(): Promise<void> {
    this.#isStopping = true
    this.#failAll('cancelled')
    this.#wire?.giveUp()
    await this.#draining
  }

  #drain(): void {
    this.#draining ??= this.#takeTurns().finally(() => {
      this.#draining = null
      if (this.#queue.length > 0 && this.#wire !== null) this.#drain()
    })
  }

  async #takeTurns(): Promise<void> {
    const turn: Turn = {
      ask: async (question) => this.#ask(question),
      relayWaits: () => this.#queue.has('restore') || this.#queue.has('relay'),
    }
    while (this.#wire !== null) {
      const job = this.#queue.take()
      if (job === undefined) return
      if (this.#clock.now() >= job.deadline) {
        job.fail('too-late')
        continue
      }
      const wantsMore = await job.takeTurn(turn)
      if (wantsMore) this.#comeBack(job)
    }
  }

  #comeBack(job: Job): void {
    if (this.#isStopping) job.fail('cancelled')
    else if (this.#wire === null) job.fail('gateway-offline')
    else this.#queue.add(job.priority, job.order, job)
  }

  /** Through the wire of this moment: a gateway that reconnects in the middle of a sequence carries on with it. */
  async #ask(question: Question): Promise<WireResult> {
    const wire = this.#wire
    if (wire !== null && !this.#isStopping) return wire.ask(question)
    const because = wire === null ? 'link-lost' : 'cancelled'
    return { kind: 'not-sent', because, at: this.#clock.now(), durationMs: 0, noise: noNoise }
  }

  #failAll(code: TurnFailure): void {
    for (let job = this.#queue.take(); job !== undefined; job = this.#queue.take()) job.fail(code)
  }
}
