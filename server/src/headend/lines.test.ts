import { encodeValue, identifiers, type Reply, type Request } from '@xianfu/protocols'
import { expect, onTestFinished, test } from 'vitest'
import { controlRequest, createOnlineBench } from './testing/bench.ts'
import { until } from '../domain/testing/until.ts'
import { answeringFor, handMadeMeter, wallStart } from './testing/hand-made-field.ts'

// What the line does for those who schedule: deadlines, blocks, giving way, and counting.

const online: typeof createOnlineBench = async (options) => {
  const made = await createOnlineBench(options)
  onTestFinished(async () => made.close())
  return made
}
const first = '202611010101'
const second = '202611010102'
const voltage = identifiers.voltageBlock.id

/** Knows voltages, as one block or each for itself. */
const withVoltages =
  (hasBlock: boolean) =>
  (request: Request): Reply | undefined => {
    if (request.kind !== 'read') return undefined
    const { identifier } = request
    const data =
      identifier === voltage
        ? hasBlock
          ? encodeValue('voltageBlock', { a: 220_100, b: 221_200, c: null })
          : null
        : identifier === identifiers.voltageA.id
          ? encodeValue('voltageA', 220_100)
          : identifier === identifiers.voltageB.id
            ? encodeValue('voltageB', 221_200)
            : null
    return data === null ? undefined : { kind: 'read', address: first, identifier, data, more: false }
  }

test('several values of one block are one exchange', async () => {
  const meter = handMadeMeter(first, { instead: withVoltages(true) })
  const { headend } = await online({ meters: [meter] })
  const outcome = await headend.read(1, ['voltageA', 'voltageB'], { priority: 'scheduled' })
  expect(outcome).toMatchObject({ ok: true, values: { voltageA: 220_100, voltageB: 221_200 } })
  expect(outcome.exchanges.length).toBe(1)
})

test('a meter without the block is asked for its parts, and not for the block again', async () => {
  const meter = handMadeMeter(first, { instead: withVoltages(false) })
  const { headend, gateway } = await online({ meters: [meter] })
  const items = ['voltageA', 'voltageB'] as const
  for (let round = 0; round < 2; round += 1)
    expect(await headend.read(1, items, { priority: 'scheduled' })).toMatchObject({
      ok: true,
      values: { voltageA: 220_100, voltageB: 221_200 },
    })
  const asked = gateway.requests('read').map((request) => (request.kind === 'read' ? request.identifier : 0))
  const parts = [identifiers.voltageA.id, identifiers.voltageB.id]
  expect(asked).toEqual([voltage, ...parts, ...parts])
})

test('what has not begun by its deadline is told as too late, and nothing of it is asked', async () => {
  const { headend, gateway } = await online({ meters: [handMadeMeter(first)] })
  const outcome = await headend.read(1, ['statusWord3'], { priority: 'scheduled', deadline: wallStart - 1 })
  expect(outcome).toMatchObject({ ok: false, code: 'too-late', exchanges: [] })
  expect(gateway.heard.length).toBe(0)
})

test('frames that follow one another give way to a relay command, and begin anew after it', async () => {
  const meter = handMadeMeter(first)
  const other = handMadeMeter(second)
  const whole = encodeValue('forwardActiveEnergyBlock', { total: 40_000, rates: [10_000, 20_000, 10_000, 0] })
  const { id: identifier } = identifiers.forwardActiveEnergyBlock
  const { request: trip } = controlRequest({ action: 'trip' })
  const tripping: Promise<unknown>[] = []
  const { headend, gateway } = await online({ meters: [meter, other] })
  meter.instead = (request) => {
    if (request.kind === 'read') {
      if (tripping.length === 0) tripping.push(headend.control(2, trip))
      return { kind: 'read', address: first, identifier, data: whole.slice(0, 8), more: true }
    }
    if (request.kind !== 'read-follow-up') return undefined
    const { sequence } = request
    const data = whole.slice(sequence * 8, sequence * 8 + 8)
    return { kind: 'read-follow-up', address: first, identifier, data, sequence, more: sequence < 2 }
  }
  gateway.answerWith(answeringFor(meter, other))
  const outcome = await headend.read(1, ['forwardActiveEnergyBlock'], { priority: 'back-fill' })
  expect(outcome.values.forwardActiveEnergyBlock).toEqual({ total: 40_000, rates: [10_000, 20_000, 10_000, 0] })
  expect(await Promise.all(tripping)).toMatchObject([{ kind: 'verified' }])
  expect(gateway.heard.map(({ request }) => request.kind)).toEqual([
    'read',
    'control',
    'read',
    'read',
    'read-follow-up',
    'read-follow-up',
  ])
})

test('exchanges are counted by meter: answers, silence, and what others said', async () => {
  const meter = handMadeMeter(first)
  const dead = handMadeMeter(second, { instead: () => null })
  const { headend, gateway } = await online({ meters: [meter, dead] })
  await headend.read(1, ['statusWord3', 'forwardActiveEnergyBlock'], { priority: 'scheduled' })
  await headend.read(2, ['statusWord3'], { priority: 'scheduled' })
  const [line] = headend.lines()
  expect(line?.meters).toMatchObject([
    { meterId: 1, asked: 2, answered: 2, silent: 0, garbled: 0, isBackingOff: false },
    { meterId: 2, asked: 2, answered: 0, silent: 2, responseMs: null },
  ])
  expect(line?.meters[0]?.busyMs).toBeGreaterThan(0)
  expect(headend.lines(9)).toEqual([])
  gateway.hangUp()
  await until('the gateway is gone', () => headend.lines(1)[0]?.online === false)
  expect(headend.lines(1)[0]?.linksLost).toBe(1)
})
