import { standardDictionary, type LoadRecord, type Reply, type Request } from '@xianfu/protocols'
import { afterEach, describe, expect, test } from 'vitest'
import { instantOfLocal } from '../domain/calendar.ts'
import { createOnlineBench, type Bench } from './testing/bench.ts'
import { answeringFor, handMadeMeter, type HandMadeGateway } from './testing/hand-made-field.ts'

// What a meter has kept of the past, over real TCP: load profile (A.7) and half-hourly freezes (A.6).

const address = '202611250001'
const halfHour = 1_800_000
const timeZone = 'Asia/Shanghai'
const begin = Date.parse('2026-01-14T16:00:00Z')

type Kept = Readonly<{ at: number; totalWh: number; damaged?: boolean }>
const momentOf = (instant: number) => {
  const local = new Date(instant + 8 * 3_600_000)
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
  }
}
const series = (count: number): Kept[] =>
  Array.from({ length: count }, (_, index) => ({ at: begin + index * halfHour, totalWh: 1_000 + index * 10 }))

const refused: Reply = { kind: 'error', address, functionCode: 0x11, errors: { raw: 2, reasons: ['no-data'] } }

const loadRecord = ({ at, totalWh, damaged = false }: Kept): LoadRecord => ({
  at: momentOf(at),
  damaged,
  voltageAndCurrent: null,
  power: null,
  powerFactor: null,
  energy: { forwardActive: totalWh, reverseActive: 0, combinedReactive1: 0, combinedReactive2: 0 },
  quadrants: null,
  demand: null,
})

/** A meter with a load profile, oldest first. */
const withProfile =
  (kept: readonly Kept[]) =>
  (request: Request): Reply | undefined => {
    if (request.kind !== 'read' || request.identifier >>> 24 !== 0x06) return undefined
    const { identifier, blocks = 1, from } = request
    const since = from === undefined ? -Infinity : instantOfLocal(from, timeZone)
    const chosen =
      (identifier & 0xff) === 2 ? kept.slice(-blocks) : kept.filter(({ at }) => at >= since).slice(0, blocks)
    if (chosen.length === 0) return refused
    const data = standardDictionary.encode(identifier, { records: chosen.map(loadRecord) })
    return { kind: 'read', address, identifier, data, more: false }
  }

/** A meter with half-hourly freezes alone, newest first. */
const withFreezes =
  (kept: readonly Kept[]) =>
  (request: Request): Reply | undefined => {
    if (request.kind !== 'read' || (request.identifier & 0xffff_0000) !== 0x0504_0000) return undefined
    const freeze = kept.toReversed()[(request.identifier & 0xff) - 1]
    if (freeze === undefined) return refused
    const value = { at: momentOf(freeze.at), forwardActiveEnergy: freeze.totalWh, reverseActiveEnergy: 0 }
    const data = standardDictionary.encode(request.identifier, value)
    return { kind: 'read', address, identifier: request.identifier, data, more: false }
  }

describe('the records of a meter', () => {
  let bench: (Bench & Readonly<{ gateway: HandMadeGateway }>) | undefined
  afterEach(async () => bench?.close())
  const open = async (instead: (request: Request) => Reply | null | undefined) => {
    bench = await createOnlineBench({ meters: [handMadeMeter(address, { instead })] })
    return bench
  }
  const span = (first: number, end: number) => ({ from: begin + first * halfHour, to: begin + end * halfHour })
  const asked = () => bench?.gateway.requests('read').length

  test('come from the load profile, five with one question', async () => {
    const { headend } = await open(withProfile(series(20)))
    const read = await headend.readStored(1, { ...span(2, 9), source: null }, { priority: 'back-fill' })
    expect(read).toMatchObject({ ok: true, source: 'load-profile', exhausted: true })
    expect(read.ok && read.records).toEqual(series(20).slice(2, 9))
    expect(asked()).toBe(2)
  })

  test('a damaged record is left out, and what the meter has forgotten does not come', async () => {
    const kept = series(20)
      .map((one, index) => (index === 5 ? { ...one, damaged: true } : one))
      .slice(4)
    const { headend } = await open(withProfile(kept))
    const read = await headend.readStored(1, { ...span(2, 7), source: 'load-profile' }, { priority: 'back-fill' })
    expect(read.ok && read.records.map(({ at }) => (at - begin) / halfHour)).toEqual([4, 6])
  })

  test('a profile that ends before the span is a memory all the same', async () => {
    const { headend } = await open(withProfile(series(3)))
    const read = await headend.readStored(1, { ...span(5, 8), source: null }, { priority: 'back-fill' })
    expect(read).toMatchObject({ ok: true, source: 'load-profile', records: [] })
  })

  test('come from half-hourly freezes where there is no profile', async () => {
    const { headend } = await open(withFreezes(series(12)))
    const read = await headend.readStored(1, { ...span(3, 6), source: null }, { priority: 'back-fill' })
    expect(read).toMatchObject({ ok: true, source: 'hourly-freeze', exhausted: true })
    expect(read.ok && read.records.toSorted((a, b) => a.at - b.at)).toEqual(series(12).slice(3, 6))
  })

  test('a meter with neither says so', async () => {
    const { headend } = await open(() => undefined)
    const read = await headend.readStored(1, { ...span(0, 2), source: null }, { priority: 'back-fill' })
    expect(read).toMatchObject({ ok: false, code: 'no-memory' })
  })

  test('a silent meter is asked twice and then left alone', async () => {
    const { headend } = await open((request) => (request.kind === 'read' ? null : undefined))
    const read = await headend.readStored(1, { ...span(0, 2), source: 'load-profile' }, { priority: 'back-fill' })
    expect(read).toMatchObject({ ok: false, code: 'no-answer' })
    expect(asked()).toBe(2)
  })

  test('wait while anything else wants the line', async () => {
    const { headend, gateway } = await open(withProfile(series(200)))
    const order: string[] = []
    const honest = answeringFor(handMadeMeter(address, { instead: withProfile(series(200)) }))
    gateway.answerWith((request) => {
      if (request.kind === 'read') order.push(request.identifier >>> 24 === 6 ? 'record' : 'register')
      return [{ pauseMs: 30 }, ...honest(request).map((packet) => packet)]
    })
    const filling = headend.readStored(1, { ...span(0, 40), source: 'load-profile' }, { priority: 'back-fill' })
    const reading = headend.read(1, ['forwardActiveEnergyTotal', 'statusWord3'], { priority: 'scheduled' })
    expect(await reading).toMatchObject({ ok: true })
    expect(order.filter((one) => one === 'record').length).toBeLessThanOrEqual(2)
    expect(await filling).toMatchObject({ ok: true, exhausted: true })
  })
})
