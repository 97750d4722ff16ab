#!/usr/bin/env node
// What a meter costs: starts a generated village without a headend and weighs the process: at first, and after every
// meter has lived and been read every half hour for an hour. One size for each process, so that nothing of a smaller
// village is left over. `remembering` keeps daily and half-hourly freezes and a load profile, `full` has kept them for
// seventy days. Prints a JSON line.
import { performance } from 'node:perf_hooks'
import { parseVillage, startVillage, systemClock } from '@xianfu/simulator'

const metersPerGateway = 200
const meters = Number(process.argv[2] ?? 10_000)
const remembering = process.argv[3] === 'remembering' || process.argv[3] === 'full'
const livedDays = process.argv[3] === 'full' ? 70 : 0
const halfHourMs = 1_800_000
const looks = 2
const forwardActiveBlock = 0x0001_ff00

/** Bytes of objects and of typed arrays that are in use. */
const weigh = async () => {
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

let aheadMs = 0
const clock = { ...systemClock(), now: () => Date.now() + aheadMs }
const before = await weigh()
const startedMs = performance.now()
const village = parseVillage({
  name: 'bench',
  timeZone: 'Asia/Shanghai',
  generate: {
    mode: 'dials-in',
    gateways: Math.ceil(meters / metersPerGateway),
    metersPerGateway,
    livedDays,
    ...(remembering && { meter: { memory: { daily: true, hourlyMinutes: 30, profileMinutes: 30 } } }),
  },
})
if (!village.ok) throw new Error(village.problems.join('; '))
const running = await startVillage({ village: village.value, clock })
const startSeconds = (performance.now() - startedMs) / 1000
const started = await weigh()
const livedMs = performance.now()
for (let look = 0; look < looks; look += 1) {
  aheadMs += halfHourMs
  for (const meter of running.meters.values()) meter.item(forwardActiveBlock)
}
const livedSeconds = (performance.now() - livedMs) / 1000
const lived = await weigh()
const count = running.meters.size
process.stdout.write(
  `${JSON.stringify({
    meters: count,
    bytesPerMeter: Math.round((started - before) / count),
    bytesPerMeterAfterAnHour: Math.round((lived - before) / count),
    residentMegabytes: Math.round(process.memoryUsage.rss() / 1024 / 1024),
    startSeconds: Number(startSeconds.toFixed(2)),
    meterHoursPerSecond: Math.round(count / livedSeconds),
  })}\n`,
)
await running.stop()
