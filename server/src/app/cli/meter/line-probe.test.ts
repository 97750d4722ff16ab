import {
  createFrameReader,
  decodeRequest,
  encodeFrame,
  encodeReply,
  encodeRequest,
  wildcardAddress,
  type Request,
} from '@xianfu/protocols'
import { expect, test } from 'vitest'
import type { Clock } from '../../../domain/clock.ts'
import { wakeUpBytes } from '../../../headend/limits.ts'
import type { Answering } from '../../../headend/testing/hand-made-field.ts'
import type { Transport } from '../../../headend/transport/transport.ts'
import { workshopLine } from '../testing/workshop-line.ts'
import { workshopMeter } from '../testing/workshop-meter.ts'
import { searchAddresses } from './address-search.ts'
import { createProbe, type LineProbe } from './line-probe.ts'

/** A line without wires, on which time passes only while somebody waits. */
const bench = (answering: Answering): Readonly<{ probe: LineProbe; elapsedMs(): number }> => {
  let nowMs = 0
  let listener: (bytes: Uint8Array) => void = () => undefined
  const waiting: { atMs: number; run: () => void }[] = []
  const clock: Clock = {
    now: () => nowMs,
    elapsedMs: () => nowMs,
    rate: 1,
    delay: async (ms) => {
      const untilMs = nowMs + ms
      for (const due of waiting.toSorted((a, b) => a.atMs - b.atMs)) {
        if (due.atMs > untilMs) continue
        nowMs = due.atMs
        waiting.splice(waiting.indexOf(due), 1)
        due.run()
      }
      nowMs = untilMs
    },
    after: () => () => undefined,
  }
  const transport: Transport = {
    remoteAddress: 'bench',
    write: async (bytes) => {
      let atMs = nowMs
      for (const frame of createFrameReader().push(bytes)) {
        const request = decodeRequest(frame)
        if (!request.ok) throw new Error(request.detail)
        for (const packet of answering(request.value))
          if ('pauseMs' in packet) atMs += packet.pauseMs
          else waiting.push({ atMs, run: () => listener(packet) })
      }
    },
    onBytes: (heard) => {
      listener = heard
    },
    onClose: () => undefined,
    close: () => undefined,
  }
  const line = { baudRate: 2_400, parity: 'even' } as const
  return { probe: createProbe(transport, { clock, line, latencyMs: 500 }), elapsedMs: () => nowMs }
}

const one = workshopMeter('202611010101')
const two = workshopMeter('202611010102')
const three = workshopMeter('202611020102')
const whoever: Request = { kind: 'read-address' }

const answerOf = (address: string): Uint8Array => encodeFrame(encodeReply({ kind: 'read-address', address }))

const heardFrom = async (packets: ReturnType<Answering>) => bench(() => packets).probe.ask(whoever)

test('silence takes no longer than the slowest meter behind a slow gateway', async () => {
  const { probe, elapsedMs } = bench(() => [])
  expect(await probe.ask(whoever)).toEqual({ kind: 'silence' })
  expect(elapsedMs()).toBeLessThan(1_250)
})

test('after a quick answer, silence is told sooner', async () => {
  const { probe, elapsedMs } = bench((request) =>
    request.kind === 'read-address' ? [{ pauseMs: 200 }, answerOf(one.address)] : [],
  )
  expect(await probe.ask(whoever)).toMatchObject({ kind: 'one', address: one.address })
  const beforeMs = elapsedMs()
  await probe.ask({ kind: 'read', address: wildcardAddress, identifier: 0 })
  expect(elapsedMs() - beforeMs).toBeLessThan(850)
})

test('an answer of the slowest meter is heard', async () => {
  expect(await heardFrom([{ pauseMs: 700 }, answerOf(one.address)])).toMatchObject({
    kind: 'one',
    address: one.address,
  })
})

test('the echo of an adapter is no answer', async () => {
  const echo = encodeFrame(encodeRequest(whoever), { wakeUpBytes })
  expect(await heardFrom([echo])).toEqual({ kind: 'silence' })
  expect(await heardFrom([echo, { pauseMs: 30 }, answerOf(one.address)])).toMatchObject({ kind: 'one' })
})

test('two answers one after the other are several meters', async () => {
  expect(await heardFrom([answerOf(one.address), { pauseMs: 300 }, answerOf(two.address)])).toEqual({
    kind: 'collision',
    addresses: [one.address, two.address],
  })
})

test('a good answer with garbled bytes behind it is several meters', async () => {
  expect(await heardFrom([answerOf(one.address), Uint8Array.of(0x68, 0x11, 0x22, 0x33)])).toEqual({
    kind: 'collision',
    addresses: [one.address],
  })
})

test('a byte or two of nothing are not', async () => {
  expect(await heardFrom([Uint8Array.of(0x00, 0xff), { pauseMs: 5 }, answerOf(one.address)])).toMatchObject({
    kind: 'one',
  })
})

test('an answer in pieces is one answer', async () => {
  const answer = answerOf(one.address)
  expect(await heardFrom([answer.subarray(0, 5), { pauseMs: 400 }, answer.subarray(5)])).toMatchObject({ kind: 'one' })
})

test('three meters whose answers collide are told apart digit pair by digit pair', async () => {
  const { probe } = bench(workshopLine(one, two, three))
  const found = new Set<string>()
  const result = await searchAddresses({
    ask: async (request) => probe.ask(request),
    suffix: '',
    deep: false,
    mostQuestions: 1_000,
    signal: new AbortController().signal,
    onFound: (address) => found.add(address),
    onProgress: () => undefined,
  })
  expect([[...found].toSorted(), result.asked, result.isComplete]).toEqual([
    [one.address, two.address, three.address],
    1 + 300,
    true,
  ])
})
