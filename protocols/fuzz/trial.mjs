// One input through all decoders, with what must hold of what they say.
import {
  createFrameReader,
  decodeFrame,
  decodeReply,
  decodeReply1997,
  decodeRequest,
  decodeRequest1997,
  decodeSecurity,
  decodeValue1997,
  encodeFrame,
  encodeReply,
  encodeRequest,
  explainFrame,
  standardDictionary,
} from '@xianfu/protocols'

/** One input in so many is explained and said again: both cost more than the rest together. */
const sampleEvery = 8

const must = (condition, what) => {
  if (!condition) throw new Error(what)
}
const same = (a, b) => a.length === b.length && a.every((byte, index) => byte === b[index])

export const createTrial = () => {
  const reader = createFrameReader()
  const tally = {
    'frames found by the reader': 0,
    'requests understood': 0,
    'replies understood': 0,
    'messages of 1997 understood': 0,
    'values understood': 0,
    'values refused': 0,
    explained: 0,
    'said again': 0,
  }

  const value = (dictionary, id, data, sampled) => {
    const decoded = dictionary.decode(id, data)
    tally[decoded.ok ? 'values understood' : 'values refused']++
    if (!sampled) return
    dictionary.fields(id, data)
    if (!decoded.ok) return
    const again = dictionary.decode(id, dictionary.encode(id, decoded.value))
    must(JSON.stringify(again) === JSON.stringify(decoded), `${id.toString(16)} is not said again as it was understood`)
    tally['said again']++
  }

  /** A message that is said again must be understood as the same one. */
  const again = (message, encode, decode) => {
    const repeated = decode(encode(message))
    must(
      JSON.stringify(repeated.value) === JSON.stringify(message),
      `${message.kind} is not said again as it was understood`,
    )
    tally['said again']++
  }

  const frame = (one, sampled) => {
    const request = decodeRequest(one)
    const reply = decodeReply(one)
    must(!(request.ok && reply.ok), 'a frame is both request and reply')
    if (request.ok) {
      tally['requests understood']++
      const { kind, identifier, data } = request.value
      if (kind === 'write') value(standardDictionary, identifier, data, sampled)
      if (kind === 'security') decodeSecurity('request', identifier, data)
      if (sampled) again(request.value, encodeRequest, decodeRequest)
    }
    if (reply.ok) {
      tally['replies understood']++
      const { kind, identifier, data } = reply.value
      if (kind === 'read') value(standardDictionary, identifier, data, sampled)
      if (kind === 'security') decodeSecurity('reply', identifier, data)
      if (sampled) again(reply.value, encodeReply, decodeReply)
    }
    const older = decodeReply1997(one)
    if (older.ok || decodeRequest1997(one).ok) tally['messages of 1997 understood']++
    if (older.ok && older.value.kind !== 'error') decodeValue1997(older.value.identifier, older.value.data)
    // Whatever the envelope carries, as the value of any identifier.
    if (one.data.length >= 4) {
      const id = (one.data[0] | (one.data[1] << 8) | (one.data[2] << 16) | (one.data[3] << 24)) >>> 0
      value(standardDictionary, id, one.data.subarray(4), sampled)
      // Cut to the length of the item, so that its digits are looked at and not its length alone.
      const item = standardDictionary.byId(id)
      if (item !== null) value(standardDictionary, id, one.data.subarray(4, 4 + item.bytes), sampled)
    }
  }

  return {
    tally,
    run(input, random) {
      const sampled = random.below(sampleEvery) === 0
      reader.reset()
      const split = random.below(input.length + 1)
      for (const chunk of [input.subarray(0, split), input.subarray(split)]) {
        for (const one of reader.push(chunk)) {
          tally['frames found by the reader']++
          frame(one, sampled)
        }
      }
      const whole = decodeFrame(input)
      if (whole.ok) {
        const start = input.findIndex((byte) => byte !== 0xfe)
        if (sampled) must(same(encodeFrame(whole.value), input.subarray(start)), 'a frame is not said again as it was')
      }
      if (sampled) {
        const explained = explainFrame(input)
        must(!explained.ok || whole.ok, 'a broken frame is explained as a good one')
        tally['explained']++
      }
    },
  }
}
