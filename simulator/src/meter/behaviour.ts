import { errorsFor, functionOfKind, type Reply, type Request } from '@xianfu/protocols'
import { z } from 'zod'
import type { Relay } from './relay.ts'

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
])
export type Behaviour = z.output<typeof behaviourSchema>

/** What leaves the meter: nothing, or a reply after a while, perhaps with a broken checksum. */
export type Answer = Readonly<{ reply: Reply | null; delayMs: number; brokenChecksum: boolean }>
export type Handler = (request: Request) => Answer

export type Stacked = { readonly behaviour: Behaviour; left: number }

export const stack = (behaviours: readonly Behaviour[]): Stacked[] =>
  behaviours.map((behaviour) => ({ behaviour, left: behaviour.times ?? Infinity }))

/** Wraps a meter's honest handler into its behaviours. */
export const wrap = (honest: Handler, stacked: readonly Stacked[], relay: Relay): Handler =>
  stacked.reduceRight<Handler>((next, entry) => (request) => behave(entry, request, next, relay), honest)

const behave = (entry: Stacked, request: Request, next: Handler, relay: Relay): Answer => {
  const { behaviour } = entry
  const code = functionOf(request)
  if (entry.left <= 0 || (behaviour.functions !== undefined && !behaviour.functions.includes(code)))
    return next(request)
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
      return 'address' in request
        ? {
            reply: {
              kind: 'error',
              address: request.address,
              functionCode: code,
              errors: errorsFor([behaviour.error]),
            },
            delayMs: 0,
            brokenChecksum: false,
          }
        : next(request)
    case 'stuck-relay':
      relay.stuck = true
      try {
        return next(request)
      } finally {
        relay.stuck = false
      }
  }
}

export const silence: Answer = Object.freeze({ reply: null, delayMs: 0, brokenChecksum: false })

export const functionOf = (request: Request): number => functionOfKind[request.kind]
