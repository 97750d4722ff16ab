import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { ProtocolError } from './error.ts'
import { fromHex, toHex } from './hex.ts'

test('bytes are written as upper-case pairs with blanks between', () => {
  expect(toHex(Uint8Array.of(0xfe, 0x0a, 0x68))).toBe('FE 0A 68')
  expect(toHex(new Uint8Array())).toBe('')
})

test.each(['FE 0A 68', 'fe0a68', '  fe\n0A\t68 ', 'FE  0A68'])('%j is read', (text) => {
  expect(fromHex(text)).toEqual(Uint8Array.of(0xfe, 0x0a, 0x68))
})

test.each(['F', 'FE 0', 'F E', '0x68', 'GG', 'FE-68'])('%j is no hexadecimal text', (text) => {
  expect(() => fromHex(text)).toThrow(ProtocolError)
})

test('any bytes survive', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(fromHex(toHex(bytes))).toEqual(bytes)
    }),
  )
})
