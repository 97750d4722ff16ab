import { errorsFor, type Frame } from '@xianfu/protocols'
import { z } from 'zod'
import type { RelayState } from './relay.ts'

const scope = {
  /** Function codes it applies to; all when absent. */
  functions: z.array(z.int().min(0).max(0x1f)).optional(),
  /** So many requests, then it is used up; for ever when absent. */
  times: z.int().min(1).max(1_000_000).optional(),
}

/** How a meter may misbehave; behaviours are stacked, the first of the list outermost. */
export const behaviourSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('no-answer'), ...scope }),
  z.strictObject({ kind: z.literal('wrong-checksum'), ...scope }),
  z.strictObject({ kind: z.literal('late-answer'), delayMs: z.int().min(1).max(60_000), ...scope }),
  z.strictObject({
    kind: z.literal('refuse'),
    error: z.enum(['other', 'no-data', 'wrong-password', 'rate-not-changeable']),
    ...scope,
  }),
  z.strictObject({ kind: z.literal('obey-without-answer'), ...scope }),
  z.strictObject({ kind: z.literal('stuck-relay'), ...scope }),
  /** Answers under another meter's address. */
  z.strictObject({ kind: z.literal('wrong-address'), address: z.string().regex(/^\d{12}$/u), ...scope }),
  /** Answers a read with the identifier of another. */
  z.strictObject({ kind: z.literal('wrong-identifier'), ...scope }),
  /** Stops in the middle of its answer. */
  z.strictObject({ kind: z.literal('cut-answer'), bytes: z.int().min(0).max(300), ...scope }),
  /** Fills what it reads out with FFH: "I do not have it". */
  z.strictObject({ kind: z.literal('no-values'), ...scope }),
  /** Talks all the time, so that nobody on the line is understood. */
  z.strictObject({ kind: z.literal('babble') }),
])
export type Behaviour = z.output<typeof behaviourSchema>

/** What leaves the meter: nothing, or a frame after a while, perhaps with a broken checksum or cut off. */
export type Answer = Readonly<{ frame: Frame | null; delayMs: number; brokenChecksum: boolean; cutAt: number | null }>
export type Handler = (request: Frame) => Answer

export type Stacked = { readonly behaviour: Behaviour; left: number }

export const noBehaviours: Stacked[] = []

export const stack = (behaviours: readonly Behaviour[]): Stacked[] =>
  behaviours.length === 0
    ? noBehaviours
    : behaviours.map((behaviour) => ({
        behaviour,
        left: 'times' in behaviour && behaviour.times !== undefined ? behaviour.times : Infinity,
      }))

export const silence: Answer = Object.freeze({ frame: null, delayMs: 0, brokenChecksum: false, cutAt: null })

/** Wraps a meter's honest handler into its behaviours. */
export const wrap = (honest: Handler, stacked: readonly Stacked[], relay: RelayState): Handler =>
  stacked.reduceRight<Handler>((next, entry) => (request) => behave(entry, request, next, relay), honest)

const functionOf = ({ control }: Frame): number => control & 0x1f
const answerBit = 0x80
const abnormalBit = 0x40
const readFunctions: ReadonlySet<number> = new Set([0x11, 0x12])
const identifierBytes = 4

const behave = (entry: Stacked, request: Frame, next: Handler, relay: RelayState): Answer => {
  const { behaviour } = entry
  const code = functionOf(request)
  if (entry.left <= 0 || behaviour.kind === 'babble') return next(request)
  if (behaviour.functions !== undefined && !behaviour.functions.includes(code)) return next(request)
  entry.left -= 1
  switch (behaviour.kind) {
    case 'no-answer':
      return silence
    case 'obey-without-answer':
      next(request)
      return silence
    case 'wrong-checksum':
      return { ...next(request), brokenChecksum: true }
    case 'late-answer': {
      const answer = next(request)
      return { ...answer, delayMs: answer.delayMs + behaviour.delayMs }
    }
    case 'refuse':
      return { ...silence, frame: refusal(request, code, behaviour.error) }
    case 'stuck-relay':
      relay.stuck = true
      try {
        return next(request)
      } finally {
        relay.stuck = false
      }
    case 'wrong-address':
      return changed(next(request), (frame) => ({ ...frame, address: behaviour.address }))
    case 'wrong-identifier':
      return changed(next(request), (frame) =>
        isReadAnswer(frame) ? { ...frame, data: frame.data.map((byte, at) => (at === 2 ? byte ^ 0x01 : byte)) } : frame,
      )
    case 'cut-answer':
      return { ...next(request), cutAt: behaviour.bytes }
    case 'no-values':
      return changed(next(request), (frame) =>
        isReadAnswer(frame)
          ? { ...frame, data: frame.data.map((byte, at) => (at < identifierBytes ? byte : 0xff)) }
          : frame,
      )
  }
}

/** Who refuses does nothing, so nobody is asked what the honest answer would have been. */
const refusal = ({ address }: Frame, code: number, error: Extract<Behaviour, { kind: 'refuse' }>['error']): Frame => ({
  address,
  control: code | answerBit | abnormalBit,
  data: Uint8Array.of(errorsFor([error]).raw),
})

const isReadAnswer = ({ control, data }: Frame): boolean =>
  readFunctions.has(control & 0x1f) && (control & abnormalBit) === 0 && data.length > identifierBytes

const changed = (answer: Answer, change: (frame: Frame) => Frame): Answer =>
  answer.frame === null ? answer : { ...answer, frame: change(answer.frame) }
