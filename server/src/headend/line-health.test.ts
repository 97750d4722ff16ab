import { encodeFrame, type Request } from '@xianfu/protocols'
import { expect, onTestFinished, test } from 'vitest'
import { judgeLine } from '../domain/collection/line-health.ts'
import { createOnlineBench } from './testing/bench.ts'
import { answeringFor, handMadeMeter, type Answering, type Packets } from './testing/hand-made-field.ts'

// What is counted on real connections, judged: each fault alone, and the cause that a person would look for.

const addressOf = (index: number): string => String(202_611_010_101 + index)
const meters = Array.from({ length: 5 }, (_, index) => handMadeMeter(addressOf(index)))
const honest = answeringFor(...meters)

/** Each meter is read a few times over a line that answers so. */
const judge = async (answering: Answering, rounds = 4) => {
  const made = await createOnlineBench({
    meters,
    limits: {
      guardMs: 5,
      gatewayLatencyMs: 20,
      shortestLatencyMs: 20,
      backOffFirstMs: 1,
      backOffLongestMs: 1,
      readAttempts: { scheduled: 1, person: 1, state: 1 },
    },
  })
  onTestFinished(async () => made.close())
  made.gateway.answerWith(answering)
  for (let round = 0; round < rounds; round += 1)
    for (let id = 1; id <= meters.length; id += 1) await made.headend.read(id, ['statusWord3'], { priority: 'person' })
  const [line] = made.headend.lines()
  if (line === undefined) throw new Error('there is no line')
  const { state, cause, reasons } = judgeLine(line)
  return { state, cause, meters: reasons[0]?.meterIds ?? [] }
}

const isFor = (request: Request, index: number): boolean => 'address' in request && request.address === addressOf(index)
const spoilt = (packets: Packets): Packets =>
  packets.map((packet) =>
    packet instanceof Uint8Array ? packet.map((byte, at) => (at === packet.length - 3 ? byte ^ 0x10 : byte)) : packet,
  )

test('a line on which all is well is good', async () => {
  expect(await judge(honest)).toEqual({ state: 'good', cause: 'none', meters: [] })
})

test('a bad wire spoils the answers of all', async () => {
  let count = 0
  const noisy: Answering = (request) => {
    count += 1
    return count % 3 === 0 ? spoilt(honest(request)) : honest(request)
  }
  expect(await judge(noisy)).toMatchObject({ state: 'impaired', cause: 'wire' })
}, 30_000)

test('two meters with one address spoil one another, and nobody else', async () => {
  const clash: Answering = (request) => (isFor(request, 2) ? spoilt(honest(request)) : honest(request))
  expect(await judge(clash)).toEqual({ state: 'impaired', cause: 'address-clash', meters: [3] })
}, 30_000)

test('a dead meter is silent alone', async () => {
  const dead: Answering = (request) => (isFor(request, 4) ? [] : honest(request))
  expect(await judge(dead)).toEqual({ state: 'impaired', cause: 'meter', meters: [5] })
}, 30_000)

test('an adapter that hears itself is told, and does no harm', async () => {
  const echo: Answering = (request) => [encodeQuestion(request), ...honest(request)]
  expect(await judge(echo)).toEqual({ state: 'good', cause: 'echo', meters: [] })
})

test('a line on which nobody answers is broken', async () => {
  expect(await judge(() => [], 2)).toMatchObject({ state: 'down', cause: 'wire' })
}, 60_000)

/** The question as it comes back. */
const encodeQuestion = (request: Request): Uint8Array => {
  if (request.kind !== 'read') throw new Error('only reads are asked here')
  return encodeFrame({ address: request.address, control: 0x11, data: dataOf(request.identifier) })
}

const dataOf = (identifier: number): Uint8Array =>
  Uint8Array.from([0, 8, 16, 24], (shift) => (identifier >>> shift) & 0xff)
