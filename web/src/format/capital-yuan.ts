/** An amount in the capital numerals that a Chinese receipt bears, because they can not be altered: `壹佰元整`. */
const digits = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'] as const
const places = ['', '拾', '佰', '仟'] as const
const groups = ['', '万', '亿', '万亿'] as const

const digitOf = (text: string, index: number): string => digits[Number(text[index] ?? '0')] ?? '零'

/** Four digits, without the zeros at their end; a run of zeros inside is said once. */
const groupText = (four: string): string =>
  Array.from(four)
    .map((digit, index) => (digit === '0' ? '零' : `${digitOf(four, index)}${places[four.length - 1 - index] ?? ''}`))
    .join('')
    .replaceAll(/零+/gu, '零')
    .replace(/零$/u, '')

const wholeText = (whole: string): string => {
  const padded = whole.padStart(Math.ceil(whole.length / 4) * 4, '0')
  const parts = padded.match(/\d{4}/gu) ?? []
  return parts
    .map((four, index) => (four === '0000' ? '零' : `${groupText(four)}${groups[parts.length - 1 - index] ?? ''}`))
    .join('')
    .replaceAll(/零+/gu, '零')
    .replaceAll(/^零|零$/gu, '')
}

/**
 * @param money yuan with two decimals, not below zero
 * @throws RangeError when it is not
 */
export const capitalYuan = (money: string): string => {
  const found = /^(\d{1,16})\.(\d)(\d)$/u.exec(money)
  if (found === null) throw new RangeError(`Not an amount in yuan and fen: ${money}`)
  const [, whole = '0', jiao = '0', fen = '0'] = found
  const yuan = wholeText(whole)
  const head = yuan === '' ? '' : `${yuan}元`
  if (jiao === '0' && fen === '0') return head === '' ? '零元整' : `${head}整`
  const jiaoText = jiao === '0' ? (head === '' ? '' : '零') : `${digitOf(jiao, 0)}角`
  return `${head}${jiaoText}${fen === '0' ? '整' : `${digitOf(fen, 0)}分`}`
}
