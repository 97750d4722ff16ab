// How much of a line's time is used: exchanges per second of one line with real byte timing, beside what the bytes and the
// meter's turnaround leave room for. Two askers: a bare socket that sends the next question the moment an answer is whole,
// and our head-end.
import { connect } from 'node:net'
import { createFrameReader, encodeFrame, encodeRequest, identifiers } from '@xianfu/protocols'
import { createHeadend } from '../../server/dist/headend/create-headend.js'
import { addressOf, byteMs, clock, startField, wakeUpBytes } from './field.mjs'

const meters = 20
const item = 'forwardActiveEnergyBlock'
const requestOf = (index) =>
  encodeFrame(encodeRequest({ kind: 'read', address: addressOf(index), identifier: identifiers[item].id }), {
    wakeUpBytes,
  })
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

const until = async (holds) => {
  while (!holds()) await clock.delay(10)
}

const bare = async (port, forMs) => {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  await new Promise((resolve) => socket.once('connect', resolve))
  const reader = createFrameReader()
  const took = []
  let askedAt = 0
  let next = 0
  let replyBytes = 0
  const ask = () => {
    askedAt = performance.now()
    socket.write(requestOf(next % meters))
    next += 1
  }
  const begin = performance.now()
  ask()
  await new Promise((resolve) => {
    socket.on('data', (bytes) => {
      for (const frame of reader.push(bytes)) {
        replyBytes = encodeFrame(frame).length + wakeUpBytes
        took.push(performance.now() - askedAt)
        if (performance.now() - begin >= forMs) return resolve()
        ask()
      }
    })
  })
  const perSecond = (took.length * 1000) / (performance.now() - begin)
  socket.destroy()
  return { perSecond, medianMs: median(took), replyBytes }
}

const ours = async (port, line, forMs) => {
  const headend = createHeadend({ clock, listen: { host: '127.0.0.1', port: 0 }, log: () => undefined })
  headend.configure({
    gateways: [{ id: 1, code: 'g1', link: { kind: 'dialled', host: '127.0.0.1', port }, line }],
    meters: Array.from({ length: meters }, (_, index) => ({
      id: index + 1,
      gatewayId: 1,
      address: addressOf(index),
      credentials: { level: 2, password: '000000', operator: '00000001' },
      timeZone: 'Asia/Shanghai',
    })),
  })
  await headend.start()
  await until(() => headend.gateways()[0]?.online === true)
  const took = []
  let failed = 0
  let next = 0
  const begin = performance.now()
  // Two wait at any time, so that one is always there when the line becomes free.
  const worker = async () => {
    while (performance.now() - begin < forMs) {
      next += 1
      const read = await headend.read((next % meters) + 1, [item], { priority: 'scheduled' })
      if (read.ok) took.push(read.exchanges[0].durationMs)
      else failed += 1
    }
  }
  const cpu = process.cpuUsage()
  await Promise.all([worker(), worker()])
  const elapsed = performance.now() - begin
  const { user, system } = process.cpuUsage(cpu)
  await headend.stop()
  return {
    perSecond: (took.length * 1000) / elapsed,
    medianMs: median(took),
    failed,
    cpuMs: (user + system) / 1000 / took.length,
  }
}

export const measureEfficiency = async ({ baudRate, turnaroundMs, forMs }) => {
  const line = { baudRate, parity: 'even' }
  const field = await startField({ line, meters, turnaroundMs })
  try {
    const plain = await bare(field.port, forMs)
    const requestBytes = requestOf(0).length
    const exchangeMs = (requestBytes + plain.replyBytes) * byteMs(line) + turnaroundMs
    const own = await ours(field.port, line, forMs)
    return {
      baudRate,
      turnaroundMs,
      bytes: `${requestBytes} + ${plain.replyBytes}`,
      exchangeMs,
      theory: 1000 / exchangeMs,
      bare: plain.perSecond,
      ours: own.perSecond,
      failed: own.failed,
      cpuMs: own.cpuMs,
    }
  } finally {
    await field.close()
  }
}
