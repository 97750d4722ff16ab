import { describe, expect, test } from 'vitest'
import type { NoticeKind } from './credit-facts.ts'
import { absentContents, missingContents, requiredContents, type NoticeContent } from './notice-contents.ts'
import { noticeText, type NoticeFacts } from './notice.ts'
import { microYuan } from './quantity.ts'

const facts: NoticeFacts = {
  signature: '某某供电所',
  place: '1-203',
  accountNumber: '10007',
  balance: microYuan(-8_200_000n),
  readAt: Date.parse('2026-06-03T06:30:00Z'),
  threshold: microYuan(30_000_000n),
  amountNeeded: microYuan(12_340_000n),
  earliestStopAt: Date.parse('2026-06-04T07:00:00Z'),
  emergencyCredit: microYuan(10_000_000n),
  reconnect: 'direct-close',
  phone: '95598',
  timeZone: 'Asia/Shanghai',
}

/** How each content shows in a text; a recipient is an address and stands in none. */
const shown: Readonly<Record<NoticeContent, string | null>> = {
  signature: '某某供电所',
  recipient: null,
  'account-number': '10007',
  place: '1-203',
  balance: '-8.20',
  'read-at': '06-03 14:30',
  threshold: '30.00',
  'amount-needed': '12.34',
  'earliest-stop': '06-04 15:00',
  'service-phone': '95598',
  'authority-contact': null,
}

const kinds = Object.keys(requiredContents) as NoticeKind[]

describe('what a notice must contain', () => {
  test.each(kinds.flatMap((kind) => (['zh', 'en'] as const).map((language) => [kind, language] as const)))(
    '%s in %s contains all of it',
    (kind, language) => {
      const text = noticeText(kind, facts, language)
      const wanted = requiredContents[kind].flatMap((content) => shown[content] ?? [])
      expect(wanted.filter((part) => !text.includes(part))).toEqual([])
    },
  )

  test('what nobody has written down is named', () => {
    const absent = absentContents({
      signature: 'x',
      'service-phone': ' ',
      recipient: null,
      place: '1',
      'account-number': '7',
    })
    expect(absent).toEqual(['service-phone', 'recipient'])
    expect(missingContents('pre-stop', absent)).toEqual(['recipient', 'service-phone'])
    expect(missingContents('pre-stop', ['authority-contact'])).toEqual([])
    expect(missingContents('authority-copy', ['authority-contact'])).toEqual(['authority-contact'])
  })
})
