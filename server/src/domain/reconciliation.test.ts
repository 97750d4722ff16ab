import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatMoney, microYuan, parseMoney, zeroMoney, type MicroYuan } from './quantity.ts'
import { compareBalances, type BookBalance, type ObservedBalance } from './reconciliation-balance.ts'
import { readBalanceFile, readChannelFile, type ChannelColumns } from './reconciliation-file.ts'
import { itemStates, objectionToResolve } from './reconciliation-item.ts'
import { compareChannel, type OurPayment, type TheirRow } from './reconciliation.ts'

const money = (text: string): MicroYuan => {
  const parsed = parseMoney(text)
  if (parsed === null) throw new Error(text)
  return parsed
}

const ours = (id: string, amount: string, change: Partial<OurPayment> = {}): OurPayment => ({
  paymentId: `id-${id}`,
  key: `key-${id}`,
  account: '70001',
  accountId: 1,
  at: 0,
  amount: money(amount),
  reversed: false,
  inSpan: true,
  ...change,
})
const theirs = (line: number, reference: string, amount: string): TheirRow => ({
  line,
  reference,
  amount: money(amount),
  at: null,
})

type Row = readonly [
  what: string,
  ours: readonly OurPayment[],
  theirs: readonly TheirRow[],
  matched: number,
  differences: readonly string[],
]

const rows: readonly Row[] = [
  ['both by the payment’s id', [ours('1', '50')], [theirs(2, 'id-1', '50.00')], 1, []],
  ['both by its key', [ours('1', '50')], [theirs(2, 'key-1', '50')], 1, []],
  ['only ours', [ours('1', '50')], [], 0, ['only-ours id-1']],
  ['only ours, but reversed: nothing is missed', [ours('1', '50', { reversed: true })], [], 0, []],
  ['only ours, but of another day', [ours('1', '50', { inSpan: false })], [], 0, []],
  ['of another day, and in their file', [ours('1', '50', { inSpan: false })], [theirs(2, 'id-1', '50')], 1, []],
  ['only theirs', [], [theirs(2, 'x', '50')], 0, ['only-theirs x']],
  ['a fen less', [ours('1', '50')], [theirs(2, 'id-1', '49.99')], 0, ['different-amount id-1']],
  [
    'twice in the file, the first is right',
    [ours('1', '5')],
    [theirs(2, 'id-1', '5'), theirs(3, 'id-1', '5')],
    1,
    ['duplicate-theirs id-1'],
  ],
  [
    'twice in the file and unknown',
    [],
    [theirs(2, 'x', '5'), theirs(3, 'x', '5')],
    0,
    ['duplicate-theirs x', 'only-theirs x'],
  ],
  [
    'two of ours under one reference',
    [ours('1', '5'), ours('2', '5', { key: 'key-1' })],
    [theirs(2, 'key-1', '5')],
    1,
    ['duplicate-ours key-1'],
  ],
  [
    'given back by both',
    [ours('1', '5', { reversed: true })],
    [theirs(2, 'id-1', '5'), theirs(9, 'id-1', '-5')],
    1,
    [],
  ],
  [
    'given back by the channel alone',
    [ours('1', '5')],
    [theirs(2, 'id-1', '5'), theirs(9, 'id-1', '-5')],
    0,
    ['different-amount id-1'],
  ],
  [
    'given back by us alone',
    [ours('1', '5', { reversed: true })],
    [theirs(2, 'id-1', '5')],
    0,
    ['different-amount id-1'],
  ],
]

describe('our payments against a channel’s file', () => {
  test.each(rows)('%s', (_, mine, other, matched, differences) => {
    const result = compareChannel(mine, other)
    expect(result.matched).toBe(matched)
    expect(result.differences.map(({ kind, reference }) => `${kind} ${reference}`)).toEqual(differences)
  })

  test('sums of both sides, so that an accountant sees what a difference is worth', () => {
    const result = compareChannel([ours('1', '50'), ours('2', '7.5')], [theirs(2, 'id-1', '50'), theirs(3, 'x', '1')])
    expect(result).toMatchObject({
      matchedAmount: money('50'),
      ours: { count: 2, amount: money('57.50') },
      theirs: { count: 2, amount: money('51') },
    })
  })

  test('law: the sums differ by what the differences say, and identical sides have none', () => {
    const payments = fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 30 })
    fc.assert(
      fc.property(payments, payments, (mine, other) => {
        const amountOf = (id: number): string => `${String(id)}.${String(10 + id)}`
        const result = compareChannel(
          mine.map((id) => ours(String(id), amountOf(id))),
          other.map((id, index) => theirs(index + 2, `id-${String(id)}`, amountOf(id))),
        )
        const both = mine.filter((id) => other.includes(id)).length
        expect(result.matched).toBe(both)
        expect(result.differences).toHaveLength(mine.length + other.length - 2 * both)
        const explained = result.differences.reduce(
          (sum, one) => sum + (one.ours?.amount ?? 0n) - (one.theirs?.amount ?? 0n),
          0n,
        )
        expect(result.ours.amount - result.theirs.amount).toBe(explained)
      }),
    )
  })
})

const columns: ChannelColumns = {
  delimiter: ',',
  reference: 'order',
  amount: 'yuan',
  at: null,
  unit: 'yuan',
  only: null,
}

describe('the file of a channel', () => {
  const read = (text: string, change: Partial<ChannelColumns> = {}) => {
    const result = readChannelFile(text, { ...columns, ...change })
    return result.ok
      ? result.rows.map(({ line, reference, amount }) => `${String(line)} ${reference} ${formatMoney(amount)}`)
      : result.problems.map(({ line, words }) => `line ${String(line)}: ${words}`)
  }

  test.each<readonly [string, string, Partial<ChannelColumns>, readonly string[]]>([
    ['plain', 'order,yuan\na,1.50\nb,2', {}, ['2 a 1.50', '3 b 2.00']],
    ['a mark before it and Windows line ends', '\u{FEFF}order,yuan\r\na,1.50\r\n', {}, ['2 a 1.50']],
    [
      'quotes with a comma, a line end and a quote inside',
      'note,order,yuan\n"x, ""y""\nz","a","1,234.50"\nq,b,1',
      {},
      ['2 a 1234.50', '4 b 1.00'],
    ],
    ['titles above, sums below a blank line', 'Bill of Nov,,\norder,x,yuan\na,,1\n,,\ntotal,1,1\n', {}, ['3 a 1.00']],
    ['back-quotes before numbers, a currency sign', 'order,yuan\n`123,`¥5.00\n', {}, ['2 123 5.00']],
    [
      'semicolons, fen, refunds',
      'order;yuan\na;5\nb;-1205',
      { delimiter: ';', unit: 'fen' },
      ['2 a 0.05', '3 b -12.05'],
    ],
    [
      'only lines that are paid',
      'order,yuan,state\na,1,SUCCESS\nb,1,CLOSED',
      { only: { column: 'state', value: 'SUCCESS' } },
      ['2 a 1.00'],
    ],
    ['a column that is not there', 'order,amount\na,1', {}, ['line 1: no line names all the columns "order", "yuan"']],
    ['nothing', '', {}, ['line 1: no line names all the columns "order", "yuan"']],
    [
      'not an amount',
      'order,yuan\na,1.5e3\nb,',
      {},
      ['line 2: "yuan" is no amount: "1.5e3"', 'line 3: "yuan" is no amount: ""'],
    ],
    ['too many decimals', 'order,yuan\na,1.0000001', {}, ['line 2: "yuan" is no amount: "1.0000001"']],
    ['no reference', 'order,yuan\n,1', {}, ['line 2: "order" is empty']],
    ['a line cut off', 'order,yuan\na', {}, ['line 2: has fewer cells than the head line']],
    ['an open quote', 'order,yuan\n"a,1', {}, ['line 2: a quote is opened and not closed']],
  ])('%s', (_, text, change, expected) => {
    expect(read(text, change)).toEqual(expected)
  })

  test('observed balances: short addresses are filled up', () => {
    expect(readBalanceFile('meter,balance,at\n42,3.20,2026-11-05\n')).toEqual({
      ok: true,
      rows: [{ line: 2, address: '000000000042', balance: money('3.20'), at: '2026-11-05' }],
    })
    expect(readBalanceFile('meter,balance\nx,1')).toMatchObject({ ok: false, problems: [{ line: 2 }] })
  })
})

describe('the balance in the books against that of the meter', () => {
  const book = (address: string, balance: string): BookBalance => ({
    meterId: 1,
    address,
    account: '70001',
    accountId: 1,
    balance: money(balance),
  })
  const seen = (line: number, address: string, balance: string): ObservedBalance => ({
    line,
    address,
    at: null,
    balance: money(balance),
  })
  test.each<readonly [string, readonly ObservedBalance[], number, number, readonly string[]]>([
    ['the same', [seen(2, 'a', '5')], 1, 0, []],
    ['within the tolerance, either way', [seen(2, 'a', '4.90')], 1, 0, []],
    ['beyond it', [seen(2, 'a', '4.89')], 0, 0, ['balance-differs']],
    ['above it', [seen(2, 'a', '5.11')], 0, 0, ['balance-differs']],
    ['not seen', [], 0, 1, []],
    ['seen and not in the books', [seen(2, 'b', '5')], 0, 1, ['unknown-meter']],
    ['seen twice alike', [seen(2, 'a', '5'), seen(3, 'a', '5')], 1, 0, []],
    ['seen twice with different balances', [seen(2, 'a', '5'), seen(3, 'a', '9')], 1, 0, ['observed-twice']],
  ])('%s', (_, observed, agreed, unseen, kinds) => {
    const result = compareBalances([book('a', '5')], observed, money('0.10'))
    expect([result.agreed, result.unseen.length]).toEqual([agreed, unseen])
    expect(result.differences.map(({ kind }) => kind)).toEqual(kinds)
  })

  test('without tolerance a micro-yuan counts', () => {
    const observed = [{ ...seen(2, 'a', '5'), balance: microYuan(5_000_001n) }]
    expect(compareBalances([book('a', '5')], observed, zeroMoney).differences).toMatchObject([{ by: 1n }])
  })
})

describe('resolving an item', () => {
  test.each([
    [null, 'explained', 'because', 'unknown-item'],
    ['open', 'explained', 'because', null],
    ['open', 'corrected', 'because', null],
    ['open', 'explained', '  ', 'reason-missing'],
    ['open', 'open', 'because', 'state-already'],
    ['explained', 'open', 'because', null],
    ['explained', 'corrected', 'because', null],
    ['corrected', 'open', 'because', 'corrected-already'],
    ['corrected', 'explained', 'because', 'corrected-already'],
  ] as const)('from %s to %s with “%s”: %s', (state, wanted, reason, code) => {
    expect(itemStates).toContain(wanted)
    expect(objectionToResolve(state, wanted, reason)).toBe(code)
  })
})
