import type { CommandDetail } from '@xianfu/contract'

type Event = CommandDetail['events'][number]

/** A step as it is drawn; `afterMs` is machine time since the command was asked for. */
export type Step = Readonly<{ event: Event; afterMs: number; tone: 'good' | 'bad' | 'wait' | 'way' }>

const tones: Readonly<Record<string, Step['tone']>> = Object.freeze({
  queued: 'wait',
  recovered: 'wait',
  sent: 'way',
  acknowledged: 'way',
  'state-read': 'way',
  exchange: 'way',
  verified: 'good',
  unverified: 'bad',
  unanswered: 'bad',
  refused: 'bad',
  'not-sent': 'bad',
  failed: 'bad',
  expired: 'bad',
  withdrawn: 'wait',
  cancelled: 'wait',
})

/** @param clockRate how many times faster than machine time the server's wall clock runs */
export const stepsOf = ({ createdAt, events }: CommandDetail, clockRate: number): readonly Step[] =>
  events.map((event) => ({
    event,
    afterMs: Math.max(event.at - createdAt, 0) / clockRate,
    tone: tones[event.kind] ?? 'way',
  }))

/** Alarms of the meter itself are many and seldom of interest; what moved the relay is shown at once. */
export const isQuiet = ({ kind, state }: CommandDetail): boolean =>
  (kind === 'alarm-on' || kind === 'alarm-off') && (state === 'verified' || state === 'cancelled')
