import { ProtocolError } from '../error.ts'
import { partOf } from './bytes.ts'
import { longestDataBytes } from './frame.ts'
import type { Reply } from './reply.ts'

/** Data of a reading frame by the standard, identifier and sequence included. */
const standardDataBytes = 200
/** Identifier in front, sequence behind. */
const overheadBytes = 5
const mostFollowUps = 0xff

/**
 * The replies in which a virtual meter tells data that one frame does not hold: the first to function 11H, the others
 * to 12H with sequence 1, 2, … As many as it takes, at least one.
 *
 * @throws ProtocolError `wrong-length` when 255 follow-up frames are too few, `out-of-range` for parts that no frame
 *   holds.
 * @example
 * repliesFor({ address: '000000000161', identifier: 0x03300801, data: new Uint8Array(1026) }).length // 6
 */
export function repliesFor(
  whole: Readonly<{ address: string; identifier: number; data: Uint8Array }>,
  mostDataBytes = standardDataBytes,
): readonly Reply[] {
  const { address, identifier, data } = whole
  const partBytes = mostDataBytes - overheadBytes
  if (!Number.isInteger(partBytes) || partBytes < 1 || mostDataBytes > longestDataBytes) {
    throw new ProtocolError('out-of-range', `parts of ${mostDataBytes} bytes fit no frame`)
  }
  const count = Math.max(1, Math.ceil(data.length / partBytes))
  if (count > 1 + mostFollowUps) throw new ProtocolError('wrong-length', `${data.length} bytes take ${count} frames`)
  return Array.from({ length: count }, (_, index) => {
    const part = partOf(data, index * partBytes, Math.min(data.length, (index + 1) * partBytes))
    const more = index + 1 < count
    return index === 0
      ? { kind: 'read', address, identifier, data: part, more }
      : { kind: 'read-follow-up', address, identifier, data: part, sequence: index, more }
  })
}
