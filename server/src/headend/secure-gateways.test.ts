import { connect as connectPlainly } from 'node:net'
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { createBench, registration, type Bench } from './testing/bench.ts'
import { until } from '../domain/testing/until.ts'
import { answeringFor, HandMadeGateway, handMadeMeter } from './testing/hand-made-field.ts'
import { testCertificate, testKey } from './testing/test-certificate.ts'

const meter = handMadeMeter('202611010101')

const secureBench = async (clientAuthorities: string | null = null, limits = {}): Promise<Bench> => {
  const made = await createBench({
    meters: [meter],
    listenSecurely: { host: '127.0.0.1', port: 0, certificate: testCertificate, key: testKey, clientAuthorities },
    limits,
  })
  onTestFinished(async () => made.close())
  return made
}

const dialSecurely = (made: Bench, options: ConnectionOptions = {}): TLSSocket => {
  const socket = connect({ host: '127.0.0.1', port: made.securePort ?? 0, ca: testCertificate, ...options })
  socket.on('error', () => undefined)
  return socket
}

const register = (socket: TLSSocket): void => {
  const gateway = new HandMadeGateway(socket, answeringFor(meter))
  gateway.text(`${registration}\r\n`)
}

const read = async ({ headend }: Bench) => headend.read(1, ['forwardActiveEnergyTotal'], { priority: 'person' })

const refusals = ({ events }: Bench) => events.filter(({ kind }) => kind === 'connection-refused')

test('a gateway dials in with TLS beside the plain port', async () => {
  const made = await secureBench()
  const socket = dialSecurely(made)
  register(socket)
  await until('the gateway is online', made.isOnline)
  expect(await read(made)).toMatchObject({ ok: true, values: { forwardActiveEnergyTotal: 12_340 } })
  expect([socket.authorized, socket.getProtocol()]).toEqual([true, 'TLSv1.3'])
  expect(made.headend.gateways()).toMatchObject([{ remoteAddress: `127.0.0.1:${String(socket.localPort)}` }])
})

test('where certificates are asked for, a gateway without one is not let in', async () => {
  const made = await secureBench(testCertificate)
  const stranger = dialSecurely(made)
  register(stranger)
  await until('it is refused', () => refusals(made).length === 1)
  expect(made.isOnline()).toBe(false)

  register(dialSecurely(made, { cert: testCertificate, key: testKey }))
  await until('the gateway with a certificate is online', made.isOnline)
  expect(await read(made)).toMatchObject({ ok: true })
})

test('plain bytes on the secure port are refused, and the headend goes on', async () => {
  const made = await secureBench()
  const plain = connectPlainly({ host: '127.0.0.1', port: made.securePort ?? 0 })
  plain.on('error', () => undefined)
  plain.write(`${registration}\r\n`)
  await until('it is refused', () => refusals(made).length === 1)
  register(dialSecurely(made))
  await until('the gateway is online', made.isOnline)
  expect(refusals(made)).toMatchObject([{ reason: expect.stringContaining('TLS') as string }])
})

test('handshakes that do not end are bounded', async () => {
  const made = await secureBench(null, { maxUnregisteredConnections: 1 })
  const silent = connectPlainly({ host: '127.0.0.1', port: made.securePort ?? 0 })
  silent.on('error', () => undefined)
  await new Promise((resolve) => {
    silent.once('connect', resolve)
  })
  const second = connectPlainly({ host: '127.0.0.1', port: made.securePort ?? 0 })
  second.on('error', () => undefined)
  second.resume()
  await until('the second is sent away', () => second.destroyed || second.readableEnded)
  expect(silent.destroyed).toBe(false)
  silent.destroy()
  second.destroy()
})
