import { encodeValue, identifiers, type Reply, type Request } from '@xianfu/protocols'
import { afterEach, describe, expect, test } from 'vitest'
import { dlt645EventCounters, recordIdentifier, statesOf } from './events/event-sources.ts'
import { acrelDtsy1352Model } from './model/acrel.ts'
import { genericModel } from './model/generic.ts'
import { createOnlineBench } from './testing/bench.ts'
import { handMadeMeter, type HandMadeMeter } from './testing/hand-made-field.ts'
import { handMadeAcrel, setRegister } from './testing/hand-made-modbus.ts'
import { createRtuBench } from './testing/modbus-bench.ts'

const address = '202611250001'
const options = { priority: 'back-fill' } as const
let close: (() => Promise<void>) | null = null
afterEach(async () => {
  await close?.()
  close = null
})

/** A meter that has these identifiers and refuses all others. */
const meterWith = (data: Readonly<Record<number, Uint8Array>>): HandMadeMeter =>
  handMadeMeter(address, {
    instead: (request: Request): Reply | undefined => {
      if (request.kind !== 'read') return undefined
      const found = data[request.identifier]
      return found === undefined
        ? undefined
        : { kind: 'read', address, identifier: request.identifier, data: found, more: false }
    },
  })
const ask = async (meter: HandMadeMeter) => {
  const bench = await createOnlineBench({ meters: [meter] })
  close = bench.close
  return bench.headend
}
const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'))

describe('the table of event counters', () => {
  test('names each kind and each identifier once', () => {
    expect(new Set(dlt645EventCounters.map(({ kind }) => kind)).size).toBe(dlt645EventCounters.length)
    expect(new Set(dlt645EventCounters.map(({ records }) => records)).size).toBe(dlt645EventCounters.length)
  })
  test.each([
    [{ kind: 'meter-cover', phase: null }, 1, 0x03300d01],
    [{ kind: 'current-loss', phase: 'b' }, 10, 0x030b020a],
    [{ kind: 'trip', phase: null }, 2, 0x1d00ff02],
    [{ kind: 'meter-cover', phase: 'a' }, 1, null],
    [{ kind: 'current-loss', phase: null }, 1, null],
    [{ kind: 'clock-fault', phase: null }, 1, null],
  ] as const)('%o, record %d', (source, last, identifier) => {
    expect(recordIdentifier(source, last)).toBe(identifier)
  })
  test('the bits of status words', () => {
    expect(
      statesOf(
        new Map([
          [1, 0x8004],
          [2, 0xffff],
          [3, 0xffff],
          [5, 0x0008],
          [7, 0x0600],
        ]),
      ),
    ).toEqual([
      { kind: 'clock-battery-low', phase: null },
      { kind: 'clock-fault', phase: null },
      { kind: 'current-loss', phase: 'b' },
      { kind: 'meter-cover', phase: null },
      { kind: 'terminal-cover', phase: null },
    ])
  })
})

describe('a DL/T 645 meter', () => {
  test('tells its states in one answer', async () => {
    const block = encodeValue('statusWordBlock', { words: [0x0004, 0, 0, 0, 0, 0x0080, 0x0200] })
    const headend = await ask(meterWith({ [identifiers.statusWordBlock.id]: block }))
    const read = await headend.readSigns(1, 'states', options)
    expect(read).toMatchObject({
      ok: true,
      states: [
        { kind: 'clock-battery-low', phase: null },
        { kind: 'phase-break', phase: 'c' },
        { kind: 'meter-cover', phase: null },
      ],
    })
    expect(read.exchanges).toHaveLength(1)
    expect(read.frame).toEqual(read.exchanges[0]?.response)
  })

  test('without the block is asked word by word', async () => {
    const word = (id: number, raw: number) => ({ [id]: Uint8Array.of(raw & 0xff, raw >> 8) })
    const headend = await ask(meterWith({ ...word(0x04000501, 0x8000), ...word(0x04000507, 0x0001) }))
    expect(await headend.readSigns(1, 'states', options)).toMatchObject({
      ok: true,
      states: [
        { kind: 'clock-fault', phase: null },
        { kind: 'voltage-sequence', phase: null },
      ],
    })
  })

  test('that has no status words says nothing, and not that all is well', async () => {
    const headend = await ask(meterWith({}))
    expect(await headend.readSigns(1, 'states', options)).toMatchObject({
      ok: false,
      code: 'refused-by-meter',
      states: null,
    })
  })

  test('tells its counters, and which it does not have', async () => {
    const headend = await ask(
      meterWith({
        0x03300d00: hex('020000'),
        0x030b0000: hex('010000600000000000000000030000000000'),
        0x03070000: hex('050000000000'),
      }),
    )
    const read = await headend.readSigns(1, 'counts', options)
    expect(read.ok).toBe(true)
    expect(read.counts.map(({ kind, phase, count }) => [kind, phase, count])).toEqual([
      ['meter-cover', null, 2],
      ['current-loss', 'a', 1],
      ['current-loss', 'b', 0],
      ['current-loss', 'c', 3],
      ['voltage-sequence', null, 5],
    ])
    expect(read.absent).toHaveLength(dlt645EventCounters.length - 3)
    const again = await headend.readSigns(1, 'counts', { ...options, without: read.absent })
    expect(again.exchanges).toHaveLength(3)
    expect((await headend.readSigns(1, 'counts', { ...options, only: 'meter-cover' })).exchanges).toHaveLength(1)
  })

  test('tells a record with its times and who did it', async () => {
    const broken = hex('00153008112526')
    const whole = hex(`5634122511267856341201100004${'ff'.repeat(36)}`)
    const headend = await ask(meterWith({ 0x03300001: whole, 0x03300002: broken, 0x03300003: new Uint8Array(50) }))
    const source = { kind: 'programming', phase: null } as const
    expect(await headend.readEventRecord(1, source, 1, options)).toMatchObject({
      ok: true,
      empty: false,
      began: { year: 2026, month: 11, day: 25, hour: 12, minute: 34, second: 56 },
      ended: null,
      operatorCode: '12345678',
    })
    // Bytes that keep to no layout are kept.
    const odd = await headend.readEventRecord(1, source, 2, options)
    expect(odd).toMatchObject({ ok: true, empty: false, began: null, value: null })
    expect(odd.ok && odd.frames).toHaveLength(1)
    expect(await headend.readEventRecord(1, source, 3, options)).toMatchObject({ ok: true, empty: true })
    expect(await headend.readEventRecord(1, source, 4, options)).toMatchObject({ ok: false, code: 'refused-by-meter' })
  })

  test('that is silent backs off, and is then not asked', async () => {
    const headend = await ask(handMadeMeter(address, { instead: () => null }))
    const codes: string[] = []
    for (let times = 0; times < 3; times += 1) {
      const read = await headend.readEventRecord(1, { kind: 'trip', phase: null }, 1, options)
      codes.push(read.ok ? 'answered' : read.code)
    }
    expect(codes).toEqual(['no-answer', 'backing-off', 'backing-off'])
    expect(await headend.readSigns(1, 'states', options)).toMatchObject({ ok: false, code: 'backing-off' })
  })
})

describe('a Modbus meter', () => {
  test('tells in one read what its registers know of events', async () => {
    const meter = handMadeAcrel(7, acrelDtsy1352Model)
    setRegister(meter, 'overloadTrips', 3)
    setRegister(meter, 'relayStatus', 1 << 8)
    const bench = await createRtuBench([meter])
    close = bench.close
    const read = await bench.headend.readSigns(1, 'counts', options)
    expect(read).toMatchObject({
      ok: true,
      counts: [{ kind: 'overload-trip', phase: null, count: 3, recorded: false }],
      states: [{ kind: 'meter-fault', phase: null }],
    })
    expect(read.exchanges).toHaveLength(1)
    expect(await bench.headend.readEventRecord(1, { kind: 'trip', phase: null }, 1, options)).toMatchObject({
      ok: false,
    })
    bench.socket.destroy()
  })

  test('of a model that tells of no events is not asked', async () => {
    const meter = { ...handMadeAcrel(7, acrelDtsy1352Model), model: genericModel }
    const bench = await createRtuBench([meter])
    close = bench.close
    const read = await bench.headend.readSigns(1, 'states', options)
    expect(read).toMatchObject({ ok: true, states: null, counts: [], exchanges: [] })
    bench.socket.destroy()
  })
})
