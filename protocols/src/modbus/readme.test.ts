import { expect, test } from 'vitest'
import {
  acrelDdsy1352,
  createRtuReplyReader,
  decodeRegister,
  encodeModbusRequest,
  encodeRtuFrame,
  fromHex,
  planReads,
  registerSpan,
  toHex,
} from '../index.ts'

test('the example of the README', () => {
  const { energyTotal, relayStatus } = acrelDdsy1352.registers
  expect(planReads([energyTotal, relayStatus].map(registerSpan), { maxRegisters: 125, maxGap: 16 })).toEqual([
    { start: 0x0215, count: 16 },
  ])
  const request = { kind: 'read-holding', start: energyTotal.at, count: 2 } as const
  expect(toHex(encodeRtuFrame({ unit: 7, pdu: encodeModbusRequest(request) }))).toBe('07 03 02 15 00 02 D4 11')
  const [heard] = createRtuReplyReader(7, request).push(fromHex('07 03 04 00 01 E2 40 84 A3'))
  expect(heard?.kind).toBe('reply')
  const pdu = heard?.frame.pdu ?? new Uint8Array(0)
  expect(decodeRegister(energyTotal, pdu.subarray(2))).toEqual({ ok: true, value: 1_234_560 })
})
