import { latin1Bytes } from './registration.ts'

/**
 * Takes a gateway's heartbeats out of the bytes of the line. Inside a frame the same bytes may be data, so there they
 * are left alone, unless a whole packet is nothing but the heartbeat: gateways send it by itself.
 */
export type HeartbeatFilter = Readonly<{
  /**
   * `isOpaque`: the line speaks a language whose frames are not followed here (Modbus); then only whole packets are
   * taken for heartbeats.
   */
  push(packet: Uint8Array, isOpaque?: boolean): Uint8Array
}>

const passThrough: HeartbeatFilter = { push: (packet) => packet }

export const createHeartbeatFilter = (heartbeat: string | null): HeartbeatFilter => {
  if (heartbeat === null || heartbeat === '') return passThrough
  const beat = latin1Bytes(heartbeat)
  const track = createFrameTracker()
  let held: Uint8Array = new Uint8Array(0)
  return {
    push(packet, isOpaque = false) {
      if (isOnlyHeartbeat(packet, beat)) return new Uint8Array(0)
      const bytes = concat(held, packet)
      held = new Uint8Array(0)
      if (isOpaque) return bytes
      const line: number[] = []
      for (let at = 0; at < bytes.length; at += 1) {
        if (!track.insideFrame()) {
          const matched = matchedLength(bytes, at, beat)
          if (matched === beat.length) {
            at += matched - 1
            continue
          }
          if (matched > 0 && at + matched === bytes.length) {
            held = bytes.slice(at)
            break
          }
        }
        const byte = bytes[at] ?? 0
        track.pass(byte)
        line.push(byte)
      }
      return Uint8Array.from(line)
    },
  }
}

/** Follows `68 address 68 control length data checksum 16` to know whether the next byte belongs to a frame. */
const createFrameTracker = () => {
  const secondStartAt = 7
  const lengthAt = 9
  let position = 0
  let end = 0
  return {
    insideFrame: (): boolean => position > 0,
    pass(byte: number): void {
      if (position === 0) {
        position = byte === 0x68 ? 1 : 0
        end = 0
        return
      }
      if (position === secondStartAt && byte !== 0x68) {
        position = 0
        return
      }
      if (position === lengthAt) end = lengthAt + byte + 3
      position += 1
      if (position === end) position = 0
    },
  }
}

const matchedLength = (bytes: Uint8Array, from: number, beat: Uint8Array): number => {
  let length = 0
  while (length < beat.length && from + length < bytes.length && bytes[from + length] === beat[length]) length += 1
  return length
}

const isOnlyHeartbeat = (packet: Uint8Array, beat: Uint8Array): boolean => {
  let end = packet.length
  while (end > beat.length && (packet[end - 1] === 0x0d || packet[end - 1] === 0x0a)) end -= 1
  return end === beat.length && matchedLength(packet, 0, beat) === beat.length
}

const concat = (first: Uint8Array, second: Uint8Array): Uint8Array => {
  if (first.length === 0) return second
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}
