import type { ControlAction, StatusWord3 } from '@xianfu/protocols'
import type { ControlOutcome } from '../../../headend/headend.ts'
import { errorWords } from '../../../headend/driver/dlt645-read.ts'

/** What a command came to, in words: what the status word proves, and what nobody knows yet. */
export type Verdict = Readonly<{
  isProven: boolean
  /** What is known for certain. */
  proven: readonly string[]
  notProven: readonly string[]
  /** Why it did not come so far, or what to do about it. */
  advice: readonly string[]
}>

/** What the meter measures behind its relay after a trip. */
export type CurrentFlow = Readonly<{ isNone: boolean; text: string }>

/** What is about to happen, for the question before it. */
export const questionOf: Readonly<Record<ControlAction, string>> = Object.freeze({
  trip: 'Cut the supply behind meter',
  'permit-close': 'Permit the customer to close the relay of meter',
  'direct-close': 'Switch the supply on behind meter',
  'alarm-on': 'Switch the alarm on at meter',
  'alarm-off': 'Switch the alarm off at meter',
  'keep-power-on': 'Forbid every trip of meter',
  'keep-power-off': 'Allow trips again of meter',
})

const shown: Readonly<Record<ControlAction, (status: StatusWord3) => string>> = Object.freeze({
  trip: () => 'the relay is open, and was told to be',
  'permit-close': ({ relay }) =>
    relay === 'closed' ? 'closing is permitted, and the relay is closed' : 'closing is permitted',
  'direct-close': () => 'the relay is closed, and was told to be',
  'alarm-on': () => 'the alarm is on',
  'alarm-off': () => 'the alarm is off',
  'keep-power-on': () => 'the meter obeys no trip',
  'keep-power-off': () => 'the meter obeys trips again',
})

/** What lies beyond the status word. */
const beyond: Readonly<Record<ControlAction, (status: StatusWord3) => readonly string[]>> = Object.freeze({
  trip: () => ['that no current flows: the meter does not tell it; an external switch may be stuck'],
  'permit-close': ({ relay }) =>
    relay === 'closed'
      ? ['that there is voltage behind the relay']
      : ['that the relay closes: it is still open and waits for the button of the meter'],
  'direct-close': () => ['that there is voltage behind the relay: an external switch may be stuck; ask for the light'],
  'alarm-on': () => [],
  'alarm-off': () => [],
  'keep-power-on': () => [],
  'keep-power-off': () => [],
})

/** What was seen around the command: the status word before it, and the current after a trip. */
export type Circumstances = Readonly<{ before: StatusWord3 | null; flow: CurrentFlow | null }>

export const verdictOf = (action: ControlAction, outcome: ControlOutcome, { before, flow }: Circumstances): Verdict => {
  switch (outcome.kind) {
    case 'verified':
      return {
        isProven: true,
        proven: [
          `${shown[action](outcome.status)} (status word 3 is ${wordText(outcome.status)})`,
          ...(flow?.isNone === true ? [`no current flows: ${flow.text}`] : []),
        ],
        notProven: flow === null ? beyond[action](outcome.status) : flow.isNone ? [] : [stillFlows(flow)],
        advice: [],
      }
    case 'withdrawn':
      return { isProven: false, proven: ['nothing was sent'], notProven: [], advice: [outcome.reason] }
    case 'not-sent':
      return { isProven: false, proven: ['nothing was sent'], notProven: [], advice: [outcome.detail] }
    case 'refused': {
      const { reasons } = outcome.errors
      // Older meters refuse a trip under keep-power without saying why; the status word has said it.
      const why = action === 'trip' && before?.keepPower === true ? ['keep-power'] : reasons
      const proven = [`the meter refused: ${errorWords(outcome.errors)}`]
      return { isProven: false, proven, notProven: [], advice: [adviceFor(why)] }
    }
    case 'unanswered':
      return {
        isProven: false,
        proven: ['the command has left'],
        notProven: [`that it arrived: ${outcome.detail}`],
        advice: ['read the status before it is sent again'],
      }
    case 'unverified':
      return {
        isProven: false,
        proven: ['the meter has taken the command over'],
        notProven: [`that it was carried out: ${outcome.detail}`],
        advice: ['a trip delay or a large current may hold it back: look longer with --prove-within SECONDS'],
      }
  }
}

const stillFlows = ({ text }: CurrentFlow): string =>
  `that the load is off: current still flows (${text}); the switch may be stuck, or bypassed`

/** What to do when a meter refuses an order or a write. */
const advice: Readonly<Record<string, string>> = Object.freeze({
  'wrong-password':
    'look at --level and the password (repeated wrong passwords lock it for a while); a grid meter with a security chip takes no plain password at all',
  'keep-power': 'keep power is on, so it obeys no trip: "xianfu meter control keep-power-off" lifts it',
  'deadline-invalid': 'its clock may be past the deadline: see "xianfu meter time", or say a longer --valid-for',
  'no-data': 'it does not know this item',
})

export const adviceFor = (reasons: readonly string[]): string =>
  reasons.flatMap((reason) => advice[reason] ?? []).join('; ') ||
  'its clock may be past the deadline (see "xianfu meter time"), or it does not know the order'

const wordText = ({ raw }: StatusWord3): string => `${raw.toString(16).toUpperCase().padStart(4, '0')}H`
