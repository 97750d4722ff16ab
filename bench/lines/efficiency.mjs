// How much of a line's time is used: exchanges per second of one line with real byte timing, beside what the bytes and the
// meter's turnaround leave room for. Two askers: a bare socket that sends the next question the moment an answer is whole,
// and our head-end.
import { connect } from 'node:net'
import { createFrameReader, encodeFrame, encodeRequest, identifiers } from '@xianfu/protocols'
import { createHeadend } from '../../server/dist/headend/create-headend.js'
import { exchangesFor } from '../../server/dist/headend/driver/exchange-bytes.js'
import { silentCharactersMs } from '../../server/dist/headend/line/response-time.js'
import { addressOf, byteMs, clock, modbusModel, startField, wakeUpBytes } from './field.mjs'

const meters = 20
const item = 'forwardActiveEnergyBlock'
const requestOf = (index) =>
  encodeFrame(encodeRequest({ kind: 'read', address: addressOf(index), identifier: identifiers[item].id }), {
    wakeUpBytes,
  })

/** Answers per second in stretches of so long: a machine that does other work beside disturbs some, not all. */
const stretchMs = 5_000

/** Median, least and most of the stretches that are full. */
const perSecondOf = (times, begin, end) => {
  const rates = []
  for (let from = begin; from + stretchMs <= end; from += stretchMs) {
    const inside = times.filter((at) => at > from && at <= from + stretchMs)
    const [first, last] = [inside[0], inside.at(-1)]
    if (inside.length > 1) rates.push(((inside.length - 1) * 1000) / (last - first))
  }
  rates.sort((a, b) => a - b)
  return { perSecond: rates[Math.floor(rates.length / 2)] ?? 0, least: rates[0] ?? 0, most: rates.at(-1) ?? 0 }
}

const until = async (holds) => {
  while (!holds()) await clock.delay(10)
}

const bare = async (port, forMs) => {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  await new Promise((resolve) => socket.once('connect', resolve))
  const reader = createFrameReader()
  const answers = []
  let next = 0
  const ask = () => {
    socket.write(requestOf(next % meters))
    next += 1
  }
  const begin = performance.now()
  ask()
  await new Promise((resolve) => {
    socket.on('data', (bytes) => {
      for (const _ of reader.push(bytes)) {
        answers.push(performance.now())
        if (performance.now() - begin >= forMs) return resolve()
        ask()
      }
    })
  })
  socket.destroy()
  return perSecondOf(answers, begin, performance.now())
}

const protocolOf = (language, index) =>
  language === 'dlt645'
    ? { kind: 'dlt645' }
    : { kind: language, unit: index + 1, model: modbusModel, wiring: 'in-line' }

const ours = async (port, line, language, forMs) => {
  const headend = createHeadend({ clock, listen: { host: '127.0.0.1', port: 0 }, log: () => undefined })
  headend.configure({
    gateways: [{ id: 1, code: 'g1', link: { kind: 'dialled', host: '127.0.0.1', port }, line }],
    meters: Array.from({ length: meters }, (_, index) => ({
      id: index + 1,
      gatewayId: 1,
      address: addressOf(index),
      protocol: protocolOf(language, index),
      credentials: { level: 2, password: '000000', operator: '00000001' },
      timeZone: 'Asia/Shanghai',
    })),
  })
  await headend.start()
  await until(() => headend.gateways()[0]?.online)
  const took = []
  let failed = 0
  let next = 0
  const begin = performance.now()
  // Two wait at any time, so that one is always there when the line becomes free.
  const worker = async () => {
    while (performance.now() - begin < forMs) {
      next += 1
      const read = await headend.read((next % meters) + 1, [item], { priority: 'scheduled' })
      if (read.ok) took.push(performance.now())
      else failed += 1
    }
  }
  const cpu = process.cpuUsage()
  await Promise.all([worker(), worker()])
  const end = performance.now()
  const { user, system } = process.cpuUsage(cpu)
  await headend.stop()
  return {
    ...perSecondOf(took, begin, end),
    failed,
    cpuMs: (user + system) / 1000 / took.length,
  }
}

/** How late waits end: what neither side of a line can know better. */
export const timerLateness = async () => {
  const late = []
  for (let index = 0; index < 100; index += 1) {
    const from = performance.now()
    await clock.delay(20)
    late.push(performance.now() - from - 20)
  }
  late.sort((a, b) => a - b)
  return { median: late[50], p99: late[98] }
}

export const measureEfficiency = async ({ language, baudRate, turnaroundMs, forMs }) => {
  const line = { baudRate, parity: 'even' }
  const field = await startField({ line, meters, turnaroundMs, language })
  try {
    const exchanges = exchangesFor(protocolOf(language, 0), [item])
    const quietMs = language === 'dlt645' ? 0 : silentCharactersMs(line)
    const lengths = exchanges.map(({ request, reply }) => (request + reply) * byteMs(line) + turnaroundMs + quietMs)
    const exchangeMs = lengths.reduce((sum, one) => sum + one, 0) / lengths.length
    const plain = language === 'dlt645' ? await bare(field.port, forMs) : null
    const own = await ours(field.port, line, language, forMs)
    const { perSecond: oursPerSecond, least, most } = own
    return {
      least,
      most,
      bytes: exchanges.map(({ request, reply }) => `${request} + ${reply}`).join(', '),
      theory: 1000 / exchangeMs,
      bare: plain?.perSecond ?? null,
      ours: oursPerSecond,
      failed: own.failed,
      cpuMs: own.cpuMs,
    }
  } finally {
    await field.close()
  }
}
