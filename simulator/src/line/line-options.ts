import { z } from 'zod'

const probability = z.number().min(0).max(1)

/** What an RS-485 line is like. */
export const lineSchema = z.strictObject({
  baudRate: z.int().min(300).max(1_000_000).default(2400),
  parity: z.enum(['none', 'even', 'odd']).default('even'),
  /** `none`: bytes take no time and meters do not hesitate; for measuring others, not for living. */
  timing: z.enum(['real', 'none']).default('real'),
  /** Probability that what is on the wire has a flipped bit, … */
  noise: probability.default(0),
  /** … that it is lost, … */
  loss: probability.default(0),
  /** … and that an answer begins with a byte or two of nothing. */
  glitch: probability.default(0),
  /** Whether the gateway hears what it sends itself. */
  echo: z.boolean().default(false),
})
export type LineOptions = z.output<typeof lineSchema>
