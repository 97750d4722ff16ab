import { createServer, type IncomingMessage, type Server } from 'node:http'
import { z } from 'zod'
import { behaviourSchema } from '../meter/behaviour.ts'
import type { RunningVillage } from '../village/start-village.ts'

const changeSchema = z.strictObject({
  constantWatts: z.number().min(0).max(10_000_000).optional(),
  addWh: z.int().min(0).max(1_000_000_000).optional(),
  behaviours: z.array(behaviourSchema).max(16).optional(),
  pressButton: z.literal(true).optional(),
  relayActual: z.enum(['closed', 'open']).optional(),
  keepPower: z.boolean().optional(),
})

const maximumBodyBytes = 64 * 1024

type Answer = Readonly<{ status: number; body: unknown }>

/** A door for experimenters, on this machine only: look at meters, change them, take gateways away. */
export const startControlServer = async (
  village: RunningVillage,
  port: number,
  onStop: () => void,
): Promise<Readonly<{ port: number; close(): void }>> => {
  const server = createServer((request, response) => {
    void answer(village, request, onStop)
      .catch((error: unknown): Answer => ({
        status: 400,
        body: { error: error instanceof Error ? error.message : String(error) },
      }))
      .then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(JSON.stringify(body))
      })
  })
  await listen(server, port)
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

const listen = async (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })

const notFound: Answer = { status: 404, body: { error: 'there is no such thing; see the README for the routes' } }

const answer = async (village: RunningVillage, request: IncomingMessage, onStop: () => void): Promise<Answer> => {
  const [head, name = '', action = ''] = (request.url ?? '/').split('/').filter((part) => part !== '')
  const method = request.method ?? 'GET'
  if (method === 'POST' && head === 'stop') {
    setImmediate(onStop)
    return { status: 202, body: {} }
  }
  if (method === 'GET' && head === 'status')
    return {
      status: 200,
      body: {
        gateways: village.gateways.map(({ options, port, connected }) => ({
          id: options.id,
          mode: options.mode,
          port,
          connected,
        })),
      },
    }
  if (head === 'gateways' && method === 'POST') return gatewayAction(village, decodeURIComponent(name), action)
  if (head !== 'meters') return notFound
  if (name === '' && method === 'GET')
    return { status: 200, body: [...village.meters.values()].map((meter) => meter.look()) }
  const meter = village.meter(name)
  if (meter === undefined) return notFound
  if (method === 'PATCH') {
    const change = changeSchema.safeParse(JSON.parse(await bodyOf(request)))
    if (!change.success) return { status: 400, body: { error: z.prettifyError(change.error) } }
    meter.change(change.data)
  } else if (method !== 'GET') return notFound
  return { status: 200, body: meter.look() }
}

const gatewayAction = (village: RunningVillage, id: string, action: string): Answer => {
  const gateway = village.gateway(id)
  if (gateway === undefined) return notFound
  if (action === 'drop') gateway.drop()
  else if (action === 'offline' || action === 'online') gateway.setOffline(action === 'offline')
  else return notFound
  return { status: 200, body: {} }
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    const piece = Buffer.from(chunk as Uint8Array)
    bytes += piece.length
    if (bytes > maximumBodyBytes) throw new Error('the body is too long')
    chunks.push(piece)
  }
  return Buffer.concat(chunks).toString('utf8')
}
