import { expect, onTestFinished, test } from 'vitest'
import type { GatewayLink } from './headend.ts'
import { createBench, registration, type Bench, type BenchOptions } from './testing/bench.ts'
import { until } from '../domain/testing/until.ts'
import { answeringFor, dialIn, handMadeMeter, listeningGateway } from './testing/hand-made-field.ts'

const bench = async (options: BenchOptions): Promise<Bench> => {
  const made = await createBench(options)
  onTestFinished(async () => made.close())
  return made
}

const meter = handMadeMeter('202611010101')

const energy = ['forwardActiveEnergyTotal'] as const

const readEnergy = async ({ headend }: Bench) => headend.read(1, energy, { priority: 'person' })

test('a registration that arrives in pieces is understood', async () => {
  const made = await bench({ meters: [meter] })
  const gateway = await dialIn(made.port, answeringFor(meter))
  for (const piece of ['XF-', 'GW', '-1']) {
    gateway.text(piece)
    await gateway.send([{ pauseMs: 20 }])
  }
  await until('the gateway is online', made.isOnline)
  expect(await readEnergy(made)).toMatchObject({ ok: true, values: { forwardActiveEnergyTotal: 12_340 } })
})

test('a registration glued to a heartbeat is understood', async () => {
  const made = await bench({ meters: [meter] })
  const gateway = await dialIn(made.port, answeringFor(meter))
  gateway.text(`${registration}HBHB`)
  await until('the gateway is online', made.isOnline)
  expect(await readEnergy(made)).toMatchObject({ ok: true })
})

test('a second connection of a gateway takes the place of the first, and waiting work goes on with it', async () => {
  const made = await bench({ meters: [meter] })
  const first = await made.connect(() => [])
  const read = readEnergy(made)
  await until('the question is on the wire', () => first.heard.length === 1)
  const second = await dialIn(made.port, answeringFor(meter))
  second.text(`${registration}\r\n`)
  await first.closed
  expect(await read).toMatchObject({
    ok: true,
    exchanges: [{ response: null }, { meaning: 'read forwardActiveEnergyTotal' }],
  })
  expect(made.headend.gateways()).toMatchObject([{ gatewayId: 1, online: true }])
  expect(made.events.filter(({ kind }) => kind === 'gateway-offline')).toEqual([])
})

test('an unknown gateway is sent away, and named once in the log', async () => {
  const made = await bench({})
  for (const name of ['STRANGER-1', 'STRANGER-2']) {
    const gateway = await dialIn(made.port, () => [])
    gateway.text(`${name}\r\n`)
    await gateway.closed
  }
  const named = made.events.filter(({ kind }) => kind === 'gateway-unknown')
  expect(named).toMatchObject([{ registration: 'STRANGER-1..', suppressed: 0 }])
})

test('a connection that never registers is closed', async () => {
  const made = await bench({ limits: { registrationTimeoutMs: 50 } })
  const gateway = await dialIn(made.port, () => [])
  await gateway.closed
  expect(made.isOnline()).toBe(false)
})

test('connections that have not registered are bounded', async () => {
  const made = await bench({ limits: { maxUnregisteredConnections: 1 } })
  await dialIn(made.port, () => [])
  const second = await dialIn(made.port, () => [])
  await second.closed
  expect(made.events.map(({ kind }) => kind)).toContain('connection-refused')
})

test('a heartbeat in the gap before an answer, and one between its halves, disturb nothing', async () => {
  const made = await bench({ meters: [meter] })
  const gateway = await made.connect(answeringFor(meter))
  const beat = Buffer.from('HB', 'latin1')
  gateway.answerWith((request) => {
    const [answer] = answeringFor(meter)(request)
    if (answer === undefined || 'pauseMs' in answer) return []
    return [beat, { pauseMs: 30 }, answer.slice(0, 11), { pauseMs: 30 }, beat, { pauseMs: 30 }, answer.slice(11)]
  })
  expect(await readEnergy(made)).toMatchObject({ ok: true, values: { forwardActiveEnergyTotal: 12_340 } })
  expect(gateway.heard).toHaveLength(1)
})

test('a gateway whose heartbeat stops is taken for gone; one that beats stays', async () => {
  const made = await bench({ limits: { gatewaySilenceMs: 400 } })
  const gateway = await made.connect(() => [])
  const before = made.headend.gateways()[0]?.lastHeardAt ?? 0
  await gateway.send([{ pauseMs: 50 }, Buffer.from('HB'), { pauseMs: 20 }])
  await until('the heartbeat was noted', () => (made.headend.gateways()[0]?.lastHeardAt ?? 0) > before)
  await gateway.closed
  await until('it is offline', () => !made.isOnline())
  expect(made.events.at(-1)).toMatchObject({ kind: 'gateway-offline', reason: 'its heartbeat has stopped' })
})

test('whoever wants to know hears of gateways that come and go', async () => {
  const made = await bench({ meters: [meter] })
  const changes: boolean[] = []
  made.headend.onGatewayChange(({ online }) => changes.push(online))
  const gateway = await made.connect(answeringFor(meter))
  gateway.hangUp()
  await until('it is offline', () => !made.isOnline())
  expect(changes).toEqual([true, false])
  expect(await readEnergy(made)).toMatchObject({ ok: false, code: 'gateway-offline' })
})

test('a dialled gateway is dialled again when it hangs up, with growing pauses while it is away', async () => {
  const field = await listeningGateway(answeringFor(meter))
  const link: GatewayLink = { kind: 'dialled', host: '127.0.0.1', port: field.port }
  const made = await bench({ meters: [meter], links: [link] })
  await until('it is online', made.isOnline)
  expect(await readEnergy(made)).toMatchObject({ ok: true })
  field.connections[0]?.hangUp()
  await until('it was dialled again', () => field.connections.length === 2)
  await until('it is online again', made.isOnline)
  field.close()
  const failures = () => made.events.flatMap((event) => (event.kind === 'dial-failed' ? [event.nextTryMs] : []))
  await until('it was dialled in vain', () => failures().length >= 2)
  const [first = 0, second = 0] = failures()
  expect(second).toBe(first * 2)
})

test('a gateway that leaves the archive loses its line; its meters are unknown', async () => {
  const made = await bench({ meters: [meter] })
  const gateway = await made.connect(answeringFor(meter))
  made.headend.configure({ gateways: [], meters: [] })
  await gateway.closed
  expect(made.headend.gateways()).toEqual([])
  expect(await readEnergy(made)).toMatchObject({ ok: false, code: 'unknown-meter' })
})

test('a gateway that says nothing is known by a meter behind it', async () => {
  const links: GatewayLink[] = ['202611010199', meter.address].map((address) => ({
    kind: 'dials-in',
    registration: address,
    heartbeat: null,
    identifiedBy: 'meter',
  }))
  const limits = { meterProbeAfterMs: 20, meterProbeAnswerMs: 300 }
  const made = await bench({ meters: [{ ...meter, gatewayId: 2 }], links, limits })
  const gateway = await dialIn(made.port, answeringFor(meter))
  await until('the gateway is online', () => made.isOnline(2))
  expect(await readEnergy(made)).toMatchObject({ ok: true, values: { forwardActiveEnergyTotal: 12_340 } })
  expect(gateway.heard.map(({ request }) => request.kind)).toEqual(['read-address', 'read'])
  expect(made.isOnline(1)).toBe(false)
})

test('with several meters on the line each is asked by its own address, after an unknown text too', async () => {
  const link: GatewayLink = { kind: 'dials-in', registration: meter.address, heartbeat: null, identifiedBy: 'meter' }
  const made = await bench({ meters: [meter], links: [link], limits: { meterProbeAnswerMs: 300 } })
  const honest = answeringFor(meter)
  // Two meters answer at once to the question for whoever is there, so nobody understands either.
  const gateway = await dialIn(made.port, (request) =>
    request.kind === 'read-address' ? [Uint8Array.of(0x68, 0x99, 0x00, 0x68, 0x16)] : honest(request),
  )
  gateway.text('HELLO FROM THE FACTORY\r\n')
  await until('the gateway is online', made.isOnline)
  expect(gateway.requests('read')).toMatchObject([{ address: meter.address }])
})

test('when the meter that was set for a gateway is dead, its neighbour speaks for it', async () => {
  const link: GatewayLink = { kind: 'dials-in', registration: '202611010199', heartbeat: null, identifiedBy: 'meter' }
  const limits = { meterProbeAfterMs: 10, meterProbeAnswerMs: 300 }
  const made = await bench({ meters: [{ address: '202611010199' }, meter], links: [link], limits })
  const honest = answeringFor(meter)
  const gateway = await dialIn(made.port, (request) => (request.kind === 'read-address' ? [] : honest(request)))
  await until('the gateway is online', made.isOnline)
  expect(gateway.requests('read')).toMatchObject([{ address: '202611010199' }, { address: meter.address }])
})

test('a gateway that no meter speaks for is sent away', async () => {
  const link: GatewayLink = { kind: 'dials-in', registration: '202611010199', heartbeat: null, identifiedBy: 'meter' }
  const made = await bench({ links: [link], limits: { meterProbeAfterMs: 10, meterProbeAnswerMs: 20 } })
  const gateway = await dialIn(made.port, () => [])
  await gateway.closed
  expect(gateway.heard.map(({ request }) => request.kind)).toEqual(['read-address', 'read'])
  expect(made.events).toContainEqual(expect.objectContaining({ kind: 'gateway-unknown' }))
})

test('a gateway may be known by the address it dials from, whatever it says', async () => {
  const link: GatewayLink = { kind: 'dials-in', registration: '127.0.0.1', heartbeat: null, identifiedBy: 'remote-ip' }
  const made = await bench({ meters: [meter], links: [link] })
  const gateway = await dialIn(made.port, answeringFor(meter))
  await until('the gateway is online', made.isOnline)
  gateway.text('ANYTHING')
  expect(await readEnergy(made)).toMatchObject({ ok: true })
})

test('a text registration still counts beside gateways that are known otherwise', async () => {
  const links: GatewayLink[] = [
    { kind: 'dials-in', registration, heartbeat: null },
    { kind: 'dials-in', registration: '202611010199', heartbeat: null, identifiedBy: 'meter' },
    { kind: 'dials-in', registration: '192.0.2.7', heartbeat: null, identifiedBy: 'remote-ip' },
  ]
  const made = await bench({ meters: [meter], links })
  const gateway = await dialIn(made.port, answeringFor(meter))
  gateway.text(`${registration}\r\n`)
  await until('the gateway is online', made.isOnline)
  expect(await readEnergy(made)).toMatchObject({ ok: true })
  expect(gateway.requests('read-address')).toEqual([])
})

test('a gateway that introduces itself late is listened to while its meters are asked for', async () => {
  const links: GatewayLink[] = [
    { kind: 'dials-in', registration, heartbeat: null },
    { kind: 'dials-in', registration: '202611010199', heartbeat: null, identifiedBy: 'meter' },
  ]
  const made = await bench({ meters: [meter], links, limits: { meterProbeAfterMs: 10, meterProbeAnswerMs: 20_000 } })
  const gateway = await dialIn(made.port, () => [])
  await until('it is asked for its meters', () => gateway.heard.length > 0)
  gateway.text(`${registration}\r\n`)
  await until('the gateway is online', made.isOnline)
  expect(gateway.requests('read-address')).toHaveLength(1)
})
