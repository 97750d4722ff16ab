#!/usr/bin/env node
// What lines reach: `npm run bench:lines`. `-- --quick` measures for a shorter time, with fewer samples and hours.
import { cpus } from 'node:os'
import { simulateLine } from '../../server/dist/flow/testing/simulated-line.js'
import { measureCommand } from './command.mjs'
import { measureEfficiency, timerLateness } from './efficiency.mjs'

const quick = process.argv.includes('--quick')
const row = (...cells) => console.log(`| ${cells.join(' | ')} |`)
const percent = (part) => `${(part * 100).toFixed(1)} %`
const turnaroundMs = 20

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}\n`)

const lateness = await timerLateness()
console.log(
  `Timers of this machine: a wait of 20 ms ends ${lateness.median.toFixed(2)} ms late (median), ${lateness.p99.toFixed(2)} ms (p99).\n`,
)

console.log('## One line, energy blocks without pause (median of stretches of 5 s)\n')
row(
  'language',
  'bit/s',
  'bytes',
  'theory/s',
  'bare socket/s',
  'head-end/s',
  'share of theory',
  'least … most',
  'lost',
  'CPU ms each',
)
row('---', '---', '---', '---', '---', '---', '---', '---', '---', '---')
for (const language of ['dlt645', 'modbus-rtu'])
  for (const baudRate of [2_400, 9_600]) {
    const m = await measureEfficiency({ language, baudRate, turnaroundMs, forMs: quick ? 8_000 : 60_000 })
    row(
      language,
      baudRate,
      m.bytes,
      m.theory.toFixed(3),
      m.bare === null ? '–' : m.bare.toFixed(3),
      m.ours.toFixed(3),
      percent(m.ours / m.theory),
      `${percent(m.least / m.theory)} … ${percent(m.most / m.theory)}`,
      m.failed,
      m.cpuMs.toFixed(2),
    )
  }

console.log('\n## Dead meters: 200 meters at 2400 bit/s, every half hour (simulated time)\n')
row('dead', 'healthy turns', 'missed of them', 'latest after the clock', 'of the half hour', 'line kept')
row('---', '---', '---', '---', '---', '---')
const paces = {
  energy: 30,
  instantaneous: 240,
  states: 60,
  events: 360,
  demand: 1_440,
  freeze: 1_440,
  parameters: 10_080,
}
const halfHourMs = 1_800_000
for (const deadShare of [0, 0.05, 0.2, 0.5]) {
  const meters = 200
  const dead = Math.round(meters * deadShare)
  const line = { baudRate: 2_400, parity: 'even' }
  const run = await simulateLine({ line, meters, dead, turnaroundMs, paces, hours: quick ? 4 : 24 })
  const turns = Math.floor((run.to - run.from) / halfHourMs)
  let got = 0
  let latest = 0
  for (let id = dead + 1; id <= meters; id += 1) {
    const slots = new Set()
    for (const at of run.readings.get(id) ?? []) {
      slots.add(Math.floor((at - run.from) / halfHourMs))
      latest = Math.max(latest, (at - run.from) % halfHourMs)
    }
    got += slots.size
  }
  const wanted = (meters - dead) * turns
  row(
    percent(deadShare),
    wanted,
    wanted - got,
    `${(latest / 1_000).toFixed(0)} s`,
    percent(latest / halfHourMs),
    percent(run.busyShare),
  )
}

console.log('\n## A relay command on a line that is read without pause\n')
row(
  'bit/s',
  'samples',
  'longest exchange',
  'wait, median',
  'wait, worst',
  'to the proof, median',
  'to the proof, worst',
)
row('---', '---', '---', '---', '---', '---', '---')
for (const baudRate of [2_400, 9_600]) {
  const m = await measureCommand({ baudRate, turnaroundMs, samples: quick ? 20 : 100 })
  const ms = (value) => `${value.toFixed(0)} ms`
  row(baudRate, m.samples, ms(m.longestMs), ms(m.waitMedian), ms(m.waitWorst), ms(m.proofMedian), ms(m.proofWorst))
}
