import type { Stacked } from '../behaviour.ts'
import type { RelayState } from '../relay.ts'

type ModbusAnswer = Readonly<{ pdu: Uint8Array; delayMs: number }>

/**
 * The behaviours that mean something on Modbus too: not answering, answering late, obeying in silence, a stuck relay.
 * Others speak of frames that Modbus does not have, and do nothing.
 */
export const behaveModbus = (
  stacked: readonly Stacked[],
  relay: RelayState,
  code: number,
  honest: () => Uint8Array,
): ModbusAnswer | null =>
  stacked.reduceRight<() => ModbusAnswer | null>(
    (next, entry) => () => {
      const { behaviour } = entry
      if (entry.left <= 0 || !spoken.has(behaviour.kind)) return next()
      if ('functions' in behaviour && behaviour.functions !== undefined && !behaviour.functions.includes(code))
        return next()
      entry.left -= 1
      if (behaviour.kind === 'no-answer') return null
      if (behaviour.kind === 'stuck-relay') return whileStuck(relay, next)
      const answer = next()
      if (behaviour.kind === 'obey-without-answer' || answer === null) return null
      return behaviour.kind === 'late-answer' ? { ...answer, delayMs: answer.delayMs + behaviour.delayMs } : answer
    },
    () => ({ pdu: honest(), delayMs: 0 }),
  )()

const spoken: ReadonlySet<string> = new Set(['no-answer', 'late-answer', 'obey-without-answer', 'stuck-relay'])

const whileStuck = (relay: RelayState, next: () => ModbusAnswer | null): ModbusAnswer | null => {
  relay.stuck = true
  try {
    return next()
  } finally {
    relay.stuck = false
  }
}
