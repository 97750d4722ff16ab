import type { Same } from '../same.ts'
import type { completeness as chinese } from '../zh/completeness.ts'

export const completeness: Same<typeof chinese> = {
  completeness: {
    days: 'Days',
    lastDays: 'Last {{count}} days',
    hint: 'Colours are intervals that were not read in time; blank is well',
    heatMap: 'Missing readings by day and time, {{count}} cells',
    metersWithout: '{{count}} meters not read in time',
    byDay: 'Completeness by day',
    day: 'Day / gateway',
    complete: 'Complete',
    expected: 'Expected',
    read: 'Read in time',
    reasons: 'Reasons',
    nothingYet: 'Nothing to count yet: it begins when the first interval is over',
    gaps: 'Gaps',
    noGaps: 'No gaps',
    meter: 'Meter',
    gateway: 'Gateway',
    from: 'From',
    to: 'To',
    intervals: 'Intervals',
    reason: 'Reason',
    state: 'Result',
  },
  gapReason: {
    held: 'Reading held',
    'server-away': 'Server away',
    'gateway-away': 'Gateway offline',
    'meter-silent': 'Meter silent',
    'bad-answer': 'Bad answer',
    paused: 'Paused',
    'line-busy': 'Line busy',
  },
  gapState: { open: 'To be found', 're-read': 'Found later', estimated: 'Estimated', lost: 'Lost' },
  lossReason: {
    'no-record': 'the meter has no such record',
    'no-memory': 'the meter keeps no half hours',
    'not-plausible': 'its record can not be right',
  },
}
