// How long a relay command waits while its line is being read without pause: from the call to its first byte on the wire,
// and to the proof, beside the longest exchange that may be under way.
import { connect, createServer } from 'node:net'
import { createHeadend } from '../../server/dist/headend/create-headend.js'
import { addressOf, byteMs, clock, startField } from './field.mjs'

const meters = 20
const longest = { request: 20, reply: 40 }

const quantile = (values, part) => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0
}

/** Between head-end and gateway, to see when bytes leave. */
const startTap = async (port) => {
  const seen = []
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ host: '127.0.0.1', port, noDelay: true })
    near.on('data', (bytes) => {
      seen.push({ at: performance.now(), bytes })
      far.write(bytes)
    })
    far.on('data', (bytes) => near.write(bytes))
    for (const socket of [near, far])
      socket
        .on('error', () => undefined)
        .on('close', () => {
          near.destroy()
          far.destroy()
        })
  })
  await new Promise((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve))
  return { port: server.address().port, seen, close: () => server.close() }
}

/** Four wake-up bytes, start, address, start, and then the control byte. */
const controlByteAt = 12
const relayControl = 0x1c

export const measureCommand = async ({ baudRate, turnaroundMs, samples }) => {
  const line = { baudRate, parity: 'even' }
  const field = await startField({ line, meters, turnaroundMs })
  const tap = await startTap(field.port)
  const headend = createHeadend({ clock, listen: { host: '127.0.0.1', port: 0 }, log: () => undefined })
  const stopping = new AbortController()
  try {
    headend.configure({
      gateways: [{ id: 1, code: 'g1', link: { kind: 'dialled', host: '127.0.0.1', port: tap.port }, line }],
      meters: Array.from({ length: meters }, (_, index) => ({
        id: index + 1,
        gatewayId: 1,
        address: addressOf(index),
        credentials: { level: 2, password: '000000', operator: '00000001' },
        timeZone: 'Asia/Shanghai',
      })),
    })
    await headend.start()
    while (!headend.gateways()[0]?.online) await clock.delay(10)
    let next = 0
    const read = async () => {
      while (!stopping.signal.aborted) {
        next += 1
        await headend.read((next % meters) + 1, ['forwardActiveEnergyBlock', 'statusWord3', 'activePowerTotal'], {
          priority: 'scheduled',
          signal: stopping.signal,
        })
      }
    }
    const reading = [read(), read(), read(), read()]
    const waits = []
    const proofs = []
    for (let sample = 0; sample < samples; sample += 1) {
      // At any moment of an exchange: the golden ratio spreads samples evenly.
      await clock.delay(100 + ((sample * 0.618) % 1) * 400)
      const askedAt = performance.now()
      const action = sample % 2 === 0 ? 'trip' : 'direct-close'
      const outcome = await headend.control((sample % meters) + 1, {
        action,
        validForMs: 60_000,
        readStateFirst: false,
        confirm: async () => ({ go: true }),
        onStep: () => undefined,
      })
      if (outcome.kind !== 'verified') throw new Error(`${action}: ${JSON.stringify(outcome)}`)
      proofs.push(performance.now() - askedAt)
      const left = tap.seen.find(({ at, bytes }) => at >= askedAt && bytes[controlByteAt] === relayControl)
      waits.push(left.at - askedAt)
      tap.seen.length = 0
    }
    stopping.abort()
    await Promise.all(reading)
    const longestMs = (longest.request + longest.reply) * byteMs(line) + turnaroundMs
    return {
      baudRate,
      samples,
      longestMs,
      waitMedian: quantile(waits, 0.5),
      waitWorst: Math.max(...waits),
      proofMedian: quantile(proofs, 0.5),
      proofWorst: Math.max(...proofs),
    }
  } finally {
    stopping.abort()
    await headend.stop()
    tap.close()
    await field.close()
  }
}
