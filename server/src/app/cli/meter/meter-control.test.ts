import { encodeValue, identifiers, type Request } from '@xianfu/protocols'
import { expect, onTestFinished, test } from 'vitest'
import {
  listeningGateway,
  statusWith,
  type Answering,
  type HandMadeGateway,
} from '../../../headend/testing/hand-made-field.ts'
import { saidOf, testDesk, type Said } from '../testing/test-desk.ts'
import { workshopLine } from '../testing/workshop-line.ts'
import { workshopMeter } from '../testing/workshop-meter.ts'
import { runMeterControl, type MeterControlOptions } from './meter-control.ts'
import { linkTo } from '../testing/link-to.ts'

const address = '202611010101'

type Heard = Said & Readonly<{ controls: readonly Extract<Request, { kind: 'control' }>[] }>

const control = async (
  answering: Answering,
  change: Partial<MeterControlOptions> = {},
  at = testDesk(),
): Promise<Heard> => {
  const field = await listeningGateway(answering)
  onTestFinished(field.close)
  const said = await saidOf(
    async (desk) =>
      runMeterControl(
        {
          ...linkTo(field.port),
          address,
          action: 'trip',
          credentials: { level: 2, password: '123456', operator: '00000001' },
          yes: true,
          validForMs: 300_000,
          again: false,
          proveWithinMs: 500,
          timeZone: 'Asia/Shanghai',
          ...change,
        },
        desk,
      ),
    at,
  )
  const heard = field.connections.flatMap((gateway: HandMadeGateway) => gateway.requests('control'))
  return { ...said, controls: heard.filter((request) => request.kind === 'control') }
}

const labels = ({ printed }: Said): string[] => printed.map((line) => line.slice(0, 12).trim())

test('a trip: state before, acknowledged, state after, and what is proven', async () => {
  const said = await control(workshopLine(workshopMeter(address)))
  expect([said.code, said.complained]).toEqual([0, []])
  expect(labels(said)).toEqual(['meter 202611', 'clock', 'before', 'acknowledged', 'after', 'proven', 'not proven'])
  expect(said.printed[2]).toMatch(/relay closed/u)
  expect(said.printed[4]).toMatch(/relay open, relay command open/u)
  expect(said.printed[5]).toMatch(/the relay is open, and was told to be \(status word 3 is 0050H\)/u)
})

test.each([
  [0, 0, /^proven .*no current flows: a 0\.000 A, b –, c 0\.000 A$/u],
  [1_500, 0, /^not proven .*current still flows \(a 1\.500 A/u],
])('where the meter measures the current, it agrees or not (%d mA, %d mA)', async (a, c, words) => {
  const data = encodeValue('currentBlock', { a, b: null, c })
  const { code, printed } = await control(
    workshopLine(workshopMeter(address, { memory: { [identifiers.currentBlock.id]: data } })),
  )
  expect([code, printed.at(-1)]).toEqual([0, expect.stringMatching(words)])
})

test("the deadline is told in the meter's own time, however wrong its clock is", async () => {
  const hour = 3_600_000
  const { controls } = await control(workshopLine(workshopMeter(address, { clockOffsetMs: 30 * hour })))
  const { validUntil } = controls[0] ?? {}
  const deadline =
    validUntil === undefined || validUntil === null
      ? 0
      : Date.UTC(
          validUntil.year,
          validUntil.month - 1,
          validUntil.day,
          validUntil.hour - 8,
          validUntil.minute,
          validUntil.second,
        )
  const lateMs = deadline - (Date.now() + 30 * hour)
  expect(lateMs).toBeGreaterThan(240_000)
  expect(lateMs).toBeLessThan(320_000)
})

test('a meter that is as wanted is sent nothing', async () => {
  const said = await control(workshopLine(workshopMeter(address)), { action: 'direct-close' })
  expect([said.code, said.controls]).toEqual([0, []])
  expect(labels(said)).toEqual(['meter 202611', 'clock', 'before', 'not sent', 'proven', 'not proven'])
})

test('unless it is to be sent again', async () => {
  const said = await control(workshopLine(workshopMeter(address)), { action: 'direct-close', again: true })
  expect([said.code, said.controls.length]).toEqual([0, 1])
})

test('a permitted closing proves no relay', async () => {
  const meter = workshopMeter(address)
  meter.status = statusWith({ relay: 'open', relayCommand: 'open' })
  const said = await control(workshopLine(meter), { action: 'permit-close' })
  expect(said.code).toBe(0)
  expect(said.printed.at(-1)).toMatch(/^not proven .*still open and waits for the button/u)
})

test('acknowledged, but the status word does not show it: exit code 1, and what may hold it back', async () => {
  const meter = workshopMeter(address)
  const honest = meter.instead
  meter.instead = (request) =>
    request.kind === 'control' ? { kind: 'control', address, result: new Uint8Array(0) } : honest?.(request)
  const said = await control(workshopLine(meter))
  expect(said.code).toBe(1)
  expect(labels(said).slice(-3)).toEqual(['known', 'not proven', 'advice'])
  expect(said.printed.at(-2)).toMatch(/that it was carried out: .* relay closed, relay command closed$/u)
  expect(said.printed.at(-1)).toMatch(/a trip delay or a large current/u)
})

test('obeyed without an answer: the status word proves it all the same', async () => {
  const meter = workshopMeter(address)
  const honest = meter.instead
  meter.instead = (request) => {
    if (request.kind !== 'control') return honest?.(request)
    meter.status = statusWith({ relay: 'open', relayCommand: 'open' })
    return null
  }
  const said = await control(workshopLine(meter))
  expect([said.code, said.controls.length]).toEqual([0, 1])
  expect(labels(said)).toContain('no answer')
  expect(labels(said)).toContain('proven')
})

test('a wrong password', async () => {
  const said = await control(workshopLine(workshopMeter(address, { password: '000000' })))
  expect(said.code).toBe(1)
  expect(said.printed.at(-1)).toMatch(/--level and the password/u)
})

test('a trip that keep power forbids', async () => {
  const meter = workshopMeter(address)
  meter.status = statusWith({ keepPower: true })
  const honest = meter.instead
  meter.instead = (request) =>
    request.kind === 'control'
      ? { kind: 'error', address, functionCode: 0x1c, errors: { raw: 1, reasons: ['other'] } }
      : honest?.(request)
  const said = await control(workshopLine(meter))
  expect([said.code, said.printed.at(-1)]).toEqual([1, expect.stringMatching(/keep-power-off" lifts it$/u)])
})

test('who says no sends nothing', async () => {
  const at = testDesk({ answers: ['n'] })
  const said = await control(workshopLine(workshopMeter(address)), { yes: false }, at)
  expect([said.code, said.controls]).toEqual([1, []])
  expect(at.asked).toEqual([`Cut the supply behind meter ${address}? [y/N] `])
})

test('who says yes does', async () => {
  const said = await control(workshopLine(workshopMeter(address)), { yes: false }, testDesk({ answers: ['y'] }))
  expect([said.code, said.controls.length]).toEqual([0, 1])
})

test('where nobody can be asked, nothing is done without --yes', async () => {
  const said = await control(workshopLine(workshopMeter(address)), { yes: false })
  expect([said.code, said.controls]).toEqual([2, []])
  expect(said.complained[0]).toMatch(/--yes/u)
})

test('JSON is one object', async () => {
  const { printed } = await control(workshopLine(workshopMeter(address)), { json: true })
  expect(printed.map((line) => JSON.parse(line))).toMatchObject([
    {
      address,
      action: 'trip',
      before: { relay: 'closed' },
      after: { relay: 'open' },
      outcome: 'verified',
      isProven: true,
    },
  ])
})
