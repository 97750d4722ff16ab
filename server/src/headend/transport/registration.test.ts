import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { latin1Bytes, registrationBook, type KnownGateway } from './registration.ts'

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
  const found = registrationBook(gateways).read(latin1Bytes(text))
  const words =
    found.kind === 'known'
      ? `${found.certain ? 'surely' : 'perhaps'} ${String(found.gatewayId)}, rest "${Buffer.from(found.rest).toString('latin1')}"`
      : found.kind
  expect(words).toBe(expected)
})

test('each of many is found by its own packet, and incomplete is what only some of them begin with', () => {
  const text = fc.string({ unit: fc.constantFrom('A', 'B', '1'), minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(fc.uniqueArray(text, { minLength: 1, maxLength: 40 }), text, (registrations, packet) => {
      const book = registrationBook(
        registrations.map((registration, index) => ({ gatewayId: index + 1, registration, heartbeat: null })),
      )
      for (const [index, registration] of registrations.entries())
        expect(book.read(latin1Bytes(`${registration}\r\n`))).toMatchObject({ gatewayId: index + 1, certain: true })
      const others = registrations.filter((registration) => registration !== packet)
      const kind = others.length < registrations.length ? 'known' : undefined
      const isBeginning = others.some((registration) => registration.startsWith(packet))
      expect(book.read(latin1Bytes(packet)).kind).toBe(kind ?? (isBeginning ? 'incomplete' : 'unknown'))
    }),
  )
})
