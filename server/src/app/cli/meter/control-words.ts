import type { ControlAction, StatusWord3 } from '@xianfu/protocols'
import type { ControlOutcome } from '../../../headend/headend.ts'
import { errorWords } from '../../../headend/driver/dlt645-read.ts'

/** What a command came to, in words: what the status word proves, and what nobody knows yet. */
export type Verdict = Readonly<{ isProven: boolean; proven: readonly string[]; notProven: readonly string[] }>

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

export const verdictOf = (action: ControlAction, outcome: ControlOutcome, flow: CurrentFlow | null): Verdict => {
  switch (outcome.kind) {
    case 'verified':
      return {
        isProven: true,
        proven: [
          `${shown[action](outcome.status)} (status word 3 is ${wordText(outcome.status)})`,
          ...(flow?.isNone === true ? [`no current flows: ${flow.text}`] : []),
        ],
        notProven: flow === null ? beyond[action](outcome.status) : flow.isNone ? [] : [stillFlows(flow)],
      }
    case 'withdrawn':
      return { isProven: false, proven: ['nothing was sent'], notProven: [outcome.reason] }
    case 'not-sent':
      return { isProven: false, proven: ['nothing was sent'], notProven: [outcome.detail] }
    case 'refused':
      return {
        isProven: false,
        proven: [`the meter refused: ${errorWords(outcome.errors)}`],
        notProven: [adviceFor(outcome.errors.reasons)],
      }
    case 'unanswered':
      return {
        isProven: false,
        proven: ['the command has left'],
        notProven: [`that it arrived: ${outcome.detail}; read the status before it is sent again`],
      }
    case 'unverified':
      return {
        isProven: false,
        proven: ['the meter has taken the command over'],
        notProven: [
          `that it was carried out: ${outcome.detail}; a trip delay or a large current may hold it back, ` +
            'look longer with --prove-within SECONDS',
        ],
      }
  }
}

const stillFlows = ({ text }: CurrentFlow): string =>
  `that the load is off: current still flows (${text}); the switch may be stuck, or bypassed`

/** What to do when a meter refuses an order or a write. */
export const adviceFor = (reasons: readonly string[]): string =>
  reasons.includes('wrong-password')
    ? 'look at --level and the password (repeated wrong passwords lock it for a while); a grid meter with a security chip takes no plain password at all'
    : 'the meter may hold power on, its clock may be past the deadline (see "xianfu meter time"), or it does not know the order'

const wordText = ({ raw }: StatusWord3): string => `${raw.toString(16).toUpperCase().padStart(4, '0')}H`
