import { expect, onTestFinished, test } from 'vitest'
import { microYuan } from '../../domain/quantity.ts'
import type { PursePurchase } from '../headend.ts'
import { acrelDtsy1352RegisterPurseModel } from '../model/acrel-register-purse.ts'
import { acrelDtsy1352Model } from '../model/acrel.ts'
import { genericModel } from '../model/generic.ts'
import type { MeterModel } from '../model/meter-model.ts'
import { handMadeAcrel, honestReply } from '../testing/hand-made-modbus.ts'
import { createRtuBench } from '../testing/modbus-bench.ts'
import { yuan } from '../../domain/testing/yuan.ts'

const options = { priority: 'person' } as const
const purchase = (change: Partial<PursePurchase> = {}): PursePurchase => ({
  amount: yuan(50),
  purchaseCount: 5,
  customerNumber: '000000004711',
  ...change,
})

/** Balance 12.34 after 4 purchases; whatever is written to the set-up registers shows in block 0200H, as in a meter. */
const benchWith = async (model: MeterModel = acrelDtsy1352RegisterPurseModel, microYuanInIt = 12_340_000) => {
  const meter = handMadeAcrel(7, model, { balance: microYuanInIt, purchaseCount: 4 })
  meter.instead = (request) => {
    if (request.kind !== 'write-multiple' || request.start !== 0x4e) return undefined
    const reply = honestReply(meter, request)
    meter.words.set(0x0221, meter.words.get(0x4e) ?? 0)
    meter.words.set(0x021f, meter.words.get(0x4f) ?? 0)
    meter.words.set(0x0220, meter.words.get(0x50) ?? 0)
    return reply
  }
  const made = await createRtuBench([meter], { limits: { gatewayLatencyMs: 100, lateAnswerMs: 200 } })
  onTestFinished(async () => made.close())
  const writes = () => meter.requests.filter(({ kind }) => kind === 'write-multiple')
  return { ...made, meter, writes }
}

test('balance and count are read at once', async () => {
  const { headend, meter } = await benchWith()
  expect(await headend.readPurse(1, options)).toMatchObject({
    ok: true,
    purse: { purchaseCount: 4, balance: yuan(12.34), lastPurchase: null },
  })
  expect(meter.requests).toEqual([{ kind: 'read-holding', start: 0x021f, count: 3 }])
})

test('of an overdrawn purse nothing is left', async () => {
  const { headend } = await benchWith(acrelDtsy1352Model, -3_000_000)
  expect(await headend.readPurse(1, options)).toMatchObject({ ok: true, purse: { balance: 0n } })
})

test('a purchase is the new balance and the next count in one message', async () => {
  const { headend, writes } = await benchWith()
  expect(await headend.writePurse(1, purchase(), options)).toMatchObject({ kind: 'accepted' })
  // Count 5, and 6234 fen.
  expect(writes()).toEqual([{ kind: 'write-multiple', start: 0x4e, data: Uint8Array.of(0, 5, 0, 0, 0x18, 0x5a) }])
  expect(await headend.readPurse(1, options)).toMatchObject({
    ok: true,
    purse: { purchaseCount: 5, balance: yuan(62.34) },
  })
})

test('an overdraft is paid first', async () => {
  const { headend } = await benchWith(acrelDtsy1352RegisterPurseModel, -3_000_000)
  expect(await headend.writePurse(1, purchase(), options)).toMatchObject({ kind: 'accepted' })
  expect(await headend.readPurse(1, options)).toMatchObject({ ok: true, purse: { balance: yuan(47) } })
})

test('a model that does not say that purchases may be written takes none', async () => {
  const { headend, meter } = await benchWith(acrelDtsy1352Model)
  expect(await headend.writePurse(1, purchase(), options)).toMatchObject({ kind: 'refused' })
  expect(meter.requests).toEqual([])
})

test('a model without a purse has none, and takes nothing', async () => {
  const { headend, meter } = await benchWith({ ...acrelDtsy1352Model, purse: null, name: genericModel.name })
  expect(await headend.readPurse(1, options)).toMatchObject({ ok: false, code: 'no-purse' })
  expect(await headend.writePurse(1, purchase(), options)).toMatchObject({ kind: 'refused' })
  expect(meter.requests).toEqual([])
})

test.each([
  ['a count that has been used', { purchaseCount: 4 }],
  ['a count ahead', { purchaseCount: 6 }],
  ['part of a fen', { amount: microYuan(10_001n) }],
  ['more than the meter can hold', { amount: yuan(999_990) }],
] as const)('%s is refused before anything is written', async (_, change) => {
  const { headend, writes } = await benchWith()
  expect(await headend.writePurse(1, purchase(change), options)).toMatchObject({ kind: 'refused' })
  expect(writes()).toEqual([])
})

test('a purchase that does not cover the overdraft is refused', async () => {
  const { headend, writes } = await benchWith(acrelDtsy1352RegisterPurseModel, -60_000_000)
  expect(await headend.writePurse(1, purchase(), options)).toMatchObject({ kind: 'refused' })
  expect(writes()).toEqual([])
})

test('a lost answer is unknown, is not asked again, and repeated is refused by the count', async () => {
  const { headend, meter, writes } = await benchWith()
  const honest = meter.instead
  meter.instead = (request) => {
    const reply = honest?.(request)
    return request.kind === 'write-multiple' ? null : reply
  }
  expect(await headend.writePurse(1, purchase(), options)).toMatchObject({ kind: 'unknown' })
  expect(writes()).toHaveLength(1)
  expect(await headend.readPurse(1, options)).toMatchObject({ ok: true, purse: { purchaseCount: 5 } })
  expect(await headend.writePurse(1, purchase(), options)).toMatchObject({ kind: 'refused' })
  expect(writes()).toHaveLength(1)
})

test.each([
  [2, 'refused'],
  [6, 'unknown'],
] as const)('exception %i of the write: %s', async (exceptionCode, kind) => {
  const { headend, meter } = await benchWith()
  meter.instead = (request) =>
    request.kind === 'write-multiple' ? { kind: 'exception', functionCode: 16, exceptionCode } : undefined
  expect(await headend.writePurse(1, purchase(), options)).toMatchObject({ kind })
})

test('a meter that does not show its purse before is not written to', async () => {
  const { headend, meter, writes } = await benchWith()
  meter.instead = (request) => (request.kind === 'read-holding' ? null : undefined)
  expect(await headend.writePurse(1, purchase(), options)).toMatchObject({ kind: 'unknown' })
  expect(writes()).toEqual([])
})
