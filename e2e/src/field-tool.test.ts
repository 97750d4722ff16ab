import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** The command line of field engineers as a program, against the virtual field as another: real bytes at their real speed. */

const program = fileURLToPath(new URL('../../server/bin/xianfu.js', import.meta.url))
const simulator = fileURLToPath(new URL('../../simulator/bin/xianfu-simulator.js', import.meta.url))

const addresses = ['202611010100', '202611010101', '202611010102'] as const
const [address] = addresses
const password = '271828'

const village = {
  name: 'a line in a cellar',
  timeZone: 'Asia/Shanghai',
  gateways: [
    {
      id: 'GW-1',
      mode: 'dialled',
      line: { baudRate: 19_200 },
      meters: addresses.map((one, index) => ({
        address: one,
        name: `M${String(index)}`,
        password,
        startWh: [0, 0, 5_000, 0],
      })),
    },
  ],
}

let folder = ''
let field: ChildProcess
let line: readonly string[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xianfu-field-'))
  const file = join(folder, 'village.json')
  await writeFile(file, JSON.stringify(village))
  const child = spawn(process.execPath, [simulator, '--village', file, '--with-parent'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  field = child
  const port = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on('line', (text) => {
      const found = /"port":(\d+)/u.exec(text)?.[1]
      if (found !== undefined) resolve(found)
    })
    child.once('exit', (code) => reject(new Error(`the simulator ended with code ${String(code)}`)))
  })
  line = ['--tcp', `127.0.0.1:${port}`, '--baud', '19200', '--lang', 'en']
}, 60_000)

afterAll(async () => {
  const ended = new Promise((resolve) => field.once('close', resolve))
  field.stdin?.end()
  await ended
  await rm(folder, { recursive: true, force: true })
})

type Ran = Readonly<{ code: number | null; out: string; complaint: string }>
type Running = Readonly<{ child: ChildProcess; ended: Promise<Ran>; said(): string }>

/** A pipe in place of a terminal, and an environment that says nothing of colours and languages. */
const start = (words: readonly string[], environment: Record<string, string> = {}, input = ''): Running => {
  const { NO_COLOR: _no, FORCE_COLOR: _force, LC_ALL: _all, LC_MESSAGES: _messages, ...env } = process.env
  const child = spawn(process.execPath, [program, ...words], {
    env: { ...env, LANG: 'C', METER_PASSWORD: password, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let out = ''
  let complaint = ''
  child.stdout.on('data', (piece: Buffer) => {
    out += piece.toString()
  })
  child.stderr.on('data', (piece: Buffer) => {
    complaint += piece.toString()
  })
  child.stdin.end(input)
  const ended = new Promise<Ran>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, out, complaint }))
  })
  return { child, ended, said: () => out }
}

const run = async (...given: Parameters<typeof start>): Promise<Ran> => start(...given).ended

const until = async (holds: () => boolean): Promise<void> => {
  const deadline = Date.now() + 20_000
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('it did not come to be')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe('on a line of three meters', () => {
  test('scan tells them apart though their answers collide', { timeout: 60_000 }, async () => {
    const { code, out } = await run(['meter', 'scan', ...line, '--json', '--most-questions', '5'])
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      meters: addresses.map((one) => ({ address: one, isConfirmed: true, energy: '5.00 kWh' })),
      because: 'too-many-questions',
    })
  })

  test('read asks several, one after the other', { timeout: 60_000 }, async () => {
    const { code, out, complaint } = await run(['meter', 'read', ...line, '--address', addresses.join(','), 'energy'])
    expect([code, complaint]).toEqual([0, ''])
    expect(out.trim().split('\n')).toEqual(addresses.flatMap((one) => [`meter ${one}`, 'energy       5.00 kWh']))
  })

  test('the full picture of one', { timeout: 60_000 }, async () => {
    const { code, out } = await run([
      'meter',
      'read',
      ...line,
      '--address',
      address,
      '--all',
      '--time-zone',
      'Asia/Shanghai',
    ])
    expect(code).toBe(0)
    expect(out).toMatch(/forward active energy block +total 5\.00 kWh, rate 1 0\.00 kWh/u)
    expect(out).toMatch(/voltage block +a 2\d\d\.\d V/u)
    expect(out).toMatch(/bit {2}4 = 0 {2}relay open/u)
    expect(out).toMatch(/, as this machine's/u)
  })

  test('control trips and closes; the exit code is the proof', { timeout: 60_000 }, async () => {
    const order = (action: string) =>
      run(['meter', 'control', action, ...line, '--address', address, '--password-env', 'METER_PASSWORD', '--yes'])
    const trip = await order('trip')
    expect(trip.code).toBe(0)
    expect(trip.out).toMatch(/^proven +the relay is open, and was told to be \(status word 3 is 0050H\)$/mu)
    expect(trip.out).not.toContain(password)
    expect((await order('direct-close')).code).toBe(0)
    const { out } = await run(['meter', 'read', ...line, '--address', address, 'status'])
    expect(out).toMatch(/relay closed, relay command closed/u)
  })

  test('a wrong password: exit code 1, and nothing happened', { timeout: 60_000 }, async () => {
    const words = ['meter', 'control', 'trip', ...line, '--address', addresses[1], '--password', '000000', '--yes']
    expect((await run(words)).code).toBe(1)
    expect((await run(['meter', 'read', ...line, '--address', addresses[1], 'status'])).out).toMatch(/relay closed/u)
  })

  test('write is read back', { timeout: 60_000 }, async () => {
    const words = ['--address', address, '--password-env', 'METER_PASSWORD', '--yes']
    const { code, out } = await run(['meter', 'write', 'moneyAlarm1', '35.50', ...line, ...words])
    expect(code).toBe(0)
    expect(out).toMatch(/^after +35\.50 CNY\nproven /mu)
  })

  test('without a terminal nothing is done unasked', { timeout: 60_000 }, async () => {
    const words = ['meter', 'control', 'trip', ...line, '--address', address, '--password-env', 'METER_PASSWORD']
    const { code, complaint } = await run(words)
    expect([code, complaint]).toEqual([2, expect.stringMatching(/--yes/u)])
  })

  test('reading every second ends with Ctrl-C, well', { timeout: 60_000 }, async () => {
    const reading = start(['meter', 'read', ...line, '--address', address, 'energy', '--every', '1'])
    await until(() => reading.said().split('energy').length > 2)
    reading.child.kill('SIGINT')
    expect(await reading.ended).toMatchObject({ code: process.platform === 'win32' ? null : 0, complaint: '' })
  })

  test('listening to a quiet line ends with Ctrl-C, and says what it heard', { timeout: 60_000 }, async () => {
    const listening = start(['meter', 'sniff', ...line])
    let heard = ''
    listening.child.stderr?.on('data', (piece: Buffer) => {
      heard += piece.toString()
    })
    await until(() => heard.includes('Listening'))
    listening.child.kill('SIGINT')
    const { code, out } = await listening.ended
    expect([code, out]).toEqual([1, expect.stringMatching(/^0 frames/u)])
  })
})

describe('frame', () => {
  const frame = '68 61 01 00 00 00 00 68 91 08 33 33 34 33 59 33 33 33 8A 16'
  const escape = '\u001b['

  test('in a pipe there is no colour, and the machine’s language is spoken', { timeout: 60_000 }, async () => {
    const english = await run(['frame', frame])
    expect([english.code, english.out.includes(escape)]).toEqual([0, false])
    expect(english.out).toMatch(/^DL\/T 645-2007 reply, 20 bytes, intact\n/u)
    expect((await run(['frame'], { LANG: 'zh_CN.UTF-8' }, frame)).out).toMatch(/^DL\/T 645-2007 应答, 20 字节, 正确\n/u)
  })

  test('FORCE_COLOR colours, NO_COLOR wins', { timeout: 60_000 }, async () => {
    expect((await run(['frame', frame], { FORCE_COLOR: '1' })).out).toContain(escape)
    expect((await run(['frame', frame], { FORCE_COLOR: '1', NO_COLOR: '1' })).out).not.toContain(escape)
  })

  test('who reads only the beginning gets no complaint', { timeout: 60_000 }, async () => {
    const running = start(['frame'], {}, `${frame}\n`.repeat(2_000))
    running.child.stdout?.once('data', () => running.child.stdout?.destroy())
    expect((await running.ended).complaint).toBe('')
  })
})
