import { expect, test } from 'vitest'
import { testClock } from '../testing/hand-made-field.ts'
import { handMadeSecurity } from '../testing/hand-made-purse-meter.ts'
import { guardSecurityModule } from './guard-security-module.ts'
import { SecurityModuleError, type SecurityModule } from './security-module.ts'

const meter = { address: '202611010101', dispersionFactor: new Uint8Array(8) }
const session = { ...meter, random: new Uint8Array(4), chipSerial: new Uint8Array(8) }
const parts = { amountAndCount: new Uint8Array(8), customerNumber: new Uint8Array(6) }

const guarded = (change: Partial<SecurityModule>, answerWithinMs = 60_000): SecurityModule =>
  guardSecurityModule({ ...handMadeSecurity, ...change }, { clock: testClock(), answerWithinMs })

test('a module that does its work is let do it', async () => {
  expect(await guarded({}).identify(meter)).toEqual(await handMadeSecurity.identify(meter))
  expect(await guarded({}).sealPurchase(session, parts)).toEqual(await handMadeSecurity.sealPurchase(session, parts))
})

test.each<[string, Partial<SecurityModule>]>([
  ['throws', { identify: async () => Promise.reject(new Error('the machine is locked')) }],
  ['gives bytes too few', { identify: async () => ({ cipher: new Uint8Array(7), random: new Uint8Array(8) }) }],
  ['gives none', { identify: async () => ({}) as Awaited<ReturnType<SecurityModule['identify']>> }],
])('one that %s is a failed module', async (_, change) => {
  await expect(guarded(change).identify(meter)).rejects.toBeInstanceOf(SecurityModuleError)
})

test('one that never answers is not waited for', async () => {
  const hanging = guarded({ sealPurchase: async () => new Promise(() => undefined) }, 20)
  await expect(hanging.sealPurchase(session, parts)).rejects.toThrow(
    'security module hand-made: no answer within 20 ms',
  )
})

test('what is nearly true is not genuine', async () => {
  const vague = guarded({ isGenuine: async () => 'yes' as unknown as boolean })
  expect(await vague.isGenuine(session, new Uint8Array(4), new Uint8Array(4))).toBe(false)
})
