import { inflateSync } from 'node:zlib'

/**
 * The text of a paper as a reader program would copy it: content streams are unpacked and their glyphs turned back by
 * the font's own ToUnicode map. So what is tested is that the text can be selected, not that it was asked for.
 */
export const readPaper = (bytes: Uint8Array): string => {
  const streams = streamsOf(Buffer.from(bytes))
  const glyphs = new Map(streams.filter((one) => one.includes('begincmap')).flatMap(mapOf))
  return streams
    .filter((one) => /\bTJ\b/u.test(one))
    .map((one) => textOf(one, glyphs))
    .join('\n')
}

const streamsOf = (file: Buffer): string[] => {
  const found: string[] = []
  let from = 0
  for (;;) {
    const start = file.indexOf('stream\n', from)
    if (start < 0) return found
    const end = file.indexOf('\nendstream', start)
    const dictionary = file.toString('latin1', Math.max(0, file.lastIndexOf('obj', start)), start)
    const data = file.subarray(start + 'stream\n'.length, end)
    if (!dictionary.includes('/FontFile') && !dictionary.includes('/Length1'))
      found.push((dictionary.includes('/FlateDecode') ? inflateSync(data) : data).toString('latin1'))
    from = end + '\nendstream'.length
  }
}

/** Lines `<first> <last> [<text> <text> …]` of a ToUnicode map. */
const mapOf = (map: string): (readonly [number, string])[] =>
  [...map.matchAll(/<([0-9a-f]+)>\s*<[0-9a-f]+>\s*\[([^\]]*)\]/giu)].flatMap(([, first = '', texts = '']) =>
    [...texts.matchAll(/<([0-9a-f ]+)>/giu)].map(
      ([, text = ''], index) => [Number.parseInt(first, 16) + index, utf16(text.replaceAll(' ', ''))] as const,
    ),
  )

const utf16 = (hex: string): string => Buffer.from(hex, 'hex').swap16().toString('utf16le')

const textOf = (content: string, glyphs: ReadonlyMap<number, string>): string =>
  [...content.matchAll(/\[([^\]]*)\]\s*TJ/gu)]
    .map(([, run = '']) =>
      [...run.matchAll(/<([0-9a-f]+)>/giu)]
        .flatMap(([, hex = '']) => hex.match(/.{4}/gu) ?? [])
        .map((glyph) => glyphs.get(Number.parseInt(glyph, 16)) ?? '\u{FFFD}')
        .join(''),
    )
    .join('\n')
