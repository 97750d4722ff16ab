import { identifiers, registerSpan, toHex, type IdentifierName } from '@xianfu/protocols'
import { expect, test } from 'vitest'
import { clockMessage } from '../driver/modbus-clock.ts'
import { writeMessage } from '../driver/modbus-control.ts'
import { acrelDdsy1352Model, acrelDtsy1352Model } from './acrel.ts'
import type { MeterModel, RelayModel } from './meter-model.ts'
import { registerNamed, type ReadSpan } from './model-registers.ts'
import { contactsFor, relayState, supplyStatus } from './model-relay.ts'
import { itemValue, registersFor } from './model-values.ts'
import { findModel, meterModels } from './models.ts'

const itemsOf = (model: MeterModel): IdentifierName[] => Object.keys(model.items) as IdentifierName[]

/** Every register of these items, filled with one byte. */
const filled = (model: MeterModel, items: readonly IdentifierName[], byte: number): ReadSpan[] =>
  items
    .flatMap((item) => registersFor(model, item) ?? [])
    .map((name) => {
      const span = registerSpan(registerNamed(model, name))
      return { ...span, data: new Uint8Array(2 * span.count).fill(byte) }
    })

test('names are unique and lead to their model', () => {
  expect(new Set(meterModels.map(({ name }) => name)).size).toBe(meterModels.length)
  for (const model of meterModels) expect(findModel(model.name)).toBe(model)
  expect(findModel('nothing')).toBeNull()
})

test.each(meterModels)('$name: every register, bit and order that it names is there', (model) => {
  for (const item of itemsOf(model)) {
    expect(Object.keys(identifiers)).toContain(item)
    for (const name of registersFor(model, item) ?? []) expect(registerNamed(model, name)).toBeDefined()
  }
  for (const { register } of model.events?.counters ?? []) expect(registerNamed(model, register).bits).toBeUndefined()
  for (const { register, bit } of model.events?.states ?? [])
    expect(registerNamed(model, register).bits).toHaveProperty(bit)
  const relay = model.relay as RelayModel
  expect(() => relayState(model, relay, 0)).not.toThrow()
  for (const order of Object.values(relay.orders)) {
    const message = order === null ? null : writeMessage(model, order)
    expect(message === null || message.kind === 'write-multiple').toBe(true)
    // What is written must be writable.
    for (const name of Object.keys(order ?? {})) expect(registerNamed(model, name).access).toBe('rw')
  }
})

test.each(meterModels)(
  '$name: a purse that it names is there, and stands together where it may be written',
  (model) => {
    const { purse } = model
    if (purse === null) return
    for (const name of [purse.balance, purse.purchaseCount]) expect(registerNamed(model, name)).toBeDefined()
    if (purse.write === null) return
    for (const name of Object.values(purse.write)) expect(registerNamed(model, name).access).toBe('rw')
    const message = writeMessage(model, { [purse.write.balance]: 0, [purse.write.purchaseCount]: 1 })
    expect(message).toMatchObject({ kind: 'write-multiple' })
  },
)

test.each(meterModels)('$name: a clock that is set is one register, and read as it was written', (model) => {
  const { clock } = model
  if (clock === null) return
  expect(registerNamed(model, clock.set)).toMatchObject({ access: 'rw', type: 'bytes' })
  expect([...clock.order].sort()).toEqual(['day', 'hour', 'minute', 'month', 'second', 'weekday', 'year'])
  expect(registersFor(model, 'time')).not.toBeNull()
  const time = { year: 2026, month: 11, day: 25, weekday: 3, hour: 23, minute: 59, second: 58 }
  const message = clockMessage(model, clock, time)
  if (message.kind !== 'write-multiple') throw new Error('a clock is written as a whole')
  const { year, ...rest } = time
  const shown: Record<string, number> = { ...rest, year: year - 2000 }
  expect(Array.from(message.data.subarray(0, 7))).toEqual(clock.order.map((part) => shown[part]))
  expect(message.data.slice(7).every((byte) => byte === 0)).toBe(true)
})

test('clocks are set by register where a model was made for it, never of a meter as its maker has published it', () => {
  expect(meterModels.flatMap(({ name, clock }) => (clock === null ? [] : [name]))).toEqual([
    'acrel-ddsy1352-register-clock',
    'acrel-dtsy1352-register-clock',
    'generic',
  ])
})

test('purchases are written by register to models that were made for it alone', () => {
  const writable = meterModels.filter(({ purse }) => purse !== null && purse.write !== null)
  expect(writable.map(({ name }) => name)).toEqual(['acrel-ddsy1352-register-purse', 'acrel-dtsy1352-register-purse'])
})

test.each(meterModels)('$name: whatever the registers hold, a value or a refusal comes of it', (model) => {
  for (const byte of [0x00, 0x01, 0x7f, 0x80, 0xff]) {
    for (const item of itemsOf(model)) {
      const made = itemValue(model, item, filled(model, [item], byte), 'in-line')
      expect(made.ok ? typeof made.value : made.detail).not.toBe('')
    }
  }
})

const acrel = acrelDtsy1352Model
const acrelRelay = acrel.relay as RelayModel

test.each([
  // Word of 0224H, and what it says of supply on a relay in the line.
  [0xe000, 'closed', 'none', 'closed', 'closed'],
  [0x0000, 'open', 'none', 'open', 'open'],
  [0xe00f, 'closed', 'closed', 'closed', 'closed'],
  [0x0008, 'open', 'open', 'open', 'open'],
  // Ordered, and not (wholly) obeyed yet.
  [0xe008, 'closed', 'open', 'closed', 'open'],
  [0x000f, 'open', 'closed', 'open', 'closed'],
  // One pole is stuck: nobody is taken for cut off, or restored, who is not.
  [0x2008, 'mixed', 'open', 'closed', 'open'],
  [0xc00f, 'mixed', 'closed', 'open', 'closed'],
  [0x2000, 'mixed', 'none', 'closed', 'open'],
] as const)(
  'relay status %i: contacts %s, forced %s; supply %s, wanted %s',
  (word, contacts, ordered, relay, wanted) => {
    const state = relayState(acrel, acrelRelay, word)
    expect(state).toMatchObject({ contacts, ordered, alarm: false })
    expect(supplyStatus(state, 'in-line')).toMatchObject({ relay, relayCommand: wanted })
  },
)

test('with a shunt trip closed contacts mean no supply', () => {
  expect([contactsFor('on', 'shunt-trip'), contactsFor('off', 'shunt-trip')]).toEqual(['open', 'closed'])
  const supply = (word: number) => supplyStatus(relayState(acrel, acrelRelay, word), 'shunt-trip')
  expect(supply(0xe00f)).toMatchObject({ relay: 'open', relayCommand: 'open' })
  expect(supply(0x0008)).toMatchObject({ relay: 'closed', relayCommand: 'closed' })
  expect(supply(0x200f)).toMatchObject({ relay: 'closed', relayCommand: 'open' })
})

test('a single-phase meter is judged by its own pole alone', () => {
  const model = acrelDdsy1352Model
  expect(relayState(model, model.relay as RelayModel, 0x2009)).toMatchObject({ contacts: 'closed', ordered: 'closed' })
})

test.each([
  ['open', '00 01 00 01'],
  ['close', '00 01 00 00'],
  ['release', '00 00 00 00'],
] as const)('forced control, %s: 0057H gets %s', (name, hex) => {
  const message = writeMessage(acrel, acrelRelay.orders[name] ?? {})
  expect(message).toMatchObject({ kind: 'write-multiple', start: 0x0057 })
  expect('data' in message ? toHex(message.data) : '').toBe(hex)
})

test('transformer ratios multiply, and a ratio of 0 is refused', () => {
  const at = (start: number, hex: readonly number[]): ReadSpan => ({
    start,
    count: hex.length / 2,
    data: Uint8Array.from(hex),
  })
  const energy = at(0x0215, [0, 0, 0, 100])
  const ratios = (voltage: number, current: number) => at(0x0213, [0, voltage, 0, current])
  const total = (spans: ReadSpan[]) => itemValue(acrel, 'forwardActiveEnergyTotal', spans, 'in-line')
  expect(total([energy, ratios(1, 1)])).toEqual({ ok: true, value: 1_000 })
  expect(total([energy, ratios(10, 40)])).toEqual({ ok: true, value: 400_000 })
  expect(total([energy, ratios(0, 1)])).toMatchObject({ ok: false })
  expect(total([ratios(1, 1)])).toMatchObject({ ok: false, detail: 'energyTotal: energyTotal was not read' })
})

test('the clock of block 0200H', () => {
  const model = acrelDdsy1352Model
  const clock: ReadSpan = { start: 0x0228, count: 4, data: Uint8Array.of(26, 11, 25, 3, 23, 59, 58, 0xff) }
  expect(itemValue(model, 'dateAndWeekday', [clock], 'in-line')).toEqual({
    ok: true,
    value: { year: 2026, month: 11, day: 25, weekday: 3 },
  })
  expect(itemValue(model, 'time', [clock], 'in-line')).toEqual({
    ok: true,
    value: { hour: 23, minute: 59, second: 58 },
  })
  const never: ReadSpan = { ...clock, data: Uint8Array.of(26, 2, 30, 3, 24, 0, 0, 0) }
  expect(itemValue(model, 'dateAndWeekday', [never], 'in-line')).toMatchObject({ ok: false })
  expect(itemValue(model, 'time', [never], 'in-line')).toMatchObject({ ok: false })
})
