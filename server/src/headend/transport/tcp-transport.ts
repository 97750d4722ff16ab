import { connect, type Socket } from 'node:net'
import type { Clock } from '../../domain/clock.ts'
import { BytePipe } from './byte-pipe.ts'
import type { Transport } from './transport.ts'

/** Silence after which the system probes whether the other end of a TCP connection still lives. */
const keepAliveAfterMs = 30_000

/** A connected socket as a transport. Small packets leave at once, because every one of them is a whole question. */
export const tcpTransport = (socket: Socket, clock: Clock, writeTimeoutMs: number): Transport => {
  socket.setNoDelay(true)
  socket.setKeepAlive(true, keepAliveAfterMs)
  const pipe = new BytePipe(
    {
      remoteAddress: addressOf(socket),
      send: (bytes, done) => void socket.write(bytes, done),
      destroy: () => void socket.destroy(),
    },
    clock,
    writeTimeoutMs,
  )
  socket.on('data', (bytes) => pipe.received(typeof bytes === 'string' ? Buffer.from(bytes) : bytes))
  socket.on('error', (error) => pipe.closed(error.message))
  socket.on('close', () => pipe.closed('the other end closed the connection'))
  return pipe.transport()
}

/** Dials a gateway. */
export const dialTcp = async (
  target: Readonly<{ host: string; port: number }>,
  options: Readonly<{ clock: Clock; dialTimeoutMs: number; writeTimeoutMs: number; signal: AbortSignal }>,
): Promise<Transport> => {
  const over = new AbortController()
  const place = `${target.host}:${String(target.port)}`
  const socket = connect({ host: target.host, port: target.port })
  const connected = new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', (error) => reject(new Error(`Could not connect to ${place}: ${error.message}.`)))
  })
  const signal = AbortSignal.any([over.signal, options.signal])
  const tooLong = options.clock.delay(options.dialTimeoutMs, signal).then(
    () => Promise.reject(new Error(`Could not connect to ${place}: it did not answer in time.`)),
    () => (over.signal.aborted ? undefined : Promise.reject(new Error(`Dialling ${place} was cancelled.`))),
  )
  try {
    await Promise.race([connected, tooLong])
    return tcpTransport(socket, options.clock, options.writeTimeoutMs)
  } catch (error) {
    socket.on('error', () => undefined)
    socket.destroy()
    throw error
  } finally {
    over.abort()
  }
}

/** `192.0.2.7:40112`. */
export const addressOf = (socket: Socket): string => {
  const host = (socket.remoteAddress ?? 'unknown').replace(/^::ffff:/u, '')
  return `${host}:${String(socket.remotePort ?? 0)}`
}
