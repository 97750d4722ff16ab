import { afterAll, beforeAll, expect, test } from 'vitest'
import type { GatewayStatus } from '../headend/headend.ts'
import { createScriptedSigns, type ScriptedSigns } from './testing/scripted-signs.ts'
import { createTown, type Town } from './testing/town.ts'
import { createMeterWatch, type MeterWatch } from './watch-meters.ts'

const minute = 60_000
const meters = 23
let town: Town
let signs: ScriptedSigns
let watch: MeterWatch
let elapsedMs = 0
let status: GatewayStatus

beforeAll(async () => {
  town = await createTown(Array.from({ length: meters }, (_, index) => ({ place: `P${String(index)}` })))
  const [row] = await town.database.query<{ id: number }>('select id from gateway')
  status = { gatewayId: row?.id ?? 0, online: true, since: 0, lastHeardAt: null, remoteAddress: null, queueLength: 0 }
  signs = createScriptedSigns()
  const context = { ...town.context, clock: { ...town.clock, elapsedMs: () => elapsedMs } }
  watch = createMeterWatch(context, {
    ...signs,
    readSigns: async (...call) => signs.readSigns(...call),
    gateways: () => [status],
  })
})
afterAll(async () => town.close())

/** Meters asked until nothing is due. */
const round = async (): Promise<number> => {
  let asked = 0
  watch.wake()
  for (let due = await watch.step(); due > 0; due = await watch.step()) {
    asked += due
    watch.wake()
  }
  return asked
}

test('every meter is asked once, in rounds of twenty', async () => {
  expect([await watch.step(), await watch.step(), await watch.step()]).toEqual([20, 3, 0])
  expect(signs.asked.filter((what) => what === 'states')).toHaveLength(meters)
  expect(signs.asked.filter((what) => what === 'counts')).toHaveLength(meters)
})

test('a gateway with nothing due is not looked at again at once', async () => {
  town.clock.move(61 * minute)
  expect(await watch.step()).toBe(0)
  elapsedMs += 15_000
  expect(await watch.step()).toBe(20)
  expect(await round()).toBe(3)
})

test('states and counters are due at their own pace', async () => {
  signs.asked.length = 0
  town.clock.move(5 * 60 * minute)
  await round()
  expect([...new Set(signs.asked)].toSorted()).toEqual(['counts', 'states'])
  signs.asked.length = 0
  town.clock.move(61 * minute)
  await round()
  expect([...new Set(signs.asked)]).toEqual(['states'])
})

test('a meter that does not answer is left alone for a while, and its neighbours are not', async () => {
  signs.failing = 'no-answer'
  town.clock.move(61 * minute)
  expect(await round()).toBe(meters)
  expect(await round()).toBe(0)
  signs.failing = null
  elapsedMs += 600_000
  expect(await round()).toBe(meters)
})

test('behind a gateway that is gone nobody is asked', async () => {
  town.clock.move(61 * minute)
  status = { ...status, online: false }
  expect(await round()).toBe(0)
  status = { ...status, online: true }
  signs.failing = 'gateway-offline'
  watch.wake()
  signs.asked.length = 0
  // It went while the first meter was asked; the others are not tried.
  expect(await watch.step()).toBe(20)
  expect(signs.asked).toEqual(['states'])
  signs.failing = null
  expect(await watch.step()).toBe(0)
  expect(await round()).toBe(meters)
})
