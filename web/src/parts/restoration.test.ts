import type { CommandDetail } from '@xianfu/contract'
import { describe, expect, it } from 'vitest'
import { restorationOf } from './restoration.ts'
import { supplyIn } from './supply-in.ts'

const close = (changes: Partial<CommandDetail>): CommandDetail => ({
  id: '01a21321-a9e9-7bc3-8f7a-f49c26d09782',
  kind: 'direct-close',
  state: 'queued',
  createdAt: 0,
  meterId: 9,
  requestedBy: 'policy',
  reason: 'restore',
  attempts: 0,
  finishedAt: null,
  failure: null,
  tookMs: null,
  evidence: null,
  batch: null,
  events: [],
  ...changes,
})

describe('how far the close has come', () => {
  it.each([
    [undefined, { state: 'running', steps: 1 }],
    [close({}), { state: 'running', steps: 1 }],
    [close({ state: 'sent', attempts: 1 }), { state: 'running', steps: 2 }],
    [close({ state: 'acknowledged', attempts: 1 }), { state: 'running', steps: 3 }],
    [close({ state: 'verified', tookMs: 812 }), { state: 'restored', tookMs: 812 }],
    [close({ state: 'verified', kind: 'permit-close', tookMs: 812 }), { state: 'permitted', tookMs: 812 }],
    [
      close({ attempts: 1, failure: 'no answer: x' }),
      { state: 'not-yet', again: true, command: 'queued', failure: 'no answer: x' },
    ],
    [close({ state: 'failed', attempts: 5 }), { state: 'not-yet', again: false, command: 'failed', failure: null }],
    [close({ state: 'cancelled' }), { state: 'not-yet', again: false, command: 'cancelled', failure: null }],
  ] as const)('%j → %j', (command, restoration) => {
    expect(restorationOf(command)).toEqual(restoration)
  })
})

describe('where supply stands', () => {
  it.each([
    ['open', 'cut-off', 'off'],
    ['closed', 'cut-off', 'due'],
    ['unknown', 'cut-off', 'due'],
    ['closed', 'stop-notified', 'due'],
    ['closed', 'warned-2', 'on'],
    ['open', 'normal', 'on'],
  ] as const)('relay %s, %s → %s', (relay, stage, state) => {
    expect(supplyIn(relay, stage)).toBe(state)
  })
})
