import { createServer, type IncomingMessage, type Server } from 'node:http'
import { z } from 'zod'
import { lineSchema } from '../line/line-options.ts'
import { changeSchema } from '../meter/change.ts'
import type { VirtualMeter } from '../meter/virtual-meter.ts'
import type { RunningVillage } from '../village/start-village.ts'

const lineChangeSchema = lineSchema.partial()
const maximumBodyBytes = 64 * 1024
/** A page of the list of meters. */
const metersPerPage = 1_000

type Answer = Readonly<{ status: number; body: unknown }>
type Request = Readonly<{
  method: string
  path: readonly string[]
  query: URLSearchParams
  body: () => Promise<unknown>
}>

/** A door for experimenters, on this machine only: look at meters, change them, take gateways away. */
export const startControlServer = async (
  village: RunningVillage,
  port: number,
  onStop: () => void,
): Promise<Readonly<{ port: number; close(): void }>> => {
  const server = createServer((request, response) => {
    void answer(village, parse(request), onStop)
      .catch((error: unknown): Answer => problem(400, error instanceof Error ? error.message : String(error)))
      .then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
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

const parse = (request: IncomingMessage): Request => {
  const url = new URL(request.url ?? '/', 'http://localhost')
  return {
    method: request.method ?? 'GET',
    path: url.pathname
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent),
    query: url.searchParams,
    body: async () => JSON.parse(await bodyOf(request)) as unknown,
  }
}

const problem = (status: number, error: string): Answer => ({ status, body: { error } })
const ok = (body: unknown = {}): Answer => ({ status: 200, body })
const notFound = problem(404, 'there is no such thing; see the README for the routes')

const answer = async (village: RunningVillage, request: Request, onStop: () => void): Promise<Answer> => {
  const [head, name, action] = request.path
  switch (`${request.method} ${String(head)}`) {
    case 'POST stop':
      setImmediate(onStop)
      return { status: 202, body: {} }
    case 'GET status':
      return ok({ meters: village.meters.size, gateways: village.gateways.map(gatewayLook) })
    case 'GET gateways':
      return name === undefined ? ok(village.gateways.map(gatewayLook)) : onGateway(village, name, gatewayLookOnly)
    case 'POST gateways':
      return onGateway(village, name, (gateway) => gatewayAction(gateway, action))
    case 'PATCH gateways':
      return changeLine(village, name, await request.body())
    case 'GET meters':
      return name === undefined
        ? listMeters(village, request.query)
        : onMeter(village, name, (meter) => look(meter, action, request.query))
    case 'PATCH meters':
      return changeMeter(village, name, await request.body())
    case 'POST meters':
      return onMeter(village, name, (meter) => {
        if (action !== 'button') return notFound
        meter.change({ pressButton: true })
        return ok(meter.look())
      })
    default:
      return notFound
  }
}

type Gateway = RunningVillage['gateways'][number]

const gatewayLook = ({ options, port, connected }: Gateway): object => ({
  id: options.id,
  mode: options.mode,
  port,
  connected,
})
const gatewayLookOnly = (gateway: Gateway): Answer => ok(gatewayLook(gateway))

const onGateway = (village: RunningVillage, id: string | undefined, then: (gateway: Gateway) => Answer): Answer => {
  const gateway = id === undefined ? undefined : village.gateway(id)
  return gateway === undefined ? notFound : then(gateway)
}

const onMeter = (
  village: RunningVillage,
  address: string | undefined,
  then: (meter: VirtualMeter) => Answer,
): Answer => {
  const meter = address === undefined ? undefined : village.meter(address)
  return meter === undefined ? notFound : then(meter)
}

const gatewayAction = (gateway: Gateway, action: string | undefined): Answer => {
  if (action === 'drop') gateway.drop()
  else if (action === 'offline' || action === 'online') gateway.setOffline(action === 'offline')
  else return notFound
  return ok()
}

const changeLine = (village: RunningVillage, id: string | undefined, body: unknown): Answer => {
  const change = z.strictObject({ line: lineChangeSchema }).safeParse(body)
  if (!change.success) return problem(400, z.prettifyError(change.error))
  // Only what was written: a partial schema fills in defaults of its own.
  const written = Object.keys((body as { line: object }).line)
  const line = Object.fromEntries(Object.entries(change.data.line).filter(([key]) => written.includes(key)))
  return id !== undefined && village.changeLine(id, line) ? ok() : notFound
}

const changeMeter = (village: RunningVillage, address: string | undefined, body: unknown): Answer => {
  const change = changeSchema.safeParse(body)
  if (!change.success) return problem(400, z.prettifyError(change.error))
  return onMeter(village, address, (meter) => {
    meter.change(change.data)
    village.gatewayOf(meter.address)?.watchBabble()
    return ok(meter.look())
  })
}

const listMeters = (village: RunningVillage, query: URLSearchParams): Answer => {
  const from = Number(query.get('from') ?? 0)
  if (!Number.isInteger(from) || from < 0) return problem(400, 'from must be a whole number')
  const page: unknown[] = []
  let index = 0
  for (const meter of village.meters.values()) {
    if (index >= from + metersPerPage) break
    if (index >= from) page.push(meter.look())
    index += 1
  }
  return ok(page)
}

const look = (meter: VirtualMeter, what: string | undefined, query: URLSearchParams): Answer => {
  switch (what) {
    case undefined:
      return ok(meter.look())
    case 'pulses':
      return ok(meter.pulses())
    case 'display': {
      const item = query.get('item')
      if (item === null) return ok(meter.display())
      return /^\d{1,3}$/u.test(item) ? ok(meter.display(Number(item))) : problem(400, 'item must be a number')
    }
    default:
      return notFound
  }
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
