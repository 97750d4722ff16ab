import { createFrameReader, decodeRequest } from '@xianfu/protocols'
import { afterEach, describe, expect, test } from 'vitest'
import type { Answering } from '../../../headend/testing/hand-made-field.ts'
import { loadPty, type Pty } from '../../../headend/testing/pty.ts'
import { runSniff } from '../sniff/meter-sniff.ts'
import { saidOf, testDesk } from '../testing/test-desk.ts'
import { workshopLine } from '../testing/workshop-line.ts'
import { workshopMeter } from '../testing/workshop-meter.ts'
import { runMeterControl } from './meter-control.ts'
import { runMeterRead } from './meter-read.ts'
import { runMeterScan } from './meter-scan.ts'
import { linkTo } from '../testing/link-to.ts'

const openPty = loadPty()

/** The port of an adapter, and a line of meters on the other side of it. */
describe.skipIf(openPty === null)(
  'over a serial port (a pseudo-terminal; there is none for this system: skipped)',
  () => {
    const ptys: Pty[] = []

    afterEach(() => {
      for (const pty of ptys.splice(0)) pty.close()
    })

    const portOf = (answering: Answering, echoes = false): string => {
      const pty = (openPty as () => Pty)()
      ptys.push(pty)
      const reader = createFrameReader()
      pty.far.on('data', (bytes: Uint8Array) => {
        if (echoes) pty.far.write(bytes)
        for (const frame of reader.push(bytes)) {
          const request = decodeRequest(frame)
          if (!request.ok) continue
          for (const packet of answering(request.value)) if (!('pauseMs' in packet)) pty.far.write(packet)
        }
      })
      return pty.path
    }

    const address = '202611010101'
    const lineTo = (path: string) => ({ ...linkTo(0), link: { kind: 'serial', path } as const })
    const read = {
      addresses: [],
      modbus: null,
      items: ['energy'],
      all: false,
      profile: 'standard',
      timeZone: 'Asia/Shanghai',
      everyMs: null,
      times: null,
    } as const

    test.each([false, true])(
      'the one meter is asked who it is, and read (adapter hears itself: %s)',
      async (echoes) => {
        const path = portOf(workshopLine(workshopMeter(address)), echoes)
        const said = await saidOf(async (desk) => runMeterRead({ ...lineTo(path), ...read }, desk))
        expect(said).toEqual({ code: 0, complained: [], printed: [`meter ${address}`, 'energy       12.34 kWh'] })
      },
    )

    test('it is tripped, and its status word shows it', async () => {
      const path = portOf(workshopLine(workshopMeter(address)))
      const said = await saidOf(async (desk) =>
        runMeterControl(
          {
            ...lineTo(path),
            address: null,
            action: 'trip',
            credentials: { level: 2, password: '123456', operator: '00000001' },
            yes: true,
            validForMs: 300_000,
            again: false,
            proveWithinMs: 500,
            timeZone: 'Asia/Shanghai',
          },
          desk,
        ),
      )
      expect(said.code).toBe(0)
    })

    test('it is found at each rate that is tried, though the adapter hears itself', async () => {
      const path = portOf(workshopLine(workshopMeter(address)), true)
      const { link, waitMs } = lineTo(path)
      const said = await saidOf(async (desk) =>
        runMeterScan(
          {
            link,
            waitMs,
            parity: 'even',
            baudRates: [9_600, 19_200],
            suffix: '',
            deep: false,
            mostQuestions: 10,
            trace: false,
            json: false,
          },
          desk,
        ),
      )
      expect(said.code).toBe(0)
      expect(said.printed).toEqual([
        expect.stringMatching(/^202611010101 {2}9600 bit\/s {2}12\.34 kWh/u),
        '1 meter at 9600 bit/s, 1 question',
        expect.stringMatching(/^202611010101 {2}19200 bit\/s {2}12\.34 kWh/u),
        '1 meter at 19200 bit/s, 1 question',
      ])
    })

    test('what others say on the wires is heard', async () => {
      const path = portOf(() => [])
      const at = testDesk()
      const said = saidOf(
        async (desk) =>
          runSniff(
            {
              source: { kind: 'line', ...lineTo(path) },
              profile: 'standard',
              json: false,
              full: false,
              bytes: false,
              forMs: 20_000,
              save: null,
            },
            {
              ...desk,
              complain: (words) => {
                desk.complain(words)
                // It listens now: somebody else asks, and is answered.
                const [pty] = ptys
                pty?.far.write(Buffer.from('68610100000000681104333334331416', 'hex'))
                pty?.far.write(Buffer.from('6861010000000068910833333433593333338A16', 'hex'))
              },
              print: (words) => {
                desk.print(words)
                if (words.includes('0.26 kWh')) at.interrupt()
              },
            },
          ),
        at,
      )
      expect((await said).printed.at(-1)).toMatch(/^2 frames: 1 requests, 1 answered/u)
    })
  },
)
