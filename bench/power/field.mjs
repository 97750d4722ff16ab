/**
 * One line with many meters: the server as a user starts it (its own PostgreSQL), and the virtual field as a process of
 * its own, which sends real DL/T 645 bytes at the line's speed.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, chmod, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { findRunningPostgres } from '../../server/dist/app/embedded-postgres/running.js'
import { openDatabase } from '../../server/dist/store/database.js'

const program = fileURLToPath(new URL('../../server/bin/xianfu.js', import.meta.url))
const simulator = fileURLToPath(new URL('../../simulator/bin/xianfu-simulator.js', import.meta.url))
const password = 'only-for-this-measurement'
const startWithinMs = 120_000

export const tell = (text) => process.stderr.write(`${text}\n`)

/** Starts a program and waits until its lines have said all of `wanted`: names and patterns with one group. */
const startProgram = async (path, words, env, wanted) => {
  const child = spawn(process.execPath, [path, ...words], { stdio: ['pipe', 'pipe', 'pipe'], env })
  const found = {}
  const said = []
  await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${path} was not ready:\n${said.join('\n')}`)), startWithinMs)
    const onLine = (line) => {
      said.push(line)
      if (said.length > 200) said.shift()
      for (const [name, pattern] of Object.entries(wanted)) found[name] ??= pattern.exec(line)?.[1]
      if (Object.keys(wanted).every((name) => found[name] !== undefined)) {
        clearTimeout(timer)
        resolve()
      }
    }
    createInterface(child.stdout).on('line', onLine)
    createInterface(child.stderr).on('line', onLine)
    child.once('exit', (code) => reject(new Error(`${path} ended with ${String(code)}:\n${said.join('\n')}`)))
  })
  const end = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('close', resolve))
    child.removeAllListeners('exit')
    child.kill('SIGINT')
    await ended
  }
  return { found, said, end }
}

export const addressOf = (index) => String(202_611_000_001 + index)

/** Everything that a site needs; `balance` is what each account begins with. */
const siteOf = ({ lines, metersPerLine, baudRate, opening, agreement = {}, isProtected = () => false }) => {
  const codes = Array.from({ length: lines }, (_, index) => `GW-${String(index + 1)}`)
  return {
    site: {
      name: 'bench',
      timeZone: 'Asia/Shanghai',
      readingIntervalMinutes: 1,
      servicePhone: '10000',
      signature: 'bench',
    },
    pricePlans: [{ name: 'flat', kind: 'flat', price: '1' }],
    gateways: codes.map((code) => ({ code, link: 'dials-in', registration: code, baudRate, parity: 'even' })),
    accounts: Array.from({ length: lines * metersPerLine }, (_, index) => ({
      number: String(30_001 + index),
      customer: { name: `customer ${String(index + 1)}`, phone: '10000000000' },
      protected: isProtected(index),
      meters: [
        {
          gateway: codes[Math.floor(index / metersPerLine)],
          address: addressOf(index),
          place: `P${String(index + 1).padStart(4, '0')}`,
          maximumWatts: 100_000,
        },
      ],
      agreement: {
        pricePlan: 'flat',
        alarm1: '0.02',
        alarm2: '0.01',
        cutOff: '0',
        restore: '1',
        noticeLeadMinutes: 0,
        reconnect: 'direct-close',
        tripFrom: '00:00',
        tripTo: '24:00',
        tripWeekdays: [0, 1, 2, 3, 4, 5, 6],
        ...agreement,
      },
      ...(opening === undefined ? {} : { openingPayment: opening }),
    })),
  }
}

const villageOf = ({ lines, metersPerLine, baudRate, constantWatts = 0 }) => ({
  name: 'bench',
  timeZone: 'Asia/Shanghai',
  gateways: Array.from({ length: lines }, (_, line) => ({
    id: `GW-${String(line + 1)}`,
    mode: 'dials-in',
    registration: `GW-${String(line + 1)}`,
    line: { baudRate, parity: 'even' },
    meters: Array.from({ length: metersPerLine }, (_, index) => ({
      address: addressOf(line * metersPerLine + index),
      name: `meter ${String(line * metersPerLine + index + 1)}`,
      constantWatts,
      memory: { daily: false, settlement: false },
    })),
  })),
})

export const withField = async (options, work) => {
  const folder = await mkdtemp(join(tmpdir(), 'xianfu-bench-power-'))
  await chmod(folder, 0o755)
  const closers = []
  try {
    const data = join(folder, 'data')
    const clock = `${String(options.startAt)},${String(Date.now())},${String(options.rate)}`
    const env = { ...process.env, DATABASE_URL: '', XIANFU_ADMIN_PASSWORD: password }
    tell('starting the server and its database …')
    const server = await startProgram(
      program,
      [
        'start',
        '--data',
        data,
        '--port',
        '0',
        '--mode',
        'field',
        '--gateway-host',
        '127.0.0.1',
        '--gateway-port',
        '0',
      ].concat(['--clock', clock, '--log-level', 'warn']),
      env,
      { url: /is ready:\s+(\S+)/u, gatewayPort: /gateways dial in on +port (\d+)/u },
    )
    closers.push(server.end)
    const connection = await findRunningPostgres(data)
    const database = openDatabase({ connection, onError: (error) => tell(String(error)) })
    closers.push(async () => database.close())
    const enrolmentPath = join(folder, 'site.json')
    await writeFile(enrolmentPath, JSON.stringify(siteOf(options)))
    await runToEnd(['enrol', enrolmentPath, '--data', data], env)
    await options.prepare?.(database)
    const villagePath = join(folder, 'village.json')
    await writeFile(villagePath, JSON.stringify(villageOf(options)))
    tell('starting the virtual field …')
    const village = await startProgram(
      simulator,
      [`--village=${villagePath}`, `--headend=127.0.0.1:${server.found.gatewayPort}`, `--clock=${clock}`].concat([
        '--control-port=0',
        '--with-parent',
      ]),
      env,
      { controlPort: /"controlPort":(\d+)/u },
    )
    closers.push(village.end)
    const field = async (method, path, body) => {
      const answer = await fetch(`http://127.0.0.1:${village.found.controlPort}${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      if (!answer.ok) throw new Error(await answer.text())
      return answer.json()
    }
    return await work({ url: server.found.url, password, database, field, said: server.said })
  } finally {
    for (const close of closers.reverse()) await close().catch((error) => tell(String(error)))
    await rm(folder, { recursive: true, force: true })
  }
}

const runToEnd = async (words, env) => {
  const child = spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'ignore', 'pipe'], env })
  let complaint = ''
  child.stderr.on('data', (bytes) => {
    complaint += String(bytes)
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`xianfu ${words[0]}: ${complaint}`)
}

export const until = async (what, ask, withinMs, everyMs = 25) => {
  const deadline = performance.now() + withinMs
  for (;;) {
    const answer = await ask()
    if (answer !== null && answer !== undefined && answer !== false) return answer
    if (performance.now() > deadline) throw new Error(`${what}: not within ${String(withinMs)} ms`)
    await sleep(everyMs)
  }
}

/** The smallest value that so large a part of all does not exceed. */
export const quantile = (values, part) => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN
}
