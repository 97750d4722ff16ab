import { toHex, type ModbusReply } from '@xianfu/protocols'
import { expect, onTestFinished, test } from 'vitest'
import type { Wiring } from '../domain/wiring.ts'
import type { ControlStep } from './headend.ts'
import { acrelDdsy1352Model, acrelDtsy1352Model } from './model/acrel.ts'
import { genericModel } from './model/generic.ts'
import { controlRequest } from './testing/bench.ts'
import { handMadeAcrel, setRegister, type HandMadeModbusMeter } from './testing/hand-made-modbus.ts'
import { createRtuBench } from './testing/modbus-bench.ts'

const benchWith = async (change: Partial<HandMadeModbusMeter> = {}, wiring: Wiring = 'in-line') => {
  const meter = Object.assign(handMadeAcrel(9, acrelDtsy1352Model), change)
  const made = await createRtuBench([meter], { wiring, limits: { gatewayLatencyMs: 100 } })
  onTestFinished(async () => made.close())
  return { ...made, meter }
}

const writes = (meter: HandMadeModbusMeter): string[] =>
  meter.requests.flatMap((request) => (request.kind === 'write-multiple' ? [toHex(request.data)] : []))

const kinds = (steps: readonly ControlStep[]): string[] => steps.map(({ kind }) => kind)

const openWrite = '00 01 00 01'
const closeWrite = '00 01 00 00'

test('verified: acknowledged, and the relay status shows all poles open', async () => {
  const { headend, meter } = await benchWith()
  const { request, steps } = controlRequest({ action: 'trip' })
  expect(await headend.control(1, request)).toMatchObject({
    kind: 'verified',
    already: false,
    status: { relay: 'open', relayCommand: 'open' },
  })
  expect(kinds(steps)).toEqual(['acknowledged', 'state-read'])
  expect(steps.map(({ exchange }) => exchange.meaning)).toEqual(['control trip', 'read 0224H × 1'])
  expect(writes(meter)).toEqual([openWrite])
  expect(await headend.control(1, controlRequest({ action: 'direct-close' }).request)).toMatchObject({
    kind: 'verified',
    status: { relay: 'closed', relayCommand: 'closed' },
  })
  expect(writes(meter)).toEqual([openWrite, closeWrite])
})

test('released: the force is lifted, and that is what proves it', async () => {
  const { headend, meter } = await benchWith()
  setRegister(meter, 'relayStatus', 0xe00f)
  expect(await headend.control(1, controlRequest({ action: 'release' }).request)).toMatchObject({ kind: 'verified' })
  expect(writes(meter)).toEqual(['00 00 00 00'])
  expect(meter.words.get(0x0224)).toBe(0xe000)
})

test('with a shunt trip the relay closes to stop supply, and the status still speaks of supply', async () => {
  const { headend, meter } = await benchWith({}, 'shunt-trip')
  setRegister(meter, 'relayStatus', 0x0000)
  expect(await headend.control(1, controlRequest({ action: 'trip' }).request)).toMatchObject({
    kind: 'verified',
    status: { relay: 'open', relayCommand: 'open' },
  })
  expect(writes(meter)).toEqual([closeWrite])
  expect((await headend.read(1, ['statusWord3'], { priority: 'person' })).values.statusWord3).toMatchObject({
    relay: 'open',
  })
  expect(await headend.control(1, controlRequest({ action: 'direct-close' }).request)).toMatchObject({
    kind: 'verified',
    status: { relay: 'closed', relayCommand: 'closed' },
  })
})

test('already: the meter is as wanted, so nothing is sent and nobody is asked', async () => {
  const { headend, meter } = await benchWith()
  setRegister(meter, 'relayStatus', 0x0008)
  let asked = false
  const confirm = async () => {
    asked = true
    return { go: true } as const
  }
  const { request } = controlRequest({ action: 'trip', readStateFirst: true, confirm })
  expect(await headend.control(1, request)).toMatchObject({ kind: 'verified', already: true })
  expect([asked, writes(meter)]).toEqual([false, []])
})

test('open by its own rules is not tripped: the force is still sent', async () => {
  const { headend, meter } = await benchWith()
  setRegister(meter, 'relayStatus', 0x0020)
  const { request } = controlRequest({ action: 'trip', readStateFirst: true })
  expect(await headend.control(1, request)).toMatchObject({ kind: 'verified', already: false })
  expect(writes(meter)).toEqual([openWrite])
})

test('withdrawn: no byte leaves', async () => {
  const { headend, meter } = await benchWith()
  const { request } = controlRequest({ action: 'trip', confirm: async () => ({ go: false, reason: 'it was paid' }) })
  expect(await headend.control(1, request)).toEqual({ kind: 'withdrawn', reason: 'it was paid' })
  expect(meter.requests).toEqual([])
})

const exception = (exceptionCode: number): ModbusReply => ({ kind: 'exception', functionCode: 0x10, exceptionCode })

test('refused: the exception is told', async () => {
  const { headend } = await benchWith({ instead: () => exception(3) })
  const { request, steps } = controlRequest({ action: 'trip' })
  expect(await headend.control(1, request)).toEqual({
    kind: 'refused',
    errors: { raw: 3, reasons: ['other'] },
    detail: 'illegal-value (exception 3)',
  })
  // Why, the word that tells where the relay is might say: it was asked.
  expect(kinds(steps)).toEqual(['exchange', 'exchange'])
})

test('busy is not refused: it may be tried again', async () => {
  const { headend } = await benchWith({ instead: () => exception(6) })
  expect(await headend.control(1, controlRequest({ action: 'trip' }).request)).toMatchObject({
    kind: 'unanswered',
    detail: 'device-busy (exception 6)',
  })
})

test('unanswered: sent once, never again inside one call', async () => {
  const { headend, meter } = await benchWith({
    instead: (request) => (request.kind === 'write-multiple' ? null : undefined),
  })
  expect(await headend.control(1, controlRequest({ action: 'trip' }).request)).toMatchObject({ kind: 'unanswered' })
  expect(writes(meter)).toEqual([openWrite])
})

test('unverified: acknowledged, but the relay is stuck', async () => {
  const { headend } = await benchWith({ isStuck: true })
  const { request, steps } = controlRequest({ action: 'trip' })
  expect(await headend.control(1, request)).toMatchObject({
    kind: 'unverified',
    status: { relay: 'closed', relayCommand: 'closed' },
    detail: 'the relay status says contacts closed, nothing forced',
  })
  expect(kinds(steps)).toEqual(['acknowledged', ...Array.from({ length: 5 }, () => 'state-read')])
})

test('a late look from before the order proves nothing', async () => {
  const meter = handMadeAcrel(9, acrelDtsy1352Model)
  // Asked while the relay was open, answered after it has closed and stuck.
  setRegister(meter, 'relayStatus', 0x0008)
  let answers = 0
  const made = await createRtuBench([meter], {
    limits: { gatewayLatencyMs: 50, guardMs: 10, proofAtMs: [0], readAttempts: { scheduled: 1, person: 1, state: 1 } },
    sending: (bytes) => {
      answers += 1
      if (answers === 1) return [{ pauseMs: 850 }, bytes]
      return answers === 2 ? [bytes] : [{ pauseMs: 300 }, bytes]
    },
  })
  onTestFinished(async () => made.close())
  const { headend } = made
  expect(await headend.read(1, ['statusWord3'], { priority: 'scheduled' })).toMatchObject({ code: 'no-answer' })
  setRegister(meter, 'relayStatus', 0xe00f)
  meter.isStuck = true
  expect(await headend.control(1, controlRequest({ action: 'trip' }).request)).toMatchObject({
    kind: 'unverified',
    status: { relay: 'closed' },
  })
})

test('unverified: one pole stays closed, and nobody is taken for cut off', async () => {
  const { headend, meter } = await benchWith({ isStuck: true })
  setRegister(meter, 'relayStatus', 0x2008)
  expect(await headend.control(1, controlRequest({ action: 'trip' }).request)).toMatchObject({
    kind: 'unverified',
    status: { relay: 'closed', relayCommand: 'open' },
    detail: 'the relay status says contacts mixed, forced open',
  })
})

test('not sent: a repetition whose meter does not tell its state', async () => {
  const { headend, meter } = await benchWith({ instead: () => null })
  const { request } = controlRequest({ action: 'trip', readStateFirst: true })
  expect(await headend.control(1, request)).toMatchObject({ kind: 'not-sent', code: 'no-answer' })
  expect(writes(meter)).toEqual([])
})

test.each(['permit-close', 'alarm-on', 'alarm-off', 'keep-power-on', 'keep-power-off'] as const)(
  '%s cannot be said to this model, and nothing is sent in its place',
  async (action) => {
    const { headend, meter } = await benchWith()
    expect(await headend.control(1, controlRequest({ action }).request)).toMatchObject({ kind: 'refused' })
    expect(meter.requests).toEqual([])
  },
)

test('a model that forces nothing has nothing to release', async () => {
  const meter = handMadeAcrel(3, acrelDdsy1352Model)
  const made = await createRtuBench([{ ...meter, model: genericModel }])
  onTestFinished(async () => made.close())
  expect(await made.headend.control(1, controlRequest({ action: 'release' }).request)).toMatchObject({
    kind: 'refused',
    detail: 'the model generic forces nothing, so there is nothing to release',
  })
})
