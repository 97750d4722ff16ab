import { describe, expect, test } from 'vitest'
import { niceCeiling } from './energy-chart.ts'
import { lineText, moveText, periodText } from './paper-text.ts'
import { channelWords, lineWords, moveWords, unitWords } from './paper-words.table.ts'
import { receiptPaper } from './receipt-paper.ts'
import { statementPaper } from './statement-paper.ts'
import { readPaper } from './testing/read-paper.ts'
import { sampleReceipt, sampleStatement } from './testing/sample.ts'

const pagesOf = (bytes: Uint8Array): number =>
  Buffer.from(bytes)
    .toString('latin1')
    .match(/\/Type \/Page\b/gu)?.length ?? 0

describe('a statement on paper', () => {
  test('says in Chinese who, what and how, as text that can be copied', async () => {
    const { bytes, missing } = await statementPaper(sampleStatement)
    expect(missing).toEqual([])
    const lines = readPaper(bytes).split('\n')
    for (const expected of [
      '电费结算单 2026-11',
      '青山园区供电服务有限公司',
      '70001-202611',
      '2026-11-01 – 2026-11-30',
      '周记食堂',
      '35.123456',
      '46.963456',
      '尖时段电费',
      '42.45',
      '-0.15% × 148.38 元',
      '代征基金及附加 fund（已含）',
      '税额（13%）',
      '17.04',
      '1370.34',
      '微信支付',
      'R20261106-1234',
      '冲正缴费',
      '转入',
      '尖时段电费: 33 kWh × 1.2863 = 42.45 元 (居民分时 第2版，协议第3版)',
    ])
      expect(lines, expected).toContain(expected)
    const whole = lines.join('')
    expect(whole).toContain('期末余额 = 期初余额 35.123456 + 缴费 150.00 + 其他变动 10.00 − 电费 148.16 = 46.963456 元')
    expect(whole).toContain('已从余额扣费 148.158123 元；各项按电价方案取整后合计 148.16 元，差额 0.001877 元')
    expect(whole).toContain('1370.34 − 1200.34 = 170.00 kWh')
  })

  test('says the same in English on request', async () => {
    const { bytes } = await statementPaper(sampleStatement, 'en')
    const lines = readPaper(bytes).split('\n')
    for (const expected of [
      'Electricity statement 2026-11',
      'Energy, sharp peak (rate 1)',
      'Power factor adjustment',
      'Closing balance (yuan)',
      'reversal of a payment',
      'WeChat Pay',
    ])
      expect(lines, expected).toContain(expected)
  })

  test('that corrects another names it', async () => {
    const corrects = { number: '70001-202611', total: '147.00' }
    const { bytes } = await statementPaper({ ...sampleStatement, number: '70001-202611-R1', revision: 2, corrects })
    expect(readPaper(bytes)).toContain('更正结算单 2026-11')
    expect(readPaper(bytes)).toContain('本单更正 70001-202611（原金额 147.00 元）')
  })

  test('goes on over as many pages as it needs, each with its number', async () => {
    const [payment] = sampleStatement.payments
    if (payment === undefined) throw new Error('a payment')
    const payments = Array.from({ length: 120 }, (_, index) => ({ ...payment, receipt: `R20261106-${String(index)}` }))
    const { bytes } = await statementPaper({ ...sampleStatement, payments })
    const text = readPaper(bytes)
    const pages = pagesOf(bytes)
    expect(pages).toBeGreaterThan(3)
    expect(text).toContain(`第 ${String(pages)} 页，共 ${String(pages)} 页`)
    for (const { receipt } of payments) expect(text).toContain(receipt)
  })

  test('of a month with nothing in it is a paper too', async () => {
    const empty = { ...sampleStatement, lines: [], meters: [], daily: [], payments: [], movements: [], total: '0.00' }
    expect(pagesOf((await statementPaper(empty)).bytes)).toBe(1)
  })

  test('names characters that its font does not have, in place of an empty box', async () => {
    const customer = '龑\u{20BB7}\u0007家'
    const { bytes, missing } = await statementPaper({
      ...sampleStatement,
      account: { ...sampleStatement.account, customer },
    })
    expect(missing).toEqual(['U+9F91', 'U+20BB7'])
    expect(readPaper(bytes)).toContain('[U+9F91][U+20BB7] 家')
  })

  test('is the same bytes for the same content', async () => {
    const [one, two] = [await statementPaper(sampleStatement), await statementPaper(sampleStatement)]
    expect(Buffer.from(one.bytes).equals(Buffer.from(two.bytes))).toBe(true)
    expect(one.bytes.length).toBeLessThan(100_000)
  })
})

describe('a receipt on paper', () => {
  test('says what of the amount paid old debt, and what it was bought as', async () => {
    const split = { toDebt: '352.37', toBalance: '1057.13', wish: { kind: 'energy', kwh: '2620' } } as const
    const text = readPaper((await receiptPaper({ ...sampleReceipt, ...split }, 'zh')).bytes)
    for (const part of ['其中扣收欠费', '352.37 元', '计入余额', '1057.13 元', '按电量购电 2620 kWh'])
      expect(text).toContain(part)
    expect(readPaper((await receiptPaper(sampleReceipt, 'zh')).bytes)).not.toContain('其中扣收欠费')
  })

  test('says the amount in figures and in capitals, the channel and the balance', async () => {
    const { bytes, missing } = await receiptPaper(sampleReceipt)
    expect(missing).toEqual([])
    const lines = readPaper(bytes).split('\n')
    for (const expected of [
      '缴费收据',
      'R20261106-1234',
      '1409.50 元',
      '壹仟肆佰零玖元伍角整',
      '微信支付',
      '1444.623456 元',
    ])
      expect(lines, expected).toContain(expected)
    expect(pagesOf(bytes)).toBe(1)
  })

  test('of a payment that was reversed says that it is void', async () => {
    const { bytes } = await receiptPaper({ ...sampleReceipt, reversedAt: sampleReceipt.at + 3_600_000 }, 'en')
    expect(readPaper(bytes)).toContain('This payment was reversed at 2026-11-06 01:00; the receipt is void.')
  })
})

describe('the words of papers', () => {
  test.each([lineWords, unitWords, channelWords, moveWords])('are there in both languages', ({ zh, en }) => {
    expect(Object.keys(zh)).toEqual(Object.keys(en))
  })

  test.each([
    ['energy', '电度电费', 'Energy'],
    ['energy.rate-4', '谷时段电费', 'Energy, valley (rate 4)'],
    ['energy.rate-7', '电度电费，费率 7', 'Energy, rate 7'],
    ['energy.odd', 'energy.odd', 'energy.odd'],
    ['energy.tier-2', '阶梯电费，第 2 档', 'Energy, tier 2'],
    ['ladder.tier-3', '阶梯加价，第 3 档', 'Ladder, added for tier 3'],
    ['surcharge.reservoir', '代征基金及附加 reservoir', 'Surcharge reservoir'],
    ['fee', '费用', 'Fee'],
    ['fee.garden-2', '费用 garden-2', 'Fee garden-2'],
    ['unheard', 'unheard', 'unheard'],
  ])('%s', (code, zh, en) => {
    expect([lineText(code, 'zh'), lineText(code, 'en')]).toEqual([zh, en])
  })

  test('a movement that nobody named yet keeps its code', () => {
    expect(moveText('new-kind', null, 'zh')).toBe('new-kind')
  })

  test('a period ends on its last day', () => {
    expect(periodText(sampleStatement.start, sampleStatement.end, 'Asia/Shanghai')).toBe('2026-11-01 – 2026-11-30')
  })

  test.each([
    [0, 1],
    [0.7, 1],
    [1, 1],
    [1.1, 2],
    [8.3, 10],
    [10, 10],
    [420, 500],
  ])('an axis for %d ends at %d', (value, top) => {
    expect(niceCeiling(value)).toBe(top)
  })
})
