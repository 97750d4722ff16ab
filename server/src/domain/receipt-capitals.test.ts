import { describe, expect, test } from 'vitest'
import * as fc from 'fast-check'
import { microYuan, parseMoney } from './quantity.ts'
import { capitalAmount } from './receipt-capitals.ts'

/** The first rows are the examples of the People's Bank's rules for filling in notes (票据填写规定). */
const rows = [
  ['1409.50', '壹仟肆佰零玖元伍角整'],
  ['6007.14', '陆仟零柒元壹角肆分'],
  ['1680.32', '壹仟陆佰捌拾元零叁角贰分'],
  ['107000.53', '壹拾万柒仟元零伍角叁分'],
  ['16409.02', '壹万陆仟肆佰零玖元零贰分'],
  ['325.04', '叁佰贰拾伍元零肆分'],
  ['0', '零元整'],
  ['0.05', '伍分'],
  ['0.50', '伍角整'],
  ['0.35', '叁角伍分'],
  ['1', '壹元整'],
  ['10', '壹拾元整'],
  ['100', '壹佰元整'],
  ['101', '壹佰零壹元整'],
  ['110', '壹佰壹拾元整'],
  ['1000.01', '壹仟元零壹分'],
  ['10000', '壹万元整'],
  ['10001', '壹万零壹元整'],
  ['10010', '壹万零壹拾元整'],
  ['10100', '壹万零壹佰元整'],
  ['11000', '壹万壹仟元整'],
  ['100100', '壹拾万零壹佰元整'],
  ['1000000', '壹佰万元整'],
  ['1000001', '壹佰万零壹元整'],
  ['100000000', '壹亿元整'],
  ['100000001', '壹亿零壹元整'],
  ['100010000', '壹亿零壹万元整'],
  ['200300400.56', '贰亿零叁拾万零肆佰元零伍角陆分'],
  ['999999.99', '玖拾玖万玖仟玖佰玖拾玖元玖角玖分'],
  ['1000000000000', '壹万亿元整'],
  ['1200000000000', '壹万贰仟亿元整'],
  ['-12.30', '负壹拾贰元叁角整'],
  ['0.005', '壹分'],
  ['0.004999', '零元整'],
] as const

const readBack = (words: string): bigint => {
  const value = (text: string): bigint => {
    let [total, section, digit] = [0n, 0n, 0n]
    for (const character of text) {
      const found = '零壹贰叁肆伍陆柒捌玖'.indexOf(character)
      if (found >= 0) digit = BigInt(found)
      else if (character === '拾' || character === '佰' || character === '仟') {
        section += digit * (character === '拾' ? 10n : character === '佰' ? 100n : 1000n)
        digit = 0n
      } else if (character === '万' || character === '亿') {
        total = (total + section + digit) * (character === '万' ? 10_000n : 100_000_000n)
        ;[section, digit] = [0n, 0n]
      } else throw new Error(`${character} in ${text}`)
    }
    return total + section + digit
  }
  // Groups are independent: 亿 before 万 before the rest.
  const [big = '', rest = ''] = words.includes('亿') ? words.split('亿', 2) : ['', words]
  const [thousands = '', ones = ''] = rest.includes('万') ? rest.split('万', 2) : ['', rest]
  const hundredMillions = big.includes('万')
    ? value(big.split('万')[0] ?? '') * 10_000n + value(big.split('万')[1] ?? '')
    : value(big)
  return hundredMillions * 100_000_000n + value(thousands) * 10_000n + value(ones)
}

describe('capital numerals', () => {
  test.each(rows)('%s is %s', (amount, words) => {
    const money = parseMoney(amount)
    if (money === null) throw new Error(amount)
    expect(capitalAmount(money)).toBe(words)
  })

  test('whole yuan can be read back, each in one way', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 13n }), (yuan) => {
        const words = capitalAmount(microYuan(yuan * 1_000_000n))
        expect(words.endsWith('元整')).toBe(true)
        expect(readBack(words.slice(0, -2))).toBe(yuan)
        expect(words).not.toContain('零零')
      }),
    )
  })

  test('too much money is refused', () => {
    expect(() => capitalAmount(microYuan(10n ** 23n))).toThrow(RangeError)
  })
})
