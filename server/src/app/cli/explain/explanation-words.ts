import type { Language } from '../desk.ts'

/**
 * The package tells values in both languages at once, English first. These pick one of them, and say in Chinese what it
 * says in English alone.
 */

const isChinese = /[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]/u

export const valueIn = (value: string, language: Language): string =>
  language === 'en' ? withoutChinese(value) : value.split('; ').map(inChinese).join('；')

const withoutChinese = (value: string): string =>
  value
    .split('; ')
    .map((part) =>
      part
        .split(' ')
        .map((word) => (isChinese.test(word) ? (/[,:]$/u.exec(word)?.[0] ?? '') : word))
        .filter((word) => word !== '')
        .join(' ')
        .replaceAll(' ,', ','),
    )
    .join('; ')

const who: readonly (readonly [RegExp, string])[] = [
  [/^reply, refused: /u, '异常应答: '],
  [/^reply: /u, '应答: '],
  [/^request: /u, '请求: '],
]

const alone: Readonly<Record<string, string>> = Object.freeze({
  fits: '正确',
  'does not fit': '错误',
  none: '无',
  missing: '缺',
  yes: '是',
  no: '否',
  now: '立即',
  'no deadline': '无截止时间',
  'nothing set': '无',
  'not known': '未知',
  'cut off': '不完整',
  'a part': '一部分',
  'all of them': '全部',
  'no reason told': '未说明原因',
})

const relayWords: readonly (readonly [RegExp, string])[] = [
  [/relay command/gu, '继电器命令'],
  [/relay/gu, '继电器'],
  [/open/gu, '断'],
  [/closed/gu, '合'],
  [/in no table/gu, '不在数据标识表中'],
  [/more follows \(or an event report waits\)/gu, '有后续帧(或有主动上报)'],
]

/** What is Chinese in it, with the number in front of the words. */
const inChinese = (value: string): string => {
  const said = alone[value]
  if (said !== undefined) return said
  const prefix = who.find(([pattern]) => pattern.test(value))
  const rest = prefix === undefined ? value : value.replace(prefix[0], '')
  const translated = relayWords.reduce((text, [pattern, words]) => text.replaceAll(pattern, words), rest)
  const words = translated.split(' ')
  const kept = words.filter((word, index) => isChinese.test(word) || (index === 0 && /^[0-9A-F]{8,12}$/u.test(word)))
  return `${prefix?.[1] ?? ''}${kept.some((word) => isChinese.test(word)) ? kept.join(' ') : translated}`
}

const problems: readonly (readonly [RegExp, string])[] = [
  [/^(\d+) bytes in front belong to no frame$/u, '帧前有 $1 个多余字节'],
  [/^there is no 68H that begins a frame$/u, '没有帧起始符 68H'],
  [/^the second start: (\w+)H was expected, (\w+)H is there$/u, '第二个帧起始符应为 $1H，实为 $2H'],
  [/^the end: (\w+)H was expected, (\w+)H is there$/u, '结束符应为 $1H，实为 $2H'],
  [/^the frame ends after (\d+) bytes; the shortest has (\d+)$/u, '帧到第 $1 字节为止，最短的帧有 $2 字节'],
  [/^(\d+) bytes of data are announced, (\d+) are there$/u, '数据域长度为 $1，实有 $2 字节'],
  [/^the checksum is missing$/u, '缺校验码'],
  [/^the checksum is (\w+)H, (\w+)H would fit$/u, '校验码为 $1H，应为 $2H'],
  [/^the end is missing$/u, '缺结束符'],
  [/^(\d+) bytes behind the frame$/u, '帧后有 $1 个多余字节'],
  [/^the address is not made of digits$/u, '地址域不是 BCD 码'],
  [/^the data end in front of: (.*)$/u, '数据在此项之前结束: $1'],
  [/^(\d+) bytes of data more than is known: (.*)$/u, '多余 $1 字节数据: $2'],
  [/^(.*) is no value: (.*)$/u, '$1 的值无效: $2'],
]

export const problemIn = (problem: string, language: Language): string => {
  if (language === 'en') return withoutChinese(problem)
  const known = problems.find(([pattern]) => pattern.test(problem))
  return known === undefined ? problem : problem.replace(known[0], known[1])
}
