import { encodeFrame, encodeReply, encodeValue, identifiers, toHex, type Request } from '@xianfu/protocols'
import { expect, onTestFinished, test } from 'vitest'
import type { ReadOutcome } from './headend.ts'
import { controlRequest, createOnlineBench } from './testing/bench.ts'
import { until } from '../domain/testing/until.ts'
import { answeringFor, handMadeMeter, type Packets } from './testing/hand-made-field.ts'

const online: typeof createOnlineBench = async (options) => {
  const made = await createOnlineBench(options)
  onTestFinished(async () => made.close())
  return made
}

const first = '202611010101'
const second = '202611010102'

const energyReply = (address: string, energyWh: number): Uint8Array =>
  encodeFrame(
    encodeReply({
      kind: 'read',
      address,
      identifier: identifiers.forwardActiveEnergyTotal.id,
      data: encodeValue('forwardActiveEnergyTotal', energyWh),
      more: false,
    }),
  )

const energy = ['forwardActiveEnergyTotal'] as const

const addressOf = (request: Request): string => ('address' in request ? request.address : '')

test('every item is one exchange, kept with its bytes', async () => {
  const meter = handMadeMeter(first)
  const { headend } = await online({ meters: [meter] })
  const outcome = await headend.read(1, ['forwardActiveEnergyBlock', 'statusWord3'], { priority: 'scheduled' })
  expect(outcome).toMatchObject({
    ok: true,
    values: { forwardActiveEnergyBlock: { total: 12_340, rates: [0, 12_340, 0, 0] }, statusWord3: { relay: 'closed' } },
  })
  expect(outcome.exchanges.map(({ meaning }) => meaning)).toEqual(['read forwardActiveEnergyBlock', 'read statusWord3'])
  expect(outcome.exchanges.map(({ request }) => toHex(request.slice(0, 12)))).toEqual([
    'FE FE FE FE 68 01 01 01 11 26 20 68',
    'FE FE FE FE 68 01 01 01 11 26 20 68',
  ])
  expect(outcome.exchanges.map(({ response }) => response?.[0])).toEqual([0x68, 0x68])
})

test('an item that the meter refuses fails the read, and the others are still read', async () => {
  const { headend } = await online({ meters: [handMadeMeter(first)] })
  const outcome = await headend.read(1, ['voltageBlock', 'frequency'], { priority: 'person' })
  expect(outcome).toMatchObject({
    ok: false,
    code: 'refused-by-meter',
    detail: 'voltageBlock: no-data',
    values: { frequency: 50_010 },
  })
})

test('what does not fit into one frame is fetched by follow-up frames', async () => {
  const meter = handMadeMeter(first)
  const whole = encodeValue('forwardActiveEnergyBlock', { total: 40_000, rates: [10_000, 20_000, 10_000, 0] })
  const { id: identifier } = identifiers.forwardActiveEnergyBlock
  meter.instead = (request) => {
    if (request.kind === 'read')
      return { kind: 'read', address: first, identifier, data: whole.slice(0, 8), more: true }
    if (request.kind !== 'read-follow-up') return undefined
    const { sequence } = request
    const data = whole.slice(sequence * 8, sequence * 8 + 8)
    return { kind: 'read-follow-up', address: first, identifier, data, sequence, more: sequence < 2 }
  }
  const { headend, gateway } = await online({ meters: [meter] })
  const outcome = await headend.read(1, ['forwardActiveEnergyBlock'], { priority: 'person' })
  expect(outcome.values.forwardActiveEnergyBlock).toEqual({ total: 40_000, rates: [10_000, 20_000, 10_000, 0] })
  expect(gateway.heard.map(({ request }) => request.kind)).toEqual(['read', 'read-follow-up', 'read-follow-up'])
})

test('a meter that goes on without end is given up', async () => {
  const meter = handMadeMeter(first)
  const { id: identifier } = identifiers.forwardActiveEnergyBlock
  const data = new Uint8Array(4)
  meter.instead = (request) =>
    request.kind === 'read-follow-up'
      ? { kind: 'read-follow-up', address: first, identifier, data, sequence: request.sequence, more: true }
      : { kind: 'read', address: first, identifier, data, more: true }
  const { headend } = await online({ meters: [meter], limits: { maxFollowUpFrames: 3 } })
  const outcome = await headend.read(1, ['forwardActiveEnergyBlock'], { priority: 'person' })
  expect(outcome).toMatchObject({ ok: false, code: 'bad-answer', exchanges: { length: 4 } })
})

test('a relay command passes fifty reads that wait, and waits for one exchange at most', async () => {
  const meters = [handMadeMeter(first), handMadeMeter(second)]
  const { headend, gateway } = await online({ meters })
  const items = ['forwardActiveEnergyTotal', 'frequency', 'activePowerTotal'] as const
  const reads = Array.from({ length: 50 }, async () => headend.read(1, items, { priority: 'scheduled' }))
  await until('the first read is on the wire', () => gateway.heard.length > 0)
  const heardBefore = gateway.heard.length
  const outcome = await headend.control(2, controlRequest({ action: 'trip' }).request)
  const waitedFor = gateway.heard.findIndex(({ request }) => request.kind === 'control') - heardBefore
  expect(outcome.kind).toBe('verified')
  expect(waitedFor).toBeLessThanOrEqual(1)
  await Promise.all(reads)
})

test('a person passes the schedule, and a read keeps its place between its items', async () => {
  const meters = [handMadeMeter(first), handMadeMeter(second)]
  const { headend, gateway } = await online({ meters })
  const items = ['forwardActiveEnergyTotal', 'frequency'] as const
  const done: string[] = []
  const read = async (name: string, id: number, priority: 'scheduled' | 'person'): Promise<ReadOutcome> =>
    headend.read(id, items, { priority }).finally(() => done.push(name))
  await Promise.all([
    read('scheduled 1', 1, 'scheduled'),
    read('scheduled 2', 2, 'scheduled'),
    read('person', 1, 'person'),
  ])
  expect(done).toEqual(['person', 'scheduled 1', 'scheduled 2'])
  expect(gateway.heard).toHaveLength(6)
})

test('an answer that comes too late is not taken for the answer to the next question', async () => {
  const { headend, gateway, events } = await online({
    meters: [handMadeMeter(first), handMadeMeter(second)],
    limits: { gatewayLatencyMs: 100, readAttempts: { scheduled: 1, person: 1, state: 1 } },
  })
  // The first meter answers only when the second has been asked already.
  gateway.answerWith((request): Packets => {
    if (addressOf(request) === first) return []
    return [energyReply(first, 1_110), { pauseMs: 50 }, energyReply(second, 2_220)]
  })
  expect(await headend.read(1, energy, { priority: 'scheduled' })).toMatchObject({ ok: false, code: 'no-answer' })
  expect(await headend.read(2, energy, { priority: 'scheduled' })).toMatchObject({
    ok: true,
    values: { forwardActiveEnergyTotal: 2_220 },
  })
  expect(events).toContainEqual(expect.objectContaining({ kind: 'late-answer', meterId: 1 }))
})

test('answers of another meter and to another question are dropped', async () => {
  const meter = handMadeMeter(first)
  const { headend, gateway } = await online({ meters: [meter] })
  const frequency = encodeFrame(
    encodeReply({
      kind: 'read',
      address: first,
      identifier: identifiers.frequency.id,
      data: encodeValue('frequency', 50_000),
      more: false,
    }),
  )
  gateway.answerWith(() => [energyReply(second, 9_990), frequency, energyReply(first, 1_110)])
  expect(await headend.read(1, energy, { priority: 'person' })).toMatchObject({
    ok: true,
    values: { forwardActiveEnergyTotal: 1_110 },
  })
})

test('an answer with a wrong checksum is asked for again', async () => {
  const meter = handMadeMeter(first)
  const { headend, gateway } = await online({ meters: [meter] })
  gateway.answerWith((request) => {
    const bad = energyReply(first, 1_110).map((byte, index, all) => (index === all.length - 2 ? byte ^ 1 : byte))
    return gateway.heard.length > 1 ? answeringFor(meter)(request) : [bad]
  })
  const outcome = await headend.read(1, energy, { priority: 'person' })
  expect(outcome).toMatchObject({ ok: true, values: { forwardActiveEnergyTotal: 12_340 } })
  expect(outcome.exchanges.map(({ response }) => response === null)).toEqual([true, false])
})

test('a line that hears itself does not mind', async () => {
  const meter = handMadeMeter(first)
  const { headend, gateway } = await online({ meters: [meter] })
  gateway.socket.prependListener('data', (bytes) => gateway.socket.write(bytes))
  expect(await headend.read(1, energy, { priority: 'person' })).toMatchObject({ ok: true })
})

test('junk before, between and behind the pieces of an answer does not hide it', async () => {
  const meter = handMadeMeter(first)
  const { headend, gateway } = await online({ meters: [meter] })
  const answer = energyReply(first, 1_110)
  const falseStart = Uint8Array.of(0x68, 0x01, 0x02, 0x68, 0x16)
  gateway.answerWith(() => [falseStart, answer.slice(0, 7), { pauseMs: 20 }, answer.slice(7), falseStart])
  expect(await headend.read(1, energy, { priority: 'person' })).toMatchObject({
    ok: true,
    values: { forwardActiveEnergyTotal: 1_110 },
  })
})

test('a frame that nobody asked for is dropped and told', async () => {
  const meter = handMadeMeter(first)
  const { headend, gateway, events } = await online({ meters: [meter] })
  const dropped = () => events.filter(({ kind }) => kind === 'frame-dropped')
  await gateway.send([energyReply(first, 9_990)])
  await until('the frame is told', () => dropped().length === 1)
  expect(await headend.read(1, energy, { priority: 'person' })).toMatchObject({
    ok: true,
    values: { forwardActiveEnergyTotal: 12_340 },
  })
  await gateway.send([energyReply(first, 9_990)])
  await until('the second frame is told', () => dropped().length === 2)
  expect(await headend.read(1, energy, { priority: 'person' })).toMatchObject({
    ok: true,
    values: { forwardActiveEnergyTotal: 12_340 },
  })
})

test('a dead meter backs off alone; a person still gets through, and one answer clears it', async () => {
  const dead = handMadeMeter(first, { instead: () => null })
  const alive = handMadeMeter(second)
  const { headend, gateway, events } = await online({
    meters: [dead, alive],
    limits: { gatewayLatencyMs: 100, backOffAfterFailures: 1, backOffFirstMs: 60_000 },
  })
  expect(await headend.read(1, energy, { priority: 'scheduled' })).toMatchObject({ ok: false, code: 'no-answer' })
  expect(events.at(-1)).toMatchObject({ kind: 'meter-silent', meterId: 1, pauseMs: 60_000 })

  const heardBefore = gateway.heard.length
  const [refused, neighbour] = await Promise.all([
    headend.read(1, energy, { priority: 'scheduled' }),
    headend.read(2, energy, { priority: 'scheduled' }),
  ])
  expect(refused).toMatchObject({ ok: false, code: 'backing-off', exchanges: [] })
  expect(neighbour.ok).toBe(true)
  expect(gateway.heard.slice(heardBefore).map(({ request }) => addressOf(request))).toEqual([second])

  dead.instead = null
  expect(await headend.read(1, energy, { priority: 'person' })).toMatchObject({ ok: true })
  expect(await headend.read(1, energy, { priority: 'scheduled' })).toMatchObject({ ok: true })
})

test('after its pause a silent meter is probed with its first item only', async () => {
  const dead = handMadeMeter(first, { instead: () => null })
  const { headend, gateway } = await online({
    meters: [dead],
    limits: { gatewayLatencyMs: 100, backOffAfterFailures: 1, backOffFirstMs: 1 },
  })
  const items = ['forwardActiveEnergyTotal', 'frequency'] as const
  await headend.read(1, items, { priority: 'scheduled' })
  await gateway.send([{ pauseMs: 20 }])
  const heardBefore = gateway.heard.length
  await headend.read(1, items, { priority: 'scheduled' })
  expect(gateway.heard.length - heardBefore).toBe(1)
})

test('work that is given up before its turn sends nothing; in the middle it ends at once', async () => {
  const silent = handMadeMeter(first, { instead: () => null })
  const { headend, gateway } = await online({ meters: [silent, handMadeMeter(second)] })
  const running = new AbortController()
  const waiting = new AbortController()
  const first1 = headend.read(1, energy, { priority: 'scheduled', signal: running.signal })
  const second1 = headend.read(2, energy, { priority: 'scheduled', signal: waiting.signal })
  await until('the first read is on the wire', () => gateway.heard.length === 1)
  waiting.abort()
  expect(await second1).toMatchObject({ ok: false, code: 'cancelled' })
  running.abort()
  expect(await first1).toMatchObject({ ok: false, code: 'cancelled', exchanges: { length: 1 } })
  expect(gateway.heard).toHaveLength(1)
})

test('stop ends everything that waits and whoever is asked', async () => {
  const silent = handMadeMeter(first, { instead: () => null })
  const { headend, gateway } = await online({ meters: [silent] })
  const reads = Array.from({ length: 5 }, async () => headend.read(1, energy, { priority: 'scheduled' }))
  await until('the first read is on the wire', () => gateway.heard.length === 1)
  await headend.stop()
  const codes = (await Promise.all(reads)).map((outcome) => (outcome.ok ? 'ok' : outcome.code))
  expect(codes).toEqual(Array.from({ length: 5 }, () => 'cancelled'))
  await gateway.closed
})

test('a full queue refuses reads and still takes relay commands', async () => {
  const { headend } = await online({ meters: [handMadeMeter(first)], limits: { maxQueuedJobs: 2 } })
  const reads = Array.from({ length: 6 }, async () => headend.read(1, energy, { priority: 'scheduled' }))
  const control = headend.control(1, controlRequest({ action: 'trip' }).request)
  const codes = (await Promise.all(reads)).map((outcome) => (outcome.ok ? 'ok' : outcome.code))
  expect(codes.filter((code) => code === 'queue-full').length).toBeGreaterThanOrEqual(3)
  expect(codes).toContain('ok')
  expect((await control).kind).toBe('verified')
})
