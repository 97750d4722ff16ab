import { fromHex, toHex } from '@xianfu/protocols'
import { describe, expect, test } from 'vitest'
import { bytesFromText, parseCapture, parseLine } from './capture.ts'

const frame = '68 AA AA AA AA AA AA 68 13 00 DF 16'

describe('bytes as people write them', () => {
  test.each([
    '68 AA AA 16',
    '68aaaa16',
    '0x68,0xAA,0xAA,0x16',
    '0x68 0xAA 0xAA 0x16',
    '68H AAH AAH 16H',
    '68-AA-AA-16',
    '68:aa:aa:16',
  ])('%s', (text) => {
    expect(toHex(bytesFromText(text) ?? new Uint8Array())).toBe('68 AA AA 16')
  })

  test.each(['6', '68 A', '68 GG', 'hello', ''])('"%s" are none', (text) => {
    expect(bytesFromText(text)).toBeNull()
  })
})

describe('lines of a capture', () => {
  test.each([
    [frame, null],
    [`→    123 ms  ${frame}`, 123],
    [`←  5 ms ${frame}`, 5],
    [`2026-11-25T14:05:06.789Z ${frame}`, Date.UTC(2026, 10, 25, 14, 5, 6, 789)],
    [`[2026-11-25 14:05:06] TX: ${frame}`, Date.UTC(2026, 10, 25, 14, 5, 6)],
    [`14:05:06.789 >> ${frame}`, ((14 * 60 + 5) * 60 + 6) * 1_000 + 789],
    [`[14:05:06.7] 发送：${frame}`, ((14 * 60 + 5) * 60 + 6) * 1_000 + 700],
    [`12.345 RX ${frame}`, 12_345],
    [`${frame} # a comment`, null],
  ])('%s', (line, atMs) => {
    expect(parseLine(line)).toEqual({ atMs, bytes: fromHex(frame) })
  })

  test.each(['', '   ', '# nothing but a comment'])('"%s" is nothing', (line) => {
    expect(parseLine(line)).toBe('nothing')
  })

  test('a line that is none is named', () => {
    const content = new TextEncoder().encode(`${frame}\nand then it stopped\n`)
    expect(parseCapture(content)).toEqual({ ok: false, line: 2, text: 'and then it stopped' })
  })
})

test('bytes that are no text are taken as they are', () => {
  expect(parseCapture(fromHex(frame))).toEqual({ ok: true, chunks: [{ atMs: null, bytes: fromHex(frame) }] })
})
