import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { until } from '../../domain/testing/until.ts'
import { listeningGateway } from '../../headend/testing/hand-made-field.ts'
import { loadPty, type Pty } from '../../headend/testing/pty.ts'
import { workshopLine } from './testing/workshop-line.ts'
import { workshopMeter } from './testing/workshop-meter.ts'

/** The built program, as `npm test` makes it first. */
const program = fileURLToPath(new URL('../../../bin/xianfu.js', import.meta.url))
const openPty = loadPty()
describe.skipIf(openPty === null)(
  'a person at a terminal (there is no pseudo-terminal for this system: skipped)',
  () => {
    const trip = async (password: string, answer: string) => {
      const meter = workshopMeter('202611010101')
      const field = await listeningGateway(workshopLine(meter))
      const pty = (openPty as () => Pty)()
      const terminal = openSync(pty.path, 'r+')
      onTestFinished(field.close)
      onTestFinished(pty.close)
      const words = ['meter', 'control', 'trip', '--tcp', `127.0.0.1:${String(field.port)}`, '--baud', '19200']
      const { NO_COLOR: _, ...other } = process.env
      const env = { ...other, TERM: 'xterm' }
      const child = spawn(process.execPath, [program, ...words, '--address', meter.address, '--lang', 'en'], {
        stdio: [terminal, terminal, terminal],
        env,
      })
      closeSync(terminal)
      let seen = ''
      pty.far.on('data', (bytes: Uint8Array) => {
        seen += Buffer.from(bytes).toString()
      })
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
      await until('it asks for the password', () => seen.includes('Password of level 2: '))
      pty.far.write(`${password}\r`)
      await until('it asks whether to do it', () => seen.includes('[y/N]'))
      pty.far.write(`${answer}\r`)
      const code = await ended
      await until('all was said', () => /proven|nothing was sent/u.test(seen))
      return { code, seen, controls: field.connections.flatMap((gateway) => gateway.requests('control')) }
    }

    test('is asked for the password, which is not shown, and once more', { timeout: 60_000 }, async () => {
      const { code, seen, controls } = await trip('123456', 'y')
      expect([code, controls.length]).toEqual([0, 1])
      expect(seen).not.toContain('123456')
      expect(seen).toContain('\u001b[32mproven')
    })

    test('who says no has done nothing', { timeout: 60_000 }, async () => {
      const { code, seen, controls } = await trip('123456', 'n')
      expect([code, controls]).toEqual([1, []])
      expect(seen).toContain('you said no')
    })
  },
)
