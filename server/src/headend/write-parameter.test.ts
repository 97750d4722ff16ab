import { toHex, type Request } from '@xianfu/protocols'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { ParameterWriteRequest } from './headend.ts'
import { controlRequest, createOnlineBench } from './testing/bench.ts'
import { until } from '../domain/testing/until.ts'
import { answeringFor, handMadeMeter, type HandMadeMeter } from './testing/hand-made-field.ts'

const address = '202611010101'
const alarm1 = 0x04001001
/** A meter with a memory of four bytes, which stands at 10.00 yuan; `write` says what becomes of a write. */
const benchWith = async (
  write: (request: Extract<Request, { kind: 'write' }>, memory: { data: Uint8Array }) => 'ok' | 'silent' | 'refuse',
) => {
  const memory = { data: Uint8Array.from([0x00, 0x10, 0x00, 0x00]) }
  const meter: HandMadeMeter = handMadeMeter(address)
  meter.instead = (request) => {
    if (request.kind === 'read' && request.identifier === alarm1)
      return { kind: 'read', address, identifier: alarm1, data: memory.data, more: false }
    if (request.kind !== 'write') return undefined
    const became = write(request, memory)
    if (became === 'silent') return null
    if (became === 'refuse')
      return { kind: 'error', address, functionCode: 0x14, errors: { raw: 4, reasons: ['wrong-password'] } }
    return { kind: 'write', address }
  }
  const made = await createOnlineBench({ meters: [meter], limits: { gatewayLatencyMs: 100 } })
  onTestFinished(async () => made.close())
  return { ...made, memory, meter }
}

const request = (fen: number, change: Partial<ParameterWriteRequest> = {}): ParameterWriteRequest => ({
  name: 'money-alarm-1',
  value: { kind: 'money', fen },
  confirm: async () => ({ go: true }),
  ...change,
})
const keep: Parameters<typeof benchWith>[0] = ({ data }, memory) => {
  memory.data = data
  return 'ok'
}

describe('writing a parameter over a real line', () => {
  test('read, written, read back: proven', async () => {
    const { headend, gateway, memory } = await benchWith(keep)
    const done = await headend.writeParameter(1, request(2_050))
    expect(done).toMatchObject({ kind: 'verified', already: false })
    expect(toHex(memory.data)).toBe('50 20 00 00')
    expect(done.exchanges.map(({ meaning }) => meaning)).toEqual([
      'read moneyAlarm1',
      'write moneyAlarm1',
      'read moneyAlarm1',
    ])
    expect(gateway.requests('write')).toMatchObject([{ identifier: alarm1, credentials: { level: 2 } }])
  })

  test('what stands there already is not written', async () => {
    const { headend, gateway } = await benchWith(keep)
    let asked = false
    const done = await headend.writeParameter(
      1,
      request(1_000, {
        confirm: async () => {
          asked = true
          return { go: true }
        },
      }),
    )
    expect([done.kind, asked, gateway.requests('write')]).toEqual(['verified', false, []])
  })

  test('a relay command passes between the look and the write', async () => {
    const { headend, gateway, meter } = await benchWith(keep)
    // Slow enough for the command to be asked for while the look is under way.
    gateway.answerWith((asked) => [{ pauseMs: 60 }, ...answeringFor(meter)(asked)])
    const { request: trip } = controlRequest({ action: 'trip' })
    const before = gateway.heard.length
    const write = headend.writeParameter(1, request(2_000))
    await until('the first look is on the wire', () => gateway.heard.length > before)
    expect(await headend.control(1, trip)).toMatchObject({ kind: 'verified' })
    expect(await write).toMatchObject({ kind: 'verified', already: false })
    expect(gateway.heard.slice(before).map(({ request: { kind } }) => kind)).toEqual([
      'read',
      'control',
      'read',
      'write',
      'read',
    ])
  })

  test('withdrawn at the last moment', async () => {
    const { headend, gateway } = await benchWith(keep)
    const done = await headend.writeParameter(
      1,
      request(2_000, { confirm: async () => ({ go: false, reason: 'batch-stopped' }) }),
    )
    expect(done).toMatchObject({ kind: 'withdrawn', reason: 'batch-stopped' })
    expect(gateway.requests('write')).toEqual([])
  })

  test('a lost answer is looked up: the meter has it', async () => {
    const { headend, gateway } = await benchWith((asked, memory) => {
      keep(asked, memory)
      return 'silent'
    })
    expect(await headend.writeParameter(1, request(2_000))).toMatchObject({ kind: 'verified', already: false })
    expect(gateway.requests('write')).toHaveLength(1)
  })

  test('acknowledged and not taken over: not believed', async () => {
    const { headend } = await benchWith(() => 'ok')
    expect(await headend.writeParameter(1, request(2_000))).toMatchObject({
      kind: 'unverified',
      detail: 'the meter shows something else',
    })
  })

  test('refused, with the meter’s reason', async () => {
    const { headend } = await benchWith(() => 'refuse')
    expect(await headend.writeParameter(1, request(2_000))).toMatchObject({
      kind: 'refused',
      detail: 'wrong-password',
    })
  })

  test('an item that the meter does not have, a meter that is not there, a gateway that is gone', async () => {
    const { headend, gateway } = await benchWith(keep)
    expect(await headend.writeParameter(1, { ...request(1), name: 'money-alarm-2' })).toMatchObject({
      kind: 'refused',
      detail: expect.stringMatching(/no-data/u),
    })
    expect(await headend.writeParameter(9, request(1))).toMatchObject({ kind: 'not-sent', code: 'unknown-meter' })
    gateway.hangUp()
    await gateway.closed
    expect(await headend.writeParameter(1, request(1))).toMatchObject({ kind: 'not-sent', code: 'gateway-offline' })
  })

  test('prices and the hour at which they count, as the standard writes them', async () => {
    const meter = handMadeMeter(address)
    const memory = new Map<number, Uint8Array>([
      [0x04050202, new Uint8Array(4)],
      [0x04000108, new Uint8Array(5)],
    ])
    meter.instead = (asked) => {
      if (asked.kind === 'write') {
        memory.set(asked.identifier, asked.data)
        return { kind: 'write', address }
      }
      const data = asked.kind === 'read' ? memory.get(asked.identifier) : undefined
      return data === undefined || asked.kind !== 'read'
        ? undefined
        : { kind: 'read', address, identifier: asked.identifier, data, more: false }
    }
    const made = await createOnlineBench({ meters: [meter] })
    onTestFinished(async () => made.close())
    const price = { kind: 'price', tenThousandths: 5_380 } as const
    await made.headend.writeParameter(1, { ...request(0), name: 'spare-rate-price-2', value: price })
    const hour = { kind: 'minute', year: 2026, month: 12, day: 1, hour: 6, minute: 30 } as const
    await made.headend.writeParameter(1, { ...request(0), name: 'rate-price-switch-time', value: hour })
    expect([...memory.values()].map(toHex)).toEqual(['80 53 00 00', '30 06 01 12 26'])
  })
})
