#!/usr/bin/env node
// How fast the codec is: frames per second and core, both directions, and bytes per second through the stream reader.
// `npm run bench:protocols`. One process, one thread; every figure is the median of its rounds. A thousand meters take
// part with another energy in every frame, so that no cache serves one address alone. Time is processor time (user and
// system, garbage collection included): what one core does in a second, whoever else uses the machine.
import { cpus } from 'node:os'
import {
  createFrameReader,
  decodeFrame,
  decodeReply,
  decodeRequest,
  decodeValue,
  encodeFrame,
  encodeReply,
  encodeRequest,
  encodeValue,
  identifiers,
} from '@xianfu/protocols'

const rounds = Number(process.env['ROUNDS'] ?? 9)
const roundMs = Number(process.env['ROUND_MS'] ?? 400)
const meters = Number(process.env['METERS'] ?? 1_000)
const framesInAStream = 5_000

const { id } = identifiers.forwardActiveEnergyTotal
const addresses = Array.from({ length: meters }, (_, index) => String(202_400_000_000 + 7_919 * index))
const energiesWh = Array.from({ length: meters }, (_, index) => ((index * 104_729) % 99_999_999) * 10)
const replyOf = (index) => ({
  kind: 'read',
  address: addresses[index % meters],
  identifier: id,
  data: encodeValue('forwardActiveEnergyTotal', energiesWh[index % meters]),
  more: false,
})
const replies = addresses.map((_, index) => encodeFrame(encodeReply(replyOf(index))))
const requests = addresses.map((address) => encodeFrame(encodeRequest({ kind: 'read', address, identifier: id })))

/** What is measured: `step` does one unit of work on meter `index` and returns something that depends on the result. */
const measures = [
  {
    what: 'energy reply, bytes → value',
    unit: 'frames/s',
    perStep: 1,
    step: (index) => {
      const frame = decodeFrame(replies[index])
      const reply = decodeReply(frame.value)
      return decodeValue('forwardActiveEnergyTotal', reply.value.data).value
    },
    expected: (index) => energiesWh[index],
  },
  {
    what: 'energy reply, value → bytes',
    unit: 'frames/s',
    perStep: 1,
    step: (index) => {
      const data = encodeValue('forwardActiveEnergyTotal', energiesWh[index])
      return encodeFrame(
        encodeReply({ kind: 'read', address: addresses[index], identifier: id, data, more: false }),
      )[18]
    },
    expected: (index) => replies[index][18],
  },
  {
    what: 'read request, bytes → request',
    unit: 'frames/s',
    perStep: 1,
    step: (index) => decodeRequest(decodeFrame(requests[index]).value).value.identifier,
    expected: () => id,
  },
  {
    what: 'read request, request → bytes',
    unit: 'frames/s',
    perStep: 1,
    step: (index) => encodeFrame(encodeRequest({ kind: 'read', address: addresses[index], identifier: id }))[14],
    expected: (index) => requests[index][14],
  },
  streamMeasure('reader, energy replies of 20 bytes', (index) => replies[index % meters]),
  streamMeasure('reader, replies of 200 bytes of data', (index) =>
    encodeFrame({ address: addresses[index % meters], control: 0x91, data: new Uint8Array(200).fill(index) }),
  ),
  streamMeasure('reader, one byte at a time', (index) => replies[index % meters], 1),
]

/** A stream of clean frames in pieces as a socket delivers them. */
function streamMeasure(what, frameOf, pieceBytes = 1_460) {
  const stream = Buffer.concat(Array.from({ length: framesInAStream }, (_, index) => frameOf(index)))
  const reader = createFrameReader()
  return {
    what,
    unit: 'MB/s',
    perStep: stream.length / 1e6,
    step: () => {
      let frames = 0
      for (let at = 0; at < stream.length; at += pieceBytes) {
        frames += reader.push(stream.subarray(at, at + pieceBytes)).length
      }
      return frames
    },
    expected: () => framesInAStream,
  }
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]

let sink = 0
/** Units of work per second of processor time in one round. */
const round = ({ step, perStep, unit }) => {
  const batch = unit === 'MB/s' ? 1 : meters
  let steps = 0
  const begin = process.cpuUsage()
  let usedMs = 0
  while (usedMs < roundMs) {
    for (let index = 0; index < batch; index++) sink ^= step(index)
    steps += batch
    const { user, system } = process.cpuUsage(begin)
    usedMs = (user + system) / 1_000
  }
  return (steps * perStep * 1_000) / usedMs
}

for (const { what, step, expected } of measures) {
  for (let index = 0; index < meters; index += 97) {
    const [found, wanted] = [step(index), expected(index)]
    if (found !== wanted) throw new Error(`${what}: ${found} instead of ${wanted}`)
  }
}
const results = measures.map((measure) => {
  round(measure)
  const figures = Array.from({ length: rounds }, () => round(measure))
  return { ...measure, figures }
})

const shown = (figure, unit) =>
  unit === 'MB/s' ? figure.toFixed(0) : Math.round(figure / 1_000).toLocaleString('en-US') + ',000'
console.log(`Node ${process.versions.node}, ${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown processor'}`)
console.log(`one thread, ${rounds} rounds of ${roundMs} ms, ${meters} meters\n`)
console.log('| what | median | least | most | |\n|---|---:|---:|---:|---|')
for (const { what, unit, figures } of results) {
  const [middle, least, most] = [median(figures), Math.min(...figures), Math.max(...figures)]
  console.log(`| ${what} | ${[middle, least, most].map((figure) => shown(figure, unit)).join(' | ')} | ${unit} |`)
}
if (sink === 0.5) console.log('never')
