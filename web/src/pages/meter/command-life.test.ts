import type { CommandDetail } from '@xianfu/contract'
import { describe, expect, it } from 'vitest'
import { isQuiet, stepsOf } from './command-life.ts'

const event = (kind: string, at: number): CommandDetail['events'][number] => ({
  at,
  kind,
  text: '',
  request: null,
  response: null,
  durationMs: null,
})
const trip: CommandDetail = {
  id: '01a21321-a9e9-7bc3-8f7a-f49c26d09782',
  kind: 'trip',
  state: 'verified',
  createdAt: 1_000_000,
  meterId: 9,
  requestedBy: 'policy',
  reason: 'used-up, trip',
  attempts: 1,
  finishedAt: 1_218_000,
  failure: null,
  tookMs: 726,
  evidence: null,
  batch: null,
  events: [event('queued', 1_000_000), event('sent', 1_064_200), event('state-read', 1_217_800), event('odd', 999_999)],
}

describe('the life of a command', () => {
  it('is told in machine time, however fast the wall clock runs', () => {
    expect(stepsOf(trip, 300).map(({ afterMs }) => Math.round(afterMs))).toEqual([0, 214, 726, 0])
    expect(stepsOf(trip, 1).map(({ afterMs }) => afterMs)).toEqual([0, 64_200, 217_800, 0])
  })

  it('has a tone for each step, also for one of a later server', () => {
    expect(stepsOf(trip, 1).map(({ tone }) => tone)).toEqual(['wait', 'way', 'way', 'way'])
  })

  it.each([
    ['trip', 'verified', false],
    ['alarm-on', 'verified', true],
    ['alarm-off', 'cancelled', true],
    ['alarm-on', 'failed', false],
    ['alarm-on', 'sent', false],
  ] as const)('%s %s is quiet: %s', (kind, state, quiet) => {
    expect(isQuiet({ ...trip, kind, state })).toBe(quiet)
  })
})
