import type { ReceiptDocument } from '../../../domain/receipt.ts'
import type { DocumentLine, StatementDocument } from '../../../domain/statement-document.ts'

const start = Date.parse('2026-10-31T16:00:00Z')
const end = Date.parse('2026-11-30T16:00:00Z')
const day = 86_400_000

const line = (
  position: number,
  code: string,
  [quantity, price, amount]: readonly [string | null, string | null, string],
  change: Partial<DocumentLine> = {},
): DocumentLine => ({
  position,
  meterId: 1,
  place: '一单元 301',
  code,
  formula: 'energy-rate',
  quantity,
  unit: quantity === null ? null : 'kWh',
  price,
  base: null,
  percent: null,
  amount,
  memo: false,
  plan: { name: '居民分时', version: 2, provisional: false },
  agreementVersion: 3,
  sources: [],
  at: null,
  ...change,
})

/** Worked example 2 of the trade (148.38) with a power factor line and a contained surcharge. */
export const sampleStatement: StatementDocument = {
  number: '70001-202611',
  revision: 1,
  corrects: null,
  issuer: { company: '青山园区供电服务有限公司', branch: '城东供电所', phone: '95598' },
  account: { number: '70001', customer: '周记食堂', language: 'zh' },
  timeZone: 'Asia/Shanghai',
  month: '2026-11',
  start,
  end,
  closedAt: end + 7_200_000,
  openingBalance: '35.123456',
  payments: [
    {
      at: start + 5 * day,
      kind: 'payment',
      reverses: null,
      amount: '200.00',
      receipt: 'R20261106-1234',
      channel: 'wechat-pay',
    },
    { at: start + 20 * day, kind: 'reversal', reverses: 'payment', amount: '-50.00', receipt: null, channel: null },
  ],
  paymentsTotal: '150.00',
  movements: [
    { at: start + 9 * day, kind: 'transfer-in', reverses: null, amount: '10.00', receipt: null, channel: null },
  ],
  movementsTotal: '10.00',
  lines: [
    line(1, 'energy.rate-1', ['33', '1.2863', '42.45']),
    line(2, 'energy.rate-2', ['77', '0.8998', '69.28']),
    line(3, 'energy.rate-3', ['41', '0.7244', '29.70']),
    line(4, 'energy.rate-4', ['19', '0.3658', '6.95']),
    line(5, 'power-factor', [null, null, '-0.22'], { formula: 'power-factor', base: '148.38', percent: '-0.15' }),
    line(6, 'surcharge.fund', ['170', '0.0271', '4.61'], { formula: 'surcharge-included', memo: true }),
  ],
  charged: '148.158123',
  rounding: '0.001877',
  total: '148.16',
  net: '131.12',
  tax: '17.04',
  taxPercent: '13',
  closingBalance: '46.963456',
  meters: [
    {
      meterId: 1,
      address: '202611010001',
      place: '一单元 301',
      multiplier: '1',
      start: { at: start - 600_000, obtained: 'scheduled', totalWh: '1200340', ratesWh: [] },
      end: { at: end - 7_200_000, obtained: 'scheduled', totalWh: '1370340', ratesWh: [] },
      usedWh: '170000',
      closes: true,
      endMark: 'earlier',
    },
  ],
  daily: Array.from({ length: 30 }, (_, index) => ({
    day: `2026-11-${String(index + 1).padStart(2, '0')}`,
    energyWh: String(4_000 + ((index * 37) % 11) * 500),
  })),
}

export const sampleReceipt: ReceiptDocument = {
  number: 'R20261106-1234',
  paymentId: '0199a3b2-7c1d-7000-8000-000000000001',
  issuer: sampleStatement.issuer,
  account: { ...sampleStatement.account, places: ['一单元 301'] },
  timeZone: 'Asia/Shanghai',
  at: start + 5 * day,
  amount: '1409.50',
  capitals: '壹仟肆佰零玖元伍角整',
  channel: 'wechat-pay',
  cashier: null,
  toDebt: '0.00',
  toBalance: '1409.50',
  wish: null,
  balanceAfter: '1444.623456',
  reversedAt: null,
}
