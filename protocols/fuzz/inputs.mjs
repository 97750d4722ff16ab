// Inputs by number: random bytes, damaged fixtures, and frames whose envelope is right and whose content is not.

const dataShift = 0x33
const mostBytes = 320

/** A small generator whose state is one number, so that each input begins from its own. */
const createRandom = () => {
  let state = 0
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return (value ^ (value >>> 14)) >>> 0
  }
  return {
    seed: (seed, number) => {
      state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number, 0xc2b2ae35) ^ Math.floor(number / 2 ** 32)
      next()
    },
    below: (limit) => next() % limit,
    next,
  }
}

/** Control bytes that mean something, so that half of all frames reach a decoder of data. */
const controls = [0x03, 0x08, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d]
const classes = [0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x10, 0x1d, 0x1e, 0x20]
const loved = [0x00, 0x01, 0x16, 0x68, 0x99, 0xaa, 0xee, 0xfe, 0xff, 0xa0, 0xe5]

export const createInputs = (seed, fixtures) => {
  const random = createRandom()
  const { below, next } = random
  const byte = () => (below(4) === 0 ? loved[below(loved.length)] : next() & 0xff)
  const bcd = () => (below(10) << 4) | below(10)

  const noise = () => Uint8Array.from({ length: below(mostBytes) }, byte)

  /** Flips, cuts, doubles, puts in; and often puts length and checksum right again. */
  const damaged = () => {
    let bytes = [...fixtures[below(fixtures.length)]]
    for (let times = 1 + below(4); times > 0 && bytes.length > 0; times--) {
      const at = below(bytes.length)
      switch (below(6)) {
        case 0:
          bytes[at] ^= 1 << below(8)
          break
        case 1:
          bytes[at] = byte()
          break
        case 2:
          bytes.splice(at, 1 + below(8))
          break
        case 3:
          bytes.splice(at, 0, byte(), byte())
          break
        case 4:
          bytes = bytes.slice(0, at)
          break
        default: {
          const other = fixtures[below(fixtures.length)]
          bytes = [...bytes.slice(0, at), ...other.slice(below(other.length))]
        }
      }
    }
    const whole = Uint8Array.from(bytes.slice(0, mostBytes))
    return below(2) === 0 ? whole : mended(whole)
  }

  const mended = (bytes) => {
    let start = 0
    while (bytes[start] === 0xfe) start++
    if (bytes.length < start + 12) return bytes
    const length = Math.min(255, bytes.length - start - 12)
    const whole = bytes.slice(0, start + 12 + length)
    whole[start] = 0x68
    whole[start + 7] = 0x68
    whole[start + 9] = length
    for (let index = start + 1; index < start + 7; index++) if (below(8) !== 0) whole[index] = bcd()
    return sealed(whole, start)
  }

  const sealed = (bytes, start) => {
    let sum = 0
    for (let index = start; index < bytes.length - 2; index++) sum += bytes[index]
    bytes[bytes.length - 2] = sum
    bytes[bytes.length - 1] = 0x16
    return bytes
  }

  /** A good envelope around an identifier of a real class and data that are mostly BCD. */
  const framed = () => {
    const length = below(3) === 0 ? below(256) : below(40)
    const bytes = new Uint8Array(12 + length)
    bytes[0] = 0x68
    bytes[7] = 0x68
    const wildcards = below(8) === 0 ? below(7) : 0
    for (let index = 0; index < 6; index++) bytes[1 + index] = index >= 6 - wildcards ? 0xaa : bcd()
    if (below(16) === 0) bytes.fill(0x99, 1, 7)
    const control = below(8) === 0 ? next() & 0xff : controls[below(controls.length)]
    bytes[8] = control | (below(2) === 0 ? [0x80, 0xa0, 0xc0][below(3)] : 0)
    bytes[9] = length
    const mostlyBcd = below(3) !== 0
    for (let index = 0; index < length; index++) bytes[10 + index] = (mostlyBcd ? bcd() : byte()) + dataShift
    if (length >= 4) {
      bytes[13] = classes[below(classes.length)] + dataShift
      for (let index = 10; index < 13; index++) {
        const part = [0x00, 0xff, below(16), below(256)][below(4)]
        bytes[index] = part + dataShift
      }
    }
    return sealed(bytes, 0)
  }

  return {
    random,
    make: (number) => {
      random.seed(seed, number)
      switch (below(4)) {
        case 0:
          return noise()
        case 1:
          return damaged()
        default:
          return framed()
      }
    },
  }
}
