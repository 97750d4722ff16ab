import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { createFrameReader, decodeRequest, encodeFrame, encodeReply } from '@xianfu/protocols'
import { afterEach, describe, expect, test } from 'vitest'
import type { LineConfig } from '../headend.ts'
import { acrelDdsy1352Model } from '../model/acrel.ts'
import { createBench, type Bench, type BenchOptions } from '../testing/bench.ts'
import { until } from '../../domain/testing/until.ts'
import { handMadeMeter, honestReply } from '../testing/hand-made-field.ts'
import { handMadeAcrel, serveModbus } from '../testing/hand-made-modbus.ts'
import { protocolOf } from '../testing/modbus-bench.ts'
import { loadPty, type Pty } from '../testing/pty.ts'
import { serialPortOptions } from './serial-transport.ts'

test.each<[string, LineConfig]>([
  ['RS-485, DL/T 645', { baudRate: 2_400, parity: 'even' }],
  ['RS-485, Modbus', { baudRate: 9_600, parity: 'none' }],
  ['infrared head, 1200 8E1', { baudRate: 1_200, parity: 'even' }],
  ['odd parity', { baudRate: 4_800, parity: 'odd' }],
])('%s: rate and parity reach the port, with 8 data bits and 1 stop bit', (_, line) => {
  expect(serialPortOptions('/dev/ttyUSB0', line)).toEqual({
    path: '/dev/ttyUSB0',
    ...line,
    dataBits: 8,
    stopBits: 1,
    autoOpen: false,
  })
})

const openPty = loadPty()

describe.skipIf(openPty === null)('over a pseudo-terminal (there is none for this system: skipped)', () => {
  const benches: Bench[] = []
  const ptys: Pty[] = []

  afterEach(async () => {
    for (const made of benches.splice(0)) await made.close()
    for (const pty of ptys.splice(0)) pty.close()
  })

  const benchOn = async (
    meters: NonNullable<BenchOptions['meters']>,
    line: LineConfig = { baudRate: 9_600, parity: 'even' },
  ) => {
    const pty = (openPty as () => Pty)()
    ptys.push(pty)
    const bench = await createBench({ meters, links: [{ kind: 'serial', path: pty.path }], line })
    benches.push(bench)
    await until('the port is open', bench.isOnline)
    return { ...bench, pty }
  }

  test('a DL/T 645 meter on a serial port is read', async () => {
    const meter = handMadeMeter('202611010101')
    const { headend, pty } = await benchOn([meter])
    const reader = createFrameReader()
    pty.far.on('data', (bytes) => {
      for (const frame of reader.push(bytes)) {
        const request = decodeRequest(frame)
        const reply = request.ok ? honestReply(meter, request.value) : null
        if (reply !== null) pty.far.write(encodeFrame(encodeReply(reply)))
      }
    })
    expect(await headend.read(1, ['forwardActiveEnergyTotal'], { priority: 'person' })).toMatchObject({
      ok: true,
      values: { forwardActiveEnergyTotal: 12_340 },
    })
  })

  test('a Modbus meter on a serial port is read, whatever bytes its answer has', async () => {
    // Line ends, end of file and flow control are data on a serial line.
    const energyTotal = 0x0d0a0411 * 10
    const meter = handMadeAcrel(0x11, acrelDdsy1352Model, { energyTotal, voltageA: 0x1303 * 100 })
    const { headend, pty } = await benchOn([{ address: '000000000017', protocol: protocolOf(meter) }])
    serveModbus(pty.far, 'rtu', [meter])
    expect(await headend.read(1, ['forwardActiveEnergyTotal', 'voltageA'], { priority: 'person' })).toMatchObject({
      ok: true,
      values: { forwardActiveEnergyTotal: energyTotal, voltageA: 0x1303 * 100 },
    })
  })

  test.runIf(process.platform === 'linux')('the rate is set on the port itself', async () => {
    const { pty } = await benchOn([], { baudRate: 1_200, parity: 'even' })
    // A pseudo-terminal keeps the rate and forgets the parity, which has no meaning on it.
    const { stdout } = await promisify(execFile)('stty', ['-F', pty.path, '-a'])
    expect(stdout).toContain('speed 1200 baud')
    expect(stdout).toContain('cs8 ')
    expect(stdout).toContain('-cstopb')
    expect(stdout).toContain('-icanon')
  })

  test('a port that is not there is said so, and tried again', async () => {
    const bench = await createBench({ links: [{ kind: 'serial', path: '/dev/there-is-no-such-port' }] })
    benches.push(bench)
    await until('it was tried twice', () => bench.events.filter(({ kind }) => kind === 'dial-failed').length >= 2)
    expect(bench.events.find(({ kind }) => kind === 'dial-failed')).toMatchObject({
      reason:
        'There is no serial port /dev/there-is-no-such-port. Check that the adapter is plugged in and that the name is right.',
    })
  })
})
