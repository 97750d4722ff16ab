#!/usr/bin/env node
// The measured claims of the simulator in one table: `npm run bench:simulator`. A size may be left out with --quick.
import { execFile } from 'node:child_process'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const quick = process.argv.includes('--quick')
const run = promisify(execFile)
const beside = (name) => fileURLToPath(new URL(name, import.meta.url))

const measure = async (script, ...words) => {
  const { stdout } = await run(process.execPath, [
    '--expose-gc',
    '--max-old-space-size=4096',
    beside(script),
    ...words.map(String),
  ])
  return JSON.parse(stdout)
}

const row = (...cells) => console.log(`| ${cells.map(String).join(' | ')} |`)
const grouped = (value) => value.toLocaleString('en')

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}\n`)
row(
  'meters',
  'memories',
  'bytes a meter at first',
  'after an hour',
  'resident MB',
  'start s',
  'meter-hours lived a second',
)
row('---', '---', '---', '---', '---', '---', '---')
for (const [meters, memories] of [
  [10_000, 'none'],
  [100_000, 'none'],
  ...(quick ? [] : [[1_000_000, 'none']]),
  [10_000, 'remembering'],
  [200, 'full'],
]) {
  const m = await measure('memory.mjs', meters, memories)
  row(
    grouped(m.meters),
    { none: 'none', remembering: 'daily, half-hourly, profile', full: 'the same, full' }[memories],
    grouped(m.bytesPerMeter),
    grouped(m.bytesPerMeterAfterAnHour),
    grouped(m.residentMegabytes),
    m.startSeconds,
    grouped(m.meterHoursPerSecond),
  )
}
console.log('')
row('gateways', 'meters', 'start s', 'reads a second (median)', 'slowest', 'fastest', 'wrong')
row('---', '---', '---', '---', '---', '---', '---')
for (const gateways of quick ? [64] : [1, 64, 5_000]) {
  const m = await measure('reads.mjs', gateways)
  row(
    grouped(m.gateways),
    grouped(m.meters),
    m.startSeconds,
    grouped(m.readsPerSecond),
    grouped(m.slowest),
    grouped(m.fastest),
    m.wrong,
  )
}
