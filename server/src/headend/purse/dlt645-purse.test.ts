import { securityCommands, type Request } from '@xianfu/protocols'
import { expect, onTestFinished, test } from 'vitest'
import { microYuan } from '../../domain/quantity.ts'
import type { ControlOutcome, PursePurchase } from '../headend.ts'
import type { SecurityModule } from '../security/security-module.ts'
import { controlRequest, createOnlineBench, type BenchOptions } from '../testing/bench.ts'
import { until } from '../../domain/testing/until.ts'
import { answeringFor } from '../testing/hand-made-field.ts'
import { handMadePurseMeter, handMadeSecurity, type PurseState } from '../testing/hand-made-purse-meter.ts'
import { yuan } from '../../domain/testing/yuan.ts'

const address = '202611010101'
const customerNumber = '000000004711'
const options = { priority: 'person' } as const

const opened: Partial<PurseState> = {
  opened: true,
  fen: 1_234,
  count: 3,
  customerNumber,
  record: { count: 3, fen: 1_000 },
}

const benchWith = async (purse: Partial<PurseState> = opened, change: Partial<BenchOptions> = {}) => {
  const meter = handMadePurseMeter(address, purse)
  const limits = { gatewayLatencyMs: 100, lateAnswerMs: 200 }
  const made = await createOnlineBench({ security: handMadeSecurity, limits, ...change, meters: [meter] })
  onTestFinished(async () => made.close())
  const purchase = (change: Partial<PursePurchase> = {}): PursePurchase => ({
    amount: yuan(50),
    purchaseCount: meter.purse.count + 1,
    customerNumber,
    ...change,
  })
  return { ...made, meter, purchase }
}

/** Names of the commands of function 03H that have reached the meter. */
const commands = (requests: readonly Request[]): string[] =>
  requests.flatMap((request) =>
    Object.entries(securityCommands).flatMap(([name, { id }]) =>
      'identifier' in request && request.identifier === id ? [name] : [],
    ),
  )

test('the purse is read under an identity, with its newest purchase', async () => {
  const { headend, gateway } = await benchWith()
  const read = await headend.readPurse(1, options)
  expect(read).toMatchObject({
    ok: true,
    purse: { purchaseCount: 3, balance: yuan(12.34), lastPurchase: yuan(10) },
  })
  expect(commands(gateway.requests('security'))).toEqual(['authenticate', 'queryStatus'])
  // Every exchange is told with its bytes.
  expect(read.exchanges.map(({ meaning, response }) => [meaning, response !== null])).toEqual([
    ['authenticate identity', true],
    ['query purse', true],
    ['read recordedCount', true],
    ['read recordedAmount', true],
  ])
})

test('the identity names the meter by its dispersion factor', async () => {
  const { headend, gateway } = await benchWith()
  await headend.readPurse(1, options)
  const [authenticate] = gateway.requests('security')
  const data = authenticate !== undefined && 'data' in authenticate ? authenticate.data : new Uint8Array()
  expect([...data.subarray(16)]).toEqual([0x01, 0x01, 0x01, 0x11, 0x26, 0x20, 0x00, 0x00])
})

test('a record of another purchase says nothing of the newest', async () => {
  const { headend } = await benchWith({ ...opened, record: { count: 2, fen: 900 } })
  expect(await headend.readPurse(1, options)).toMatchObject({ ok: true, purse: { lastPurchase: null } })
})

test.each<[string, Partial<PurseState>]>([
  ['that has had no purchase', { ...opened, count: 0 }],
  ['that keeps no records', { ...opened, record: null }],
])('a meter %s tells no last purchase', async (_, purse) => {
  const { headend } = await benchWith(purse)
  expect(await headend.readPurse(1, options)).toMatchObject({ ok: true, purse: { lastPurchase: null } })
})

test('a purse whose MACs are not those of the meter is not believed', async () => {
  const { headend, meter } = await benchWith()
  meter.mac = () => Uint8Array.of(1, 2, 3, 4)
  expect(await headend.readPurse(1, options)).toMatchObject({ ok: false, code: 'not-genuine' })
})

test.each<[string, Partial<BenchOptions>, boolean]>([
  ['no security module is set up', { security: null }, true],
  ['the meter has no chip', {}, false],
])('where %s the purse is read plainly, and takes no purchase', async (_, change, hasChip) => {
  const { headend, gateway, meter, purchase } = await benchWith(opened, change)
  meter.hasChip = hasChip
  expect(await headend.readPurse(1, options)).toMatchObject({
    ok: true,
    purse: { purchaseCount: 3, balance: yuan(12.34), lastPurchase: yuan(10) },
  })
  expect(await headend.writePurse(1, purchase(), options)).toMatchObject({ kind: 'refused' })
  expect(commands(gateway.requests('security'))).not.toContain('recharge')
})

test('without a chip and without a count nothing could prove a purchase, so there is no purse', async () => {
  const { headend, meter } = await benchWith({ ...opened, record: null })
  meter.hasChip = false
  expect(await headend.readPurse(1, options)).toMatchObject({ ok: false, code: 'refused-by-meter' })
})

test('a silent meter is asked for its purse once more, and then there is no answer', async () => {
  const { headend, meter, gateway } = await benchWith()
  meter.instead = () => null
  expect(await headend.readPurse(1, options)).toMatchObject({ ok: false, code: 'no-answer' })
  expect(gateway.heard).toHaveLength(2)
})

test('a recharge with the next count is accepted', async () => {
  const { headend, meter, gateway, purchase } = await benchWith()
  expect(await headend.writePurse(1, purchase(), options)).toMatchObject({ kind: 'accepted' })
  expect(meter.purse).toMatchObject({ fen: 6_234, count: 4 })
  expect(commands(gateway.requests('security'))).toEqual(['authenticate', 'recharge'])
})

test('the first purchase opens the account and brings the customer', async () => {
  const { headend, meter, gateway, purchase } = await benchWith({})
  expect(await headend.writePurse(1, purchase(), options)).toMatchObject({ kind: 'accepted' })
  expect(meter.purse).toMatchObject({ opened: true, fen: 5_000, count: 1, customerNumber })
  expect(commands(gateway.requests('security'))).toEqual(['authenticate', 'openAccount'])
})

test('an account that was opened without money is recharged', async () => {
  const { headend, meter, gateway, purchase } = await benchWith({ opened: true, customerNumber })
  expect(await headend.writePurse(1, purchase(), options)).toMatchObject({ kind: 'accepted' })
  expect([meter.purse.count, commands(gateway.requests('security'))]).toEqual([1, ['authenticate', 'recharge']])
})

test('a lost answer is unknown, is not asked again, and the count tells', async () => {
  const { headend, meter, gateway, purchase } = await benchWith()
  meter.fates.push('answer-lost')
  expect(await headend.writePurse(1, purchase(), options)).toMatchObject({ kind: 'unknown' })
  expect(commands(gateway.requests('security')).filter((name) => name === 'recharge')).toHaveLength(1)
  expect(await headend.readPurse(1, options)).toMatchObject({
    ok: true,
    purse: { purchaseCount: 4, balance: yuan(62.34), lastPurchase: yuan(50) },
  })
})

test('the same purchase again is refused as repeated and pays once', async () => {
  const { headend, meter, purchase } = await benchWith()
  const same = purchase()
  await headend.writePurse(1, same, options)
  expect(await headend.writePurse(1, same, options)).toMatchObject({
    kind: 'refused',
    reason: 'its purchase count has been used already',
  })
  expect(meter.purse.fen).toBe(6_234)
})

test.each([
  ['hoarding-limit-exceeded', /hoarding limit/u],
  ['verification-failed', /MAC/u],
  ['customer-number-differs', /another customer/u],
  ['not-authenticated', /identity/u],
  ['suspended', /until midnight/u],
] as const)('%s is told in words', async (fate, words) => {
  const { headend, meter, purchase } = await benchWith()
  meter.fates.push(fate)
  const outcome = await headend.writePurse(1, purchase(), options)
  expect(outcome.kind).toBe('refused')
  expect('reason' in outcome ? outcome.reason : '').toMatch(words)
})

test('taken, but the relay could not close: not a refusal, the count tells', async () => {
  const { headend, meter, purchase } = await benchWith()
  meter.fates.push('closing-failed')
  expect(await headend.writePurse(1, purchase(), options)).toMatchObject({ kind: 'unknown' })
})

test.each([
  ['a part of a fen', microYuan(1n)],
  ['nothing', yuan(0)],
  ['more than a purse holds', yuan(1_000_000)],
])('%s never leaves', async (_, amount) => {
  const { headend, gateway, purchase } = await benchWith()
  expect(await headend.writePurse(1, purchase({ amount }), options)).toMatchObject({ kind: 'refused' })
  expect(commands(gateway.requests('security'))).not.toContain('recharge')
})

test('a module that makes a MAC of the wrong length lets nothing leave', async () => {
  const broken: SecurityModule = {
    ...handMadeSecurity,
    sealPurchase: async () => ({ amountMac: new Uint8Array(3), customerMac: new Uint8Array(4) }),
  }
  const { headend, gateway, purchase } = await benchWith(opened, { security: broken })
  expect(await headend.writePurse(1, purchase(), options)).toMatchObject({ kind: 'unknown' })
  expect(commands(gateway.requests('security'))).toEqual(['authenticate'])
})

test('a gateway that is gone leaves it unknown, with nothing sent', async () => {
  const { headend, gateway, isOnline, purchase } = await benchWith()
  gateway.hangUp()
  await until('the gateway is offline', () => !isOnline())
  const outcome = await headend.writePurse(1, purchase(), options)
  expect(outcome).toMatchObject({ kind: 'unknown', exchanges: [] })
  expect(await headend.readPurse(1, options)).toMatchObject({ ok: false, code: 'gateway-offline' })
})

test('a relay command passes between the exchanges of a purse', async () => {
  const { headend, gateway, meter } = await benchWith()
  const honest = meter.instead
  const controls: Promise<ControlOutcome>[] = []
  meter.instead = (request) => {
    // Ordered while the identity is on the wire.
    if (request.kind === 'security' && controls.length === 0)
      controls.push(headend.control(1, controlRequest({ action: 'direct-close' }).request))
    return honest?.(request)
  }
  expect(await headend.readPurse(1, options)).toMatchObject({ ok: true })
  expect(await Promise.all(controls)).toMatchObject([{ kind: 'verified' }])
  expect(gateway.heard.slice(0, 2).map(({ request }) => request.kind)).toEqual(['security', 'control'])
})

test('a late refusal of a purchase is not taken for the answer to the next question', async () => {
  const limits = { gatewayLatencyMs: 50, guardMs: 10, lateAnswerMs: 3_000 }
  const { headend, meter, gateway, purchase } = await benchWith(opened, { limits })
  const honest = answeringFor(meter)
  meter.fates.push('hoarding-limit-exceeded')
  gateway.answerWith((request) => {
    const isPurchase = request.kind === 'security' && request.identifier === securityCommands.recharge.id
    // The refusal comes while the next question would be waiting for its answer.
    return honest(request).flatMap((packet) => [{ pauseMs: isPurchase ? 1_000 : 400 }, packet])
  })
  expect(await headend.writePurse(1, purchase(), options)).toMatchObject({ kind: 'unknown' })
  expect(await headend.readPurse(1, options)).toMatchObject({ ok: true, purse: { purchaseCount: 3 } })
})

test('two conversations about one purse follow each other', async () => {
  const { headend, gateway, purchase } = await benchWith()
  await Promise.all([headend.writePurse(1, purchase(), options), headend.readPurse(1, options)])
  expect(commands(gateway.requests('security'))).toEqual(['authenticate', 'recharge', 'authenticate', 'queryStatus'])
})
