import { expect, test } from 'vitest'
import { latin1Bytes, readRegistration, type KnownGateway } from './registration.ts'

const gateways: readonly KnownGateway[] = [
  { gatewayId: 1, registration: 'GW-1', heartbeat: 'HB' },
  { gatewayId: 10, registration: 'GW-10', heartbeat: null },
]

const rows = [
  ['nothing yet', '', 'incomplete'],
  ['only line ends', '\r\n', 'incomplete'],
  ['the beginning', 'GW', 'incomplete'],
  ['the text, and perhaps more', 'GW-1', 'perhaps 1, rest ""'],
  ['the text and a line end', 'GW-1\r\n', 'surely 1, rest "\r\n"'],
  ['line ends in front', '\r\nGW-1\n', 'surely 1, rest "\n"'],
  ['glued to a heartbeat', 'GW-1HB', 'surely 1, rest "HB"'],
  ['glued to half a heartbeat', 'GW-1H', 'perhaps 1, rest "H"'],
  ['glued to a frame', 'GW-1\u00FE\u00FEh', 'surely 1, rest "\u00FE\u00FEh"'],
  ['the longer one of two that begin alike', 'GW-10', 'perhaps 10, rest ""'],
  ['a stranger that begins like one of ours', 'GW-12', 'unknown'],
  ['a stranger', 'HELLO', 'unknown'],
  ['a frame before any registration', 'h\u0001', 'unknown'],
] as const

test.each(rows)('%s', (_, text, expected) => {
  const found = readRegistration(latin1Bytes(text), gateways)
  const words =
    found.kind === 'known'
      ? `${found.certain ? 'surely' : 'perhaps'} ${String(found.gatewayId)}, rest "${Buffer.from(found.rest).toString('latin1')}"`
      : found.kind
  expect(words).toBe(expected)
})
