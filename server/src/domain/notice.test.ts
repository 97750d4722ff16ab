import { describe, expect, test } from 'vitest'
import type { NoticeKind } from './credit-policy.ts'
import { noticeText, type NoticeFacts } from './notice.ts'
import { microYuan } from './quantity.ts'

const facts: NoticeFacts = {
  signature: '演示供电所',
  place: '1-203',
  accountNumber: '10007',
  balance: microYuan(8_204_999n),
  readAt: Date.parse('2026-06-03T06:30:00Z'),
  threshold: microYuan(30_000_000n),
  amountNeeded: microYuan(12_340_000n),
  earliestStopAt: Date.parse('2026-06-03T07:00:00Z'),
  emergencyCredit: microYuan(10_000_000n),
  reconnect: 'direct-close',
  phone: '10000',
  timeZone: 'Asia/Shanghai',
}
const kinds: readonly NoticeKind[] = [
  'reminder',
  'emergency-offer',
  'pre-stop-again',
  'warning-1',
  'warning-2',
  'pre-stop',
  'stopped',
  'reconnect-permitted',
  'reconnected',
  'failed',
]

describe('what a notice must say', () => {
  test.each(kinds)('%s begins with the signature and names the account', (kind) => {
    const chinese = noticeText(kind, facts, 'zh')
    const english = noticeText(kind, facts, 'en')
    expect(chinese.startsWith('【演示供电所】1-203(户号10007)')).toBe(true)
    expect(english.startsWith('[演示供电所] 1-203 (account 10007)')).toBe(true)
  })

  test.each(['warning-1', 'warning-2', 'pre-stop', 'stopped', 'reconnected'] as const)(
    '%s tells the balance, the time of the reading behind it, and the telephone',
    (kind) => {
      for (const text of [noticeText(kind, facts, 'zh'), noticeText(kind, facts, 'en')]) {
        expect(text).toContain('8.20')
        expect(text).toContain('06-03 14:30')
        expect(text).toContain('10000')
      }
    },
  )

  test('warnings name the threshold and how to pay', () => {
    expect(noticeText('warning-1', facts, 'zh')).toMatch(/低于预警值30\.00元.*充值/u)
    expect(noticeText('warning-2', facts, 'en')).toMatch(/second alarm value of 30\.00.*counter/u)
  })

  test('the notice of a stop names when, how much, and that supply comes back', () => {
    expect(noticeText('pre-stop', facts, 'zh')).toMatch(/06-03 15:00后将停电。至少充值12\.34元后自动复电/u)
    expect(noticeText('pre-stop', facts, 'en')).toMatch(/after 06-03 15:00\. Pay at least 12\.34 yuan.*by itself/u)
    const byButton = { ...facts, reconnect: 'permit-close' } as const
    expect(noticeText('pre-stop', byButton, 'zh')).toContain('按电表按钮即可复电')
    expect(noticeText('pre-stop', byButton, 'en')).toContain('at the press of the button')
  })

  test('what is told again names the stop too, and emergency credit its amount and its repayment', () => {
    expect(noticeText('pre-stop-again', facts, 'zh')).toMatch(/06-03 15:00后将停电。至少缴费12\.34元/u)
    expect(noticeText('pre-stop-again', facts, 'en')).toMatch(/after 06-03 15:00\. Pay at least 12\.34/u)
    expect(noticeText('emergency-offer', facts, 'zh')).toMatch(/10\.00元.*下次充值时扣回/u)
    expect(noticeText('emergency-offer', facts, 'en')).toMatch(/10\.00 yuan.*repaid by the next top-up/u)
    expect(noticeText('reminder', facts, 'zh')).toContain('缴费')
  })

  test('the copy to the authority names the customer and the time of the stop', () => {
    expect(noticeText('authority-copy', facts, 'zh')).toMatch(/1-203.*06-03 15:00后停电/u)
    expect(noticeText('authority-copy', facts, 'en')).toMatch(/1-203.*after 06-03 15:00/u)
  })

  test('safety advice goes with every stop and permission', () => {
    expect(noticeText('stopped', facts, 'zh')).toContain('请先关闭电器')
    expect(noticeText('reconnect-permitted', facts, 'zh')).toContain('先关闭电器,再按电表按钮')
    expect(noticeText('reconnect-permitted', facts, 'en')).toContain('then press the button')
  })

  test('a meter that was never read is not given a time', () => {
    expect(noticeText('warning-1', { ...facts, readAt: null }, 'zh')).toContain('(—抄表)')
  })
})
