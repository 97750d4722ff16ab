/**
 * Captures of a line as people keep them: hexadecimal digits, a line for each chunk, perhaps with the time and the
 * direction in front, as `--trace`, serial monitors and loggers write them. Whatever is no text is taken for the bytes
 * themselves.
 */

/** One chunk; `atMs` counts from any moment, null when the line had no time. */
export type Chunk = Readonly<{ atMs: number | null; bytes: Uint8Array }>

export type Capture = Readonly<{ ok: true; chunks: readonly Chunk[] } | { ok: false; line: number; text: string }>

export const parseCapture = (content: Uint8Array): Capture => {
  const text = textOf(content)
  if (text === null) return { ok: true, chunks: [{ atMs: null, bytes: content }] }
  const chunks: Chunk[] = []
  for (const [index, line] of text.split(/\r?\n/u).entries()) {
    const chunk = parseLine(line)
    if (chunk === null) return { ok: false, line: index + 1, text: line.trim() }
    if (chunk !== 'nothing') chunks.push(chunk)
  }
  return { ok: true, chunks }
}

/** Binary data have control characters or no valid UTF-8; a frame always has them, since 16H ends it. */
const textOf = (content: Uint8Array): string | null => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(content)
    // oxlint-disable-next-line no-control-regex -- these are what tells binary data from text.
    return /[\u0000-\u0008\u000e-\u001f]/u.test(text) ? null : text
  } catch {
    return null
  }
}

const directionMark = /(?:→|←|>>?|<<?|\b(?:TX|RX|SEND|RECV|SENT|RECEIVED)\b|发送?|收|接收)[:：]?/giu

const secondMs = 1_000

const times: readonly (readonly [pattern: RegExp, toMs: (match: RegExpExecArray) => number])[] = [
  // 2026-11-25T14:05:06.789Z, 2026-11-25 14:05:06.789
  [
    /^\[?(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,3}))?\d*(?:Z|[+-]\d\d:?\d\d)?\]?/u,
    ([, year, month, day, hour, minute, second, fraction]) =>
      Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)) +
      fractionMs(fraction),
  ],
  // 14:05:06.789
  [
    /^\[?(\d\d):(\d\d):(\d\d)(?:[.,:](\d{1,3}))?\]?/u,
    ([, hour, minute, second, fraction]) =>
      ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * secondMs + fractionMs(fraction),
  ],
  // 123 ms, as --trace writes it
  [/^\[?(\d+(?:\.\d+)?)\s*ms\]?/u, ([, ms]) => Number(ms)],
  // 12.345 (seconds)
  [/^\[?(\d+\.\d+)(?:\s*s)?\]?(?=\s|$)/u, ([, seconds]) => Number(seconds) * secondMs],
]

const fractionMs = (fraction: string | undefined): number => Number((fraction ?? '').padEnd(3, '0'))

/** Null for what cannot be read. */
export const parseLine = (line: string): Chunk | 'nothing' | null => {
  let rest = line.replace(/(?:#|\/\/).*$/u, '').trim()
  if (rest === '') return 'nothing'
  let atMs: number | null = null
  rest = rest.replaceAll(directionMark, ' ').trim()
  for (const [pattern, toMs] of times) {
    const match = pattern.exec(rest)
    if (match === null) continue
    atMs = toMs(match)
    rest = rest.slice(match[0].length).replace(/^\s*[|,;:-]?\s*/u, '')
    break
  }
  const bytes = bytesFromText(rest)
  return bytes === null ? null : { atMs, bytes }
}

/** Hexadecimal digits however people write them: `68 AA`, `68AA`, `0x68,0xAA`, `68H-AAH`. Null for anything else. */
export const bytesFromText = (text: string): Uint8Array | null => {
  const digits = text
    .replaceAll(/0x/giu, ' ')
    .replaceAll(/\b([0-9a-f]{2})h\b/giu, '$1')
    .replaceAll(/[\s,;:|_-]+/gu, ' ')
    .trim()
  const groups = digits.split(' ')
  if (!groups.every((group) => /^(?:[0-9a-f]{2})+$/iu.test(group))) return null
  const pairs = groups.join('').match(/../gu) ?? []
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16))
}
