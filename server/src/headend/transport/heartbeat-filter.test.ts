import { encodeFrame } from '@xianfu/protocols'
import { expect, test } from 'vitest'
import { createHeartbeatFilter } from './heartbeat-filter.ts'
import { latin1Bytes } from './registration.ts'

/** Its address holds the bytes of the heartbeat `HB` (48 42 on the wire, lowest digits first). */
const frame = encodeFrame({ address: '000000004248', control: 0x91, data: Uint8Array.of(0x33, 0x34) })

const text = (...packets: string[]): Uint8Array[] => packets.map(latin1Bytes)

const glue = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]))

const rows: readonly (readonly [string, readonly Uint8Array[], Uint8Array])[] = [
  ['a heartbeat by itself', text('HB'), new Uint8Array(0)],
  ['a heartbeat with a line end', text('HB\r\n'), new Uint8Array(0)],
  ['a heartbeat in two packets', text('H', 'B'), new Uint8Array(0)],
  ['half a heartbeat that becomes something else', text('H', 'X'), latin1Bytes('HX')],
  ['a heartbeat in front of a frame', [glue(latin1Bytes('HB'), frame)], frame],
  ['a heartbeat behind a frame', [glue(frame, latin1Bytes('HB'))], frame],
  ['a frame that holds the same bytes', [frame], frame],
  ['a heartbeat between two halves of a frame', [frame.slice(0, 9), latin1Bytes('HB'), frame.slice(9)], frame],
  ['two frames', [glue(frame, latin1Bytes('HB'), frame)], glue(frame, frame)],
]

test.each(rows)('%s', (_, packets, expected) => {
  const filter = createHeartbeatFilter('HB')
  expect(glue(...packets.map((packet) => filter.push(packet)))).toEqual(expected)
})

test('without a heartbeat everything passes', () => {
  expect(createHeartbeatFilter(null).push(latin1Bytes('HB'))).toEqual(latin1Bytes('HB'))
})

test('of a language whose frames are not followed only whole packets are taken out', () => {
  const filter = createHeartbeatFilter('HB')
  const packets = [...text('HB', 'HB\r\n'), glue(latin1Bytes('HB'), frame), frame]
  expect(glue(...packets.map((packet) => filter.push(packet, true)))).toEqual(glue(latin1Bytes('HB'), frame, frame))
})
