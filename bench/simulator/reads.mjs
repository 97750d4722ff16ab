#!/usr/bin/env node
// How many reads one simulator process answers over loopback: gateways without line timing, one read outstanding on
// each, as a head-end does it. The reader is another process than the simulator. Prints one JSON line.
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createFrameReader, encodeFrame, encodeRequest } from '@xianfu/protocols'

const program = fileURLToPath(new URL('../../simulator/bin/xianfu-simulator.js', import.meta.url))
const gateways = Number(process.argv[2] ?? 64)
const metersPerGateway = 200
const roundMs = 2_000
const rounds = 5
const forwardActiveBlock = 0x0001_ff00

const folder = await mkdtemp(join(tmpdir(), 'xianfu-bench-'))
const file = join(folder, 'village.yaml')
await writeFile(
  file,
  JSON.stringify({
    name: 'bench',
    timeZone: 'Asia/Shanghai',
    generate: { mode: 'dialled', gateways, metersPerGateway, line: { timing: 'none' } },
  }),
)
const startedMs = performance.now()
const simulator = spawn(process.execPath, [program, `--village=${file}`, '--with-parent'], {
  stdio: ['pipe', 'pipe', 'ignore'],
})
const lines = createInterface(simulator.stdout)
const ready = await new Promise((resolve) => lines.once('line', (line) => resolve(JSON.parse(line))))
const startSeconds = (performance.now() - startedMs) / 1000

let answered = 0
let wrong = 0
const sockets = ready.gateways.map(({ port }, gateway) => {
  const socket = createConnection({ port, host: '127.0.0.1', noDelay: true })
  const reader = createFrameReader()
  let next = 0
  const ask = () => {
    const number = gateway * metersPerGateway + (next % metersPerGateway) + 1
    next += 1
    const address = String(number).padStart(12, '0')
    socket.expected = address
    socket.write(encodeFrame(encodeRequest({ kind: 'read', address, identifier: forwardActiveBlock })))
  }
  socket.on('connect', ask)
  socket.on('data', (bytes) => {
    for (const frame of reader.push(bytes)) {
      if (frame.control === 0x91 && frame.address === socket.expected) answered += 1
      else wrong += 1
      ask()
    }
  })
  return socket
})

await new Promise((resolve) => setTimeout(resolve, 500))
const figures = []
for (let round = 0; round < rounds; round += 1) {
  const before = answered
  const fromMs = performance.now()
  await new Promise((resolve) => setTimeout(resolve, roundMs))
  figures.push(((answered - before) * 1000) / (performance.now() - fromMs))
}
for (const socket of sockets) socket.destroy()
simulator.stdin.end()
await new Promise((resolve) => simulator.once('close', resolve))
await rm(folder, { recursive: true, force: true })
figures.sort((a, b) => a - b)
process.stdout.write(
  `${JSON.stringify({
    gateways,
    meters: gateways * metersPerGateway,
    readsPerSecond: Math.round(figures[Math.floor(rounds / 2)]),
    slowest: Math.round(figures[0]),
    fastest: Math.round(figures.at(-1)),
    wrong,
    startSeconds: Number(startSeconds.toFixed(2)),
  })}\n`,
)
