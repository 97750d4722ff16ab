import type { Message } from '@xianfu/contract'
import { describe, expect, it } from 'vitest'
import { filterMessages, noticesIn, smsLength } from './message-list.ts'

const everyMessage = { search: '', notice: null, state: null }

const message = (id: number, changes: Partial<Message> = {}): Message => ({
  id,
  at: id,
  account: { id, number: String(10_000 + id), customerName: `住户 ${String(id)}` },
  notice: 'warning-1',
  channel: 'outbox',
  recipient: `1000000${String(id)}`,
  text: '余额不足',
  state: 'shown',
  attempts: 1,
  sentAt: id,
  notBefore: null,
  deliveredAt: id,
  ...changes,
})

const outbox = [
  message(3, { notice: 'stopped' }),
  message(2, { state: 'failed', text: 'Flat 1-104: supply stopped' }),
  message(1),
]

describe('the outbox', () => {
  it.each([
    [{}, [3, 2, 1]],
    [{ notice: 'warning-1' }, [2, 1]],
    [{ state: 'failed' }, [2]],
    [{ search: '10003' }, [3]],
    [{ search: 'SUPPLY' }, [2]],
    [{ search: '住户 1' }, [1]],
    [{ search: '10000002' }, [2]],
    [{ search: '余额', state: 'failed' }, []],
  ] as const)('%j', (filter, ids) => {
    expect(filterMessages(outbox, { ...everyMessage, ...filter }).map(({ id }) => id)).toEqual(ids)
  })

  it('knows which notices there are', () => {
    expect(noticesIn(outbox)).toEqual(['stopped', 'warning-1'])
    expect(noticesIn([])).toEqual([])
  })
})

describe('the length of a short message', () => {
  it.each([
    ['', 0],
    ['余'.repeat(70), 1],
    ['余'.repeat(71), 2],
    ['余'.repeat(134), 2],
    ['余'.repeat(135), 3],
    ['a'.repeat(160), 1],
    ['a'.repeat(161), 2],
    ['a'.repeat(306), 2],
    ['a'.repeat(307), 3],
    [`${'a'.repeat(160)}余`, 3],
  ])('%s', (text, parts) => {
    expect(smsLength(text)).toEqual({ chars: text.length, parts })
  })
})
