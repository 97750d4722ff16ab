import { encodeFrame, encodeRequest, fromHex, toHex, type Request } from '@xianfu/protocols'
import { expect, test } from 'vitest'
import { frameText } from './frame-text.ts'

const credentials = { level: 2, password: '123456', operator: '00000001' }
const address = '202611010009'

test.each<[string, Request]>([
  ['a trip', { kind: 'control', address, action: 'trip', credentials, validUntil: null }],
  ['a write', { kind: 'write', address, identifier: 0x04000101, credentials, data: Uint8Array.of(1, 2, 3, 4) }],
])('%s is shown without its password', (_, request) => {
  const bytes = encodeFrame(encodeRequest(request), { wakeUpBytes: 4 })
  const shown = frameText(bytes)
  expect(toHex(bytes)).toContain('89 67 45')
  expect(shown).not.toContain('89 67 45')
  expect(shown.split(' ')).toHaveLength(bytes.length)
  expect(shown.match(/\*\* \*\* \*\*/gu)).toHaveLength(1)
})

test.each(['', 'FE FE', '68', '01 03 00 00 00 02 C4 0B', '68 09 00 01 11 26 20 68 9C 00 CD 16', '68 12'])(
  '%j is shown as it is',
  (hex) => {
    expect(frameText(fromHex(hex))).toBe(hex)
  },
)
