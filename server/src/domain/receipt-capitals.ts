import { amountOfMoney, microYuan, roundAmount, subtractMoney, zeroMoney, type MicroYuan } from './quantity.ts'

/**
 * Chinese capital numerals (大写金额) after the rules for notes and settlement papers (正确填写票据和结算凭证的基本规定):
 * 元 and its fractions, 零 for zeros in between, 整 after whole yuan or jiao.
 */
const digits = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'] as const
const placesInGroup = ['', '拾', '佰', '仟'] as const
/** Ten thousands: four digits each. */
const groups = ['', '万', '亿', '万亿'] as const

const fen = microYuan(10_000n)

/** `1409.50` → 壹仟肆佰零玖元伍角整. Rounded to fen, half away from zero; a trillion yuan and more has no words here. */
export const capitalAmount = (amount: MicroYuan): string => {
  const whole = roundAmount(amountOfMoney(amount), 'half-up', fen)
  const text = (whole < 0n ? subtractMoney(zeroMoney, whole) : whole).toString().padStart(7, '0')
  const [yuan, jiao, cent] = [text.slice(0, -6), Number(text.at(-6)), Number(text.at(-5))]
  if (yuan.length > groups.length * 4) throw new RangeError('too much money for words')
  const before = yuan === '0' ? '' : `${wholeWords(yuan)}元`
  const after = fractionWords(before !== '', yuan.endsWith('0'), jiao, cent)
  const words = before + after
  return `${whole < 0n ? '负' : ''}${words === '' ? '零元整' : words}`
}

const fractionWords = (hasYuan: boolean, yuanEndsInZero: boolean, jiao: number, cent: number): string => {
  if (jiao === 0 && cent === 0) return hasYuan ? '整' : ''
  const tenths = jiao === 0 ? '' : `${digitWord(jiao)}角`
  const hundredths = cent === 0 ? '整' : `${digitWord(cent)}分`
  // 壹元零伍分: the missing 角 is said; after 拾元 a 零 may stand before the 角 too, and then nobody can insert a digit.
  const gap = hasYuan && (jiao === 0 || yuanEndsInZero) ? '零' : ''
  return `${gap}${tenths}${hundredths}`
}

const digitWord = (digit: number): string => digits[digit] ?? ''

/** Whole yuan, in groups of four digits from the right: 零 where a group begins with zero or a whole group is missing. */
const wholeWords = (yuan: string): string => {
  const padded = yuan.padStart(Math.ceil(yuan.length / 4) * 4, '0')
  const count = padded.length / 4
  let words = ''
  let zeroPending = false
  for (let index = 0; index < count; index += 1) {
    const group = padded.slice(index * 4, index * 4 + 4)
    const inner = groupWords(group)
    if (inner === '') {
      zeroPending ||= words !== ''
      continue
    }
    if (words !== '' && (zeroPending || group.startsWith('0'))) words += '零'
    zeroPending = false
    words += inner + groupName(count - 1 - index, padded)
  }
  return words
}

/** 万亿 loses its 亿 when the group of 亿 follows: 壹万贰仟亿, not 壹万亿贰仟亿. */
const groupName = (place: number, padded: string): string => {
  const name = groups[place] ?? ''
  return place === 3 && padded.slice(-12, -8) !== '0000' ? '万' : name
}

const groupWords = (group: string): string => {
  let words = ''
  let zero = false
  for (const [index, character] of group.split('').entries()) {
    const digit = Number(character)
    if (digit === 0) {
      zero ||= words !== ''
      continue
    }
    words += `${zero ? '零' : ''}${digitWord(digit)}${placesInGroup[3 - index] ?? ''}`
    zero = false
  }
  return words
}
