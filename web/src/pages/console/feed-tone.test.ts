import type { FeedItem } from '@xianfu/contract'
import { expect, it } from 'vitest'
import { feedTone } from './feed-tone.ts'

const where = { id: 'x', at: 0, place: '1-101', meterId: 1 }

it.each([
  [{ kind: 'payment', ...where, amount: '10', balance: '12' }, 'money'],
  [{ kind: 'command', ...where, command: 'trip', outcome: 'verified' }, 'stop'],
  [{ kind: 'command', ...where, command: 'trip', outcome: 'unanswered' }, 'trouble'],
  [{ kind: 'command', ...where, command: 'direct-close', outcome: 'verified' }, 'back'],
  [{ kind: 'command', ...where, command: 'permit-close', outcome: 'verified' }, 'back'],
  [{ kind: 'command', ...where, command: 'keep-power-on', outcome: 'verified' }, 'plain'],
  [{ kind: 'notice', ...where, notice: 'pre-stop' }, 'warn'],
  [{ kind: 'notice', ...where, notice: 'failed' }, 'trouble'],
  [{ kind: 'alarm', ...where, alarm: 'theft-sign', over: false }, 'trouble'],
  [{ kind: 'alarm', ...where, alarm: 'gateway-offline', over: true }, 'plain'],
] as const satisfies readonly (readonly [FeedItem, string])[])('%j → %s', (item, tone) => {
  expect(feedTone(item)).toBe(tone)
})
