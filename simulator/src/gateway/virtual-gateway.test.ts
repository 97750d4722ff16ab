import { createServer, connect, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { encodeFrame, fromHex } from '@xianfu/protocols'
import { frame, read } from '../lab/frames.test-support.ts'
import { parseVillage } from '../village/village.ts'
import { startVillage, type RunningVillage, type VillageEvent } from '../village/start-village.ts'
import { systemClock } from '../time/clock.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const start = async (gateway: object, headend?: { host: string; port: number }) => {
  const events: VillageEvent[] = []
  const input = {
    name: 'test',
    timeZone: 'Asia/Shanghai',
    gateways: [
      {
        id: 'g',
        line: { timing: 'none' },
        meters: [{ address: '000000000001', name: 'm', startWh: [0, 0, 12_340, 0] }],
        ...gateway,
      },
    ],
  }
  const village = parseVillage(input)
  if (!village.ok) throw new Error(village.problems.join('; '))
  const running = await startVillage({
    village: village.value,
    clock: systemClock(),
    ...(headend && { headend }),
    onEvent: (event) => events.push(event),
  })
  closing.push(async () => running.stop())
  return { running, events }
}

/** A head-end that writes down what gateways say. */
const listen = async () => {
  const sockets: Socket[] = []
  const heard: string[] = []
  const server: Server = createServer((socket) => {
    sockets.push(socket)
    socket.on('data', (bytes) => heard.push(bytes.toString('latin1')))
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(
    async () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(resolve)
      }),
  )
  const address = server.address()
  return {
    sockets,
    heard,
    headend: { host: '127.0.0.1', port: typeof address === 'object' && address ? address.port : 0 },
  }
}

const until = async (what: () => boolean): Promise<void> => {
  const deadline = Date.now() + 20_000
  while (!what()) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

const question = encodeFrame(read(0x0001_0000))
/** 12.34 kWh */
const answer = Buffer.from(fromHex('FE FE FE FE 68 01 00 00 00 00 00 68 91 08 33 33 34 33 67 45 33 33')).toString(
  'latin1',
)

const dialledPort = (running: RunningVillage): number => running.gateways[0]?.port ?? 0

describe('a gateway that dials in', () => {
  const dialling = {
    mode: 'dials-in',
    registration: 'HELLO-g',
    heartbeat: { text: 'HB', everyMs: 100 },
    reconnectMs: 50,
  }

  test('registers, beats, and carries both ways', async () => {
    const { sockets, heard, headend } = await listen()
    await start(dialling, headend)
    await until(() => heard.join('').startsWith('HELLO-g'))
    await until(() => heard.join('').includes('HBHB') || heard.filter((text) => text === 'HB').length > 1)
    sockets[0]?.write(question)
    await until(() => heard.join('').includes(answer))
    expect(heard.join('').indexOf(answer)).toBeGreaterThan(heard.join('').indexOf('HELLO-g'))
  })

  test('comes back after a cut, and registers again', async () => {
    const { heard, headend, sockets } = await listen()
    const { running, events } = await start(dialling, headend)
    await until(() => sockets.length === 1 && heard.includes('HELLO-g'))
    running.gateway('g')?.drop()
    await until(() => sockets.length === 2 && heard.filter((text) => text.startsWith('HELLO-g')).length === 2)
    expect(events.map(({ kind }) => kind).slice(0, 3)).toEqual(['connected', 'disconnected', 'connected'])
  })

  test('stays away while offline, and comes back when told', async () => {
    const { headend, sockets } = await listen()
    const { running } = await start(dialling, headend)
    const gateway = running.gateway('g')
    await until(() => gateway?.connected === true)
    gateway?.setOffline(true)
    await until(() => gateway?.connected === false)
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect([gateway?.connected, sockets.length]).toEqual([false, 1])
    gateway?.setOffline(false)
    await until(() => gateway?.connected === true)
  })

  test('without a head-end it waits at home', async () => {
    const { running, events } = await start(dialling)
    expect([running.gateways[0]?.connected, events.length]).toEqual([false, 0])
  })
})

describe('a gateway that is dialled', () => {
  const dial = async (port: number): Promise<Readonly<{ socket: Socket; said: () => string }>> => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    socket.on('data', (bytes) => (text += bytes.toString('latin1')))
    socket.on('error', () => undefined)
    closing.push(async () => socket.destroy())
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    return { socket, said: () => text }
  }

  test('answers, whole or in pieces, and each connection for itself', async () => {
    const { running } = await start({ mode: 'dialled' })
    const [one, other] = [await dial(dialledPort(running)), await dial(dialledPort(running))]
    one.socket.write(question.subarray(0, 7))
    other.socket.write(encodeFrame(frame(0x13, new Uint8Array(), 'AAAAAAAAAAAA')))
    await until(() => other.said().length === 22)
    one.socket.write(question.subarray(7))
    await until(() => one.said().startsWith(answer))
    expect(other.said().length).toBe(22)
  })

  test('turns everybody away while offline', async () => {
    const { running } = await start({ mode: 'dialled' })
    running.gateway('g')?.setOffline(true)
    const { socket } = await dial(dialledPort(running))
    await new Promise((resolve) => socket.once('close', resolve))
    running.gateway('g')?.setOffline(false)
    const again = await dial(dialledPort(running))
    again.socket.write(question)
    await until(() => again.said().startsWith(answer))
    expect(running.gateway('g')?.connected).toBe(true)
  })

  test('with faults hands on what it hears late and in pieces, but all of it', async () => {
    const { running } = await start({ mode: 'dialled', faults: { split: 1, splitGapMs: 10, coalesceMs: 20 } })
    const { socket, said } = await dial(dialledPort(running))
    for (let index = 0; index < 3; index += 1) socket.write(question)
    await until(() => said().split(answer).length === 4)
    expect(said().length).toBe(3 * 24)
  })
})
