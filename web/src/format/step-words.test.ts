import { describe, expect, it } from 'vitest'
import { partInLanguage, stepDetailOf } from './step-words.ts'

const isReason = (code: string): boolean => ['used-up', 'trip', 'keep-power'].includes(code)

describe('the server’s texts become codes again', () => {
  it.each([
    ['used-up, trip', { kind: 'reasons', codes: ['used-up', 'trip'] }],
    ['keep-power', { kind: 'reasons', codes: ['keep-power'] }],
    ['the bytes leave now', { kind: 'word', word: 'leaves', code: '' }],
    ['control trip', { kind: 'word', word: 'asked', code: 'trip' }],
    ['control keep-power-on', { kind: 'word', word: 'asked', code: 'keep-power-on' }],
    ['read statusWord3', { kind: 'word', word: 'read', code: 'statusWord3' }],
    ['read forwardActiveEnergyBlock, follow-up 2', { kind: 'word', word: 'read', code: 'forwardActiveEnergyBlock' }],
    ['proven by the status word', { kind: 'word', word: 'proven', code: '' }],
    ['the meter was already so', { kind: 'word', word: 'already', code: '' }],
    [
      'not sent: gateway-offline the gateway is not connected',
      { kind: 'word', word: 'not-sent', code: 'gateway-offline' },
    ],
    ['not sent: no-answer', { kind: 'word', word: 'not-sent', code: 'no-answer' }],
    ['refused by the meter: wrong-password, other', { kind: 'word', word: 'refused', code: 'wrong-password, other' }],
    ['no answer: no answer within 1290 ms (heard 3 bytes)', { kind: 'word', word: 'no-answer', code: '1290' }],
    [
      'no answer: the link to the gateway was lost',
      { kind: 'word', word: 'no-answer', code: 'the link to the gateway was lost' },
    ],
    [
      'acknowledged but not proven: the status word says relay closed, relay command open',
      { kind: 'word', word: 'not-opened', code: '' },
    ],
    [
      'acknowledged but not proven: trip-delayed-by-current; the status word says relay closed, relay command open',
      { kind: 'word', word: 'held-back', code: '' },
    ],
    [
      'acknowledged but not proven: the status word says relay open, relay command closed',
      { kind: 'word', word: 'not-closed', code: '' },
    ],
    [
      'acknowledged but not proven: the status word was not read',
      { kind: 'word', word: 'not-proven', code: 'the status word was not read' },
    ],
    ['power behind the open relay: 1200 W', { kind: 'word', word: 'power-flows', code: '1200' }],
    ['no power behind the open relay', { kind: 'word', word: 'stands-still', code: '' }],
    ['the balance or the facts have changed since it was queued', { kind: 'word', word: 'facts-changed', code: '' }],
    ['its time was over before it could be sent', { kind: 'word', word: 'too-late', code: '' }],
    ['it is cancelled by now', { kind: 'word', word: 'by-now', code: 'cancelled' }],
    ['用户来电要求停电', { kind: 'free', text: '用户来电要求停电' }],
    ['used-up, and more', { kind: 'free', text: 'used-up, and more' }],
    ['', { kind: 'free', text: '' }],
  ] as const)('%s', (text, detail) => {
    expect(stepDetailOf(text, isReason)).toEqual(detail)
  })
})

describe('texts in two languages', () => {
  it.each([
    ['the total register went backwards / 总电量倒走', 'zh', '总电量倒走'],
    ['the total register went backwards / 总电量倒走', 'en', 'the total register went backwards'],
    ['请填写原因 / say why', 'zh', '请填写原因'],
    ['请填写原因 / say why', 'en', 'say why'],
    ['only one language', 'zh', 'only one language'],
    ['a / b', 'zh', 'a / b'],
    ['甲 / 乙 / c', 'en', '甲 / 乙 / c'],
  ] as const)('%s in %s', (text, language, part) => {
    expect(partInLanguage(text, language)).toBe(part)
  })
})
