import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeFrame } from '@xianfu/protocols'
import { read } from '../lab/frames.test-support.ts'
import { main } from './main.ts'
import type { Surface } from './surface.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xianfu-cli-'))
})
afterAll(async () => rm(folder, { recursive: true, force: true }))

/** Runs the command line until it ends by itself, or is stopped. */
const run = (...words: string[]) => {
  const said = { out: '', err: '' }
  let stop = (): void => undefined
  const stopped = new Promise<void>((resolve) => {
    stop = resolve
  })
  let tell = (): void => undefined
  const firstLine = new Promise<void>((resolve) => {
    tell = resolve
  })
  const surface: Surface = {
    out: (text) => {
      said.out += text
      if (said.out.includes('\n')) tell()
    },
    err: (text) => (said.err += text),
    stopped: async () => stopped,
  }
  const code = main(['node', 'xianfu-simulator', ...words], surface)
  return { said, code, stop, firstLine: Promise.race([firstLine, code]) }
}

const ended = async (...words: string[]) => {
  const { code, said } = run(...words)
  return { code: await code, ...said }
}

describe('called wrongly', () => {
  test.each([
    [['--nonsense'], 2, /unknown option/u],
    [['--control-port', '70000'], 2, /must be a port/u],
    [['--headend', 'nowhere'], 2, /must be HOST:PORT/u],
    [['--clock', 'noon'], 2, /VIRTUAL_MS,REAL_MS,RATE/u],
    [['--generate', 'many'], 2, /GATEWAYSxMETERS/u],
    [['--speed', '0'], 2, /above 0/u],
    [['--seed', '-1'], 2, /whole number/u],
    [['look'], 2, /--control/u],
    [['set', '-c', '1', '000000000001', 'nothing'], 1, /is no KEY=VALUE/u],
    [[], 1, /say --village FILE or --generate/u],
    [['--village', '/nowhere/at-all.yaml'], 1, /cannot read the village/u],
    [['--generate', '1x999'], 1, /metersPerGateway/u],
  ])('%j says so', async (words, code, problem) => {
    const { code: actual, out, err } = await ended(...words)
    expect([actual, out]).toEqual([code, ''])
    expect(err).toMatch(problem)
  })

  test('a file with problems names them all', async () => {
    const path = join(folder, 'bad.yaml')
    await writeFile(path, 'name: x\ntimeZone: Mars\n')
    const { code, err } = await ended('--village', path, '--check')
    expect([code, err.includes('timeZone'), err.includes(path)]).toEqual([1, true, true])
  })
})

test('--help tells of every option and command', async () => {
  const { code, out } = await ended('--help')
  expect(code).toBe(0)
  for (const word of [
    '--village',
    '--generate',
    '--headend',
    '--control-port',
    '--speed',
    '--clock',
    '--seed',
    '--state',
    '--check',
    '--with-parent',
    'look',
    'set',
    'press',
    'display',
    'pulses',
    'gateway',
  ])
    expect(out).toContain(word)
})

test('--check counts what there is and starts nothing', async () => {
  const path = join(folder, 'good.yaml')
  await writeFile(
    path,
    'name: small\ntimeZone: Asia/Shanghai\ngenerate: { mode: dialled, gateways: 3, metersPerGateway: 4 }\n',
  )
  expect(await ended('--village', path, '--check')).toEqual({
    code: 0,
    out: 'small: 12 meters, no problems\n',
    err: '',
  })
})

test('a village runs, is looked at and poked from the command line, and stops when told', async () => {
  const village = run('--generate', '2x3', '--control-port', '0', '--seed', '7')
  await village.firstLine
  const ready = JSON.parse(village.said.out) as {
    controlPort: number
    seed: number
    meters: number
    gateways: { id: string; port: number }[]
  }
  expect(ready).toMatchObject({ event: 'ready', seed: 7, meters: 6, gateways: [{ id: 'g1' }, { id: 'g2' }] })
  const control = ['-c', String(ready.controlPort)]

  const socket = connect(ready.gateways[1]?.port ?? 0, '127.0.0.1')
  const bytes = await new Promise<number>((resolve) => {
    socket.once('data', ({ length }) => resolve(length))
    socket.write(encodeFrame(read(0x0001_0000, '000000000004')))
  })
  socket.destroy()
  expect(bytes).toBe(24)

  const set = await ended('set', ...control, '000000000002', 'constantWatts=1500', 'meterCover=open')
  expect([set.code, JSON.parse(set.out)]).toMatchObject([0, { address: '000000000002' }])
  const display = await ended('display', ...control, '000000000002')
  expect(JSON.parse(display.out)).toMatchObject({ items: 12 })
  const pulses = await ended('pulses', ...control, '000000000002')
  expect(JSON.parse(pulses.out)).toMatchObject({ constant: 800, terminal: { output: 'clock-second' } })
  expect((await ended('press', ...control, '000000000002')).code).toBe(0)
  expect((await ended('gateway', ...control, 'g1', 'offline')).code).toBe(0)
  const status = await ended('look', ...control)
  expect(JSON.parse(status.out)).toMatchObject({ meters: 6, gateways: [{ id: 'g1', connected: false }, {}] })
  expect(await ended('look', ...control, '000000000009')).toMatchObject({ code: 1, out: '' })
  const wrong = await ended('set', ...control, '000000000002', 'meterCover=ajar')
  expect([wrong.code, wrong.err.includes('meterCover')]).toEqual([1, true])

  const second = await ended('--generate', '1x1', '--control-port', String(ready.controlPort))
  expect([second.code, second.err.includes('EADDRINUSE')]).toEqual([1, true])

  village.stop()
  expect(await village.code).toBe(0)
})
