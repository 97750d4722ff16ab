import { encodeValue, identifiers, type Reply, type Request } from '@xianfu/protocols'
import { expect, onTestFinished, test } from 'vitest'
import { controlRequest, createOnlineBench } from './testing/bench.ts'
import { localTime } from '../domain/calendar.ts'
import { until } from '../domain/testing/until.ts'
import { answeringFor, handMadeMeter, statusWith, testClock, type HandMadeMeter } from './testing/hand-made-field.ts'

const address = '202611010101'

const benchWith = async (change: Partial<HandMadeMeter> = {}) => {
  const meter = handMadeMeter(address, change)
  const made = await createOnlineBench({ meters: [meter], limits: { gatewayLatencyMs: 100 } })
  onTestFinished(async () => made.close())
  return { ...made, meter }
}

const open = statusWith({ relay: 'open', relayCommand: 'open' })

/** Replies to the control command in place of the honest meter. */
const insteadOfControl = (reply: Reply | null) => ({
  instead: (request: Request) => (request.kind === 'control' ? reply : undefined),
})

const acknowledged: Reply = { kind: 'control', address, result: new Uint8Array(0) }

test('verified: acknowledged, and the status word shows it', async () => {
  const { headend, gateway } = await benchWith()
  const { request, steps } = controlRequest({ action: 'trip' })
  expect(await headend.control(1, request)).toMatchObject({
    kind: 'verified',
    already: false,
    status: { relay: 'open', relayCommand: 'open' },
  })
  expect(steps.map(({ kind }) => kind)).toEqual(['acknowledged', 'state-read'])
  // Noon in Shanghai when the clock of the test starts, and one minute of validity.
  expect(gateway.requests('control')).toMatchObject([
    { action: 'trip', validUntil: { year: 2026, month: 1, day: 15, hour: 12 } },
  ])
})

test('already: the meter is as wanted, so nothing is sent and nobody is asked', async () => {
  const { headend, gateway } = await benchWith({ status: open })
  let asked = false
  const { request, steps } = controlRequest({
    action: 'trip',
    readStateFirst: true,
    confirm: async () => {
      asked = true
      return { go: true }
    },
  })
  expect(await headend.control(1, request)).toMatchObject({ kind: 'verified', already: true })
  expect([asked, steps.map(({ kind }) => kind), gateway.requests('control')]).toEqual([false, ['state-read'], []])
})

test('a repetition whose meter is not as wanted is sent after the look', async () => {
  const { headend } = await benchWith()
  const { request, steps } = controlRequest({ action: 'trip', readStateFirst: true })
  expect(await headend.control(1, request)).toMatchObject({ kind: 'verified', already: false })
  expect(steps.map(({ kind }) => kind)).toEqual(['state-read', 'acknowledged', 'state-read'])
})

test('withdrawn: no byte leaves', async () => {
  const { headend, gateway } = await benchWith()
  const { request } = controlRequest({ action: 'trip', confirm: async () => ({ go: false, reason: 'it was paid' }) })
  expect(await headend.control(1, request)).toEqual({ kind: 'withdrawn', reason: 'it was paid' })
  expect(gateway.heard).toEqual([])
})

test('refused: the meter says why', async () => {
  const errors = { raw: 4, reasons: ['wrong-password'] as const }
  const { headend } = await benchWith(insteadOfControl({ kind: 'error', address, functionCode: 0x1c, errors }))
  const { request, steps } = controlRequest({ action: 'trip' })
  expect(await headend.control(1, request)).toEqual({ kind: 'refused', errors, status: statusWith({}) })
  // The status word is asked why; a wrong password needs no look at the clock.
  expect(steps.map(({ kind }) => kind)).toEqual(['exchange', 'state-read'])
})

test('refused: a newer meter says so in two bytes of its acknowledgement', async () => {
  const result = Uint8Array.of(0x20, 0x80)
  const { headend } = await benchWith(insteadOfControl({ kind: 'control', address, result }))
  expect(await headend.control(1, controlRequest({ action: 'trip' }).request)).toMatchObject({
    kind: 'refused',
    errors: { raw: 0x8020 },
  })
})

test('unanswered: sent once, never again inside one call', async () => {
  const { headend, gateway } = await benchWith(insteadOfControl(null))
  const { request, steps } = controlRequest({ action: 'direct-close' })
  expect(await headend.control(1, request)).toMatchObject({ kind: 'unanswered' })
  expect(gateway.requests('control')).toHaveLength(1)
  expect(steps).toMatchObject([{ kind: 'exchange', exchange: { response: null, meaning: 'control direct-close' } }])
})

test('not sent: a repetition whose meter does not tell its state', async () => {
  const { headend, gateway } = await benchWith({ instead: () => null })
  const { request } = controlRequest({ action: 'trip', readStateFirst: true })
  expect(await headend.control(1, request)).toMatchObject({ kind: 'not-sent', code: 'no-answer' })
  expect([gateway.requests('control').length, gateway.requests('read').length]).toEqual([0, 2])
})

test('unverified: acknowledged, but the relay is stuck', async () => {
  const { headend, gateway } = await benchWith(insteadOfControl(acknowledged))
  expect(await headend.control(1, controlRequest({ action: 'trip' }).request)).toMatchObject({
    kind: 'unverified',
    status: { relay: 'closed' },
  })
  expect([gateway.requests('control').length, gateway.requests('read').length]).toEqual([1, 5])
})

test('unverified: acknowledged, and then the gateway is gone', async () => {
  const { headend, gateway, meter } = await benchWith()
  meter.instead = (request) => {
    if (request.kind === 'read') gateway.hangUp()
    return request.kind === 'read' ? null : undefined
  }
  expect(await headend.control(1, controlRequest({ action: 'trip' }).request)).toMatchObject({
    kind: 'unverified',
    status: null,
  })
})

test('a relay that takes its time is looked at again', async () => {
  const { headend, meter, gateway } = await benchWith(insteadOfControl(acknowledged))
  const control = headend.control(1, controlRequest({ action: 'trip' }).request)
  await until('the status word was read twice', () => gateway.requests('read').length >= 2)
  meter.status = open
  expect(await control).toMatchObject({ kind: 'verified', already: false })
})

test('permit-close is proven by the command bit: the relay may wait for the button', async () => {
  const { headend } = await benchWith({ status: open })
  expect(await headend.control(1, controlRequest({ action: 'permit-close' }).request)).toMatchObject({
    kind: 'verified',
    status: { relay: 'open', relayCommand: 'closed' },
  })
})

test.each(['alarm-on', 'alarm-off', 'keep-power-on', 'keep-power-off'] as const)(
  '%s is proven by its own bit',
  async (action) => {
    const status = statusWith({ keepPower: action === 'keep-power-off', preTripAlarm: action === 'alarm-off' })
    const { headend } = await benchWith({ status })
    expect(await headend.control(1, controlRequest({ action }).request)).toMatchObject({
      kind: 'verified',
      already: false,
      status: { keepPower: action === 'keep-power-on', preTripAlarm: action === 'alarm-on' },
    })
  },
)

test('a command that is given up before its turn is not sent', async () => {
  const { headend } = await benchWith()
  const { request } = controlRequest({ action: 'trip', signal: AbortSignal.abort() })
  expect(await headend.control(1, request)).toMatchObject({ kind: 'not-sent', code: 'cancelled' })
})

test('a headend that stops in the middle says that the answer is not known', async () => {
  const { headend, gateway } = await benchWith(insteadOfControl(null))
  const control = headend.control(1, controlRequest({ action: 'trip' }).request)
  await until('the command is on the wire', () => gateway.requests('control').length === 1)
  await headend.stop()
  expect(await control).toMatchObject({ kind: 'unanswered' })
})

test('a late look from before the order proves nothing', async () => {
  const meter = handMadeMeter(address, { status: open })
  const limits = {
    gatewayLatencyMs: 50,
    guardMs: 10,
    proofAtMs: [0],
    readAttempts: { scheduled: 1, person: 1, state: 1 },
  }
  const made = await createOnlineBench({ meters: [meter], limits })
  onTestFinished(async () => made.close())
  const { headend, gateway } = made
  const honest = answeringFor(meter)
  let looks = 0
  gateway.answerWith((request) => {
    if (request.kind !== 'read') return honest(request)
    looks += 1
    // The first look is asked while the relay was open, and answered after the order.
    return honest(request).flatMap((packet) => [{ pauseMs: looks === 1 ? 850 : 300 }, packet])
  })
  expect(await headend.read(1, ['statusWord3'], { priority: 'scheduled' })).toMatchObject({ code: 'no-answer' })
  meter.status = statusWith({})
  meter.instead = (request) => (request.kind === 'control' ? acknowledged : undefined)
  expect(await headend.control(1, controlRequest({ action: 'trip' }).request)).toMatchObject({
    kind: 'unverified',
    status: { relay: 'closed' },
  })
})

/** The deadline as it is on the wire: the last six data bytes, each 33H more, BCD, `ss mm hh DD MM YY`. */
const deadlineBytes = (request: Uint8Array): string =>
  [...request.subarray(-8, -2)].map((byte) => ((byte - 0x33) & 0xff).toString(16).padStart(2, '0')).join(' ')

const deadlineText = (instant: number): string => {
  const { year, month, day, hour, minute, second } = localTime(instant, 'Asia/Shanghai')
  return [second, minute, hour, day, month, year % 100].map((part) => String(part).padStart(2, '0')).join(' ')
}

test('the end of validity travels in the last six bytes of 1CH, in the local time of the meter', async () => {
  const { headend } = await benchWith()
  const { request, steps } = controlRequest({ action: 'trip', validForMs: 60_000 })
  const before = testClock().now()
  await headend.control(1, request)
  const sent = steps[0]?.exchange.request ?? new Uint8Array(0)
  const possible = [...Array(20).keys()].map((second) => deadlineText(before + 50_000 + second * 1_000))
  expect(possible).toContain(deadlineBytes(sent))
})

test('keep power at the meter is told by the status word, where the error byte says only "other"', async () => {
  const errors = { raw: 1, reasons: ['other'] as const }
  const refusal: Reply = { kind: 'error', address, functionCode: 0x1c, errors }
  const { headend } = await benchWith({ ...insteadOfControl(refusal), status: statusWith({ keepPower: true }) })
  const { request, steps } = controlRequest({ action: 'trip' })
  expect(await headend.control(1, request)).toMatchObject({ kind: 'refused', errors, status: { keepPower: true } })
  expect(steps.map(({ kind }) => kind)).toEqual(['exchange', 'state-read'])
})

test('a meter whose clock is wrong refuses the deadline; it is then told in the time of that clock', async () => {
  const hourMs = 3_600_000
  const { headend, meter } = await benchWith()
  const shown = (): ReturnType<typeof localTime> => localTime(testClock().now() + hourMs, 'Asia/Shanghai')
  meter.instead = (request) => {
    if (request.kind === 'control') {
      const at = Date.UTC(
        2000 + (request.validUntil?.year ?? 0) - 2000,
        (request.validUntil?.month ?? 1) - 1,
        request.validUntil?.day,
        request.validUntil?.hour,
        request.validUntil?.minute,
        request.validUntil?.second,
      )
      const { year, month, day, hour, minute, second } = shown()
      const isPast = at < Date.UTC(year, month - 1, day, hour, minute, second)
      return isPast ? { kind: 'error', address, functionCode: 0x1c, errors: { raw: 1, reasons: ['other'] } } : undefined
    }
    if (request.kind !== 'read') return undefined
    const { identifier } = request
    const read = (data: Uint8Array): Reply => ({ kind: 'read', address, identifier, data, more: false })
    if (identifier === identifiers.time.id) return read(encodeValue('time', shown()))
    if (identifier === identifiers.dateAndWeekday.id) return read(encodeValue('dateAndWeekday', shown()))
    return undefined
  }
  const refused = await headend.control(1, controlRequest({ action: 'trip' }).request)
  expect(refused).toMatchObject({ kind: 'refused', clockOffMs: expect.any(Number) as number })
  expect(Math.abs(('clockOffMs' in refused ? (refused.clockOffMs ?? 0) : 0) - hourMs)).toBeLessThan(5_000)
  const { request, steps } = controlRequest({ action: 'trip', readStateFirst: true })
  expect(await headend.control(1, request)).toMatchObject({ kind: 'verified', already: false })
  // State, date and time once more, for the clock may have been set; then the order.
  expect(steps.map(({ kind }) => kind)).toEqual(['state-read', 'exchange', 'exchange', 'acknowledged', 'state-read'])
})

test('a close waits for one exchange of another meter’s trip, not for its proof', async () => {
  const stuck = handMadeMeter('202611010102')
  stuck.instead = (request) =>
    request.kind === 'control' ? { kind: 'control', address: stuck.address, result: new Uint8Array(0) } : undefined
  const meter = handMadeMeter(address, { status: open })
  const made = await createOnlineBench({ meters: [meter, stuck], limits: { gatewayLatencyMs: 100 } })
  onTestFinished(async () => made.close())
  const { headend, gateway } = made
  const order: string[] = []
  const trip = headend.control(2, controlRequest({ action: 'trip' }).request).then(() => order.push('trip'))
  await until('the trip is being proven', () => gateway.requests('read').length >= 1)
  const close = headend.control(1, controlRequest({ action: 'direct-close' }).request).then(() => order.push('close'))
  await Promise.all([trip, close])
  expect(order).toEqual(['close', 'trip'])
  expect(gateway.requests('read').length).toBe(6)
})
