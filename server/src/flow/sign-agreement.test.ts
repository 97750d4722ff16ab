import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AgreementTerms, AgreementVersion } from '../domain/agreement.ts'
import { agreementHistory } from '../store/agreements.ts'
import { enforceDueAgreements, createSignAgreement, type SignInput } from './sign-agreement.ts'
import { createMoneyBench, terms, yuan, type MoneyBench } from './testing/money-bench.ts'

/** The version whose time an instant lies in; null when there was none. */
const inForceAt = (versions: readonly AgreementVersion[], at: number): AgreementVersion | null =>
  versions.find(
    ({ effectiveFrom, effectiveTo }) => effectiveFrom <= at && (effectiveTo === null || at < effectiveTo),
  ) ?? null

describe('an agreement', () => {
  let bench: MoneyBench
  let account = 0
  const base: AgreementTerms = {
    ...terms,
    pricePlanId: 1,
    settlementMode: 'remote',
    legalPath: 'agreement',
    supplyContract: 'S-7',
  }
  const sign = async (changes: Partial<SignInput> = {}) =>
    createSignAgreement(bench.context)({
      key: randomUUID(),
      reason: '',
      operatorId: bench.cashierId,
      accountId: account,
      terms: base,
      effectiveFrom: null,
      ...changes,
    })
  const inForce = async (): Promise<number> => {
    const [row] = await bench.database.query<{ version: number }>(
      'select g.version from account a join agreement g on g.id = a.agreement_id where a.id = $1',
      [account],
    )
    return row?.version ?? 0
  }
  const hour = 3_600_000

  beforeAll(async () => {
    bench = await createMoneyBench({ accounts: 1, opening: yuan(8) })
    account = bench.accountIds[0] ?? 0
    bench.clock.pass(hour)
  })
  afterAll(async () => bench.drop())

  test('in a new version is in force from its date and not before', async () => {
    const from = bench.clock.now() + hour
    expect(await sign({ effectiveFrom: from })).toMatchObject({ ok: true, result: { version: 2, effectiveFrom: from } })
    expect(await enforceDueAgreements(bench.context)).toBe(0)
    expect(await inForce()).toBe(1)
    bench.clock.pass(hour)
    expect(await enforceDueAgreements(bench.context)).toBe(1)
    expect(await enforceDueAgreements(bench.context)).toBe(0)
    expect(await inForce()).toBe(2)
  })

  test('decides at once by its own thresholds', async () => {
    bench.clock.pass(hour)
    const stage = async () =>
      bench.database.query<{ stage: string }>('select stage from account where id = $1', [account])
    expect(await stage()).toEqual([{ stage: 'warned-1' }])
    const thresholds = { ...base.thresholds, alarm1: yuan(5), alarm2: yuan(4) }
    await sign({ terms: { ...base, thresholds } })
    expect(await stage()).toEqual([{ stage: 'normal' }])
    expect(await inForce()).toBe(3)
  })

  test('never overlaps another, begins in the past, or contradicts itself', async () => {
    const latest = bench.clock.now()
    expect(await sign({ effectiveFrom: latest - 1 })).toEqual({ ok: false, code: 'in-the-past' })
    expect(await sign({ effectiveFrom: latest })).toEqual({ ok: false, code: 'does-not-follow' })
    const thresholds = { ...base.thresholds, alarm2: yuan(11) }
    bench.clock.pass(hour)
    expect(await sign({ terms: { ...base, thresholds } })).toEqual({ ok: false, code: 'thresholds-out-of-order' })
    const tripWindow = { fromMinute: 0, toMinute: 1441, weekdays: [1] }
    expect(await sign({ terms: { ...base, tripWindow } })).toEqual({ ok: false, code: 'trip-window-not-plausible' })
    expect(await sign({ terms: { ...base, noticeLeadMs: -1 } })).toEqual({
      ok: false,
      code: 'notice-lead-not-plausible',
    })
    expect(await sign({ terms: { ...base, pricePlanId: 77 } })).toEqual({ ok: false, code: 'unknown-price-plan' })
  })

  test('cannot be slipped in between two others, even past the program', async () => {
    const insert = `insert into agreement (account_id, version, price_plan_id, alarm1, alarm2, cut_off, restore, notice_lead_minutes,
        reconnect, trip_from_minute, trip_to_minute, trip_weekdays, signed_at, effective_from)
      select account_id, version + $1, price_plan_id, alarm1, alarm2, cut_off, restore, 0, reconnect, 0, 1, '{1}', signed_at,
        effective_from - interval '1 minute' from agreement order by version desc limit 1`
    for (const further of [0, 1, 2])
      await expect(bench.database.query(insert, [further])).rejects.toMatchObject({ constraint: 'agreement_follows' })
  })

  test('is signed once by one key, and the history is readable', async () => {
    const key = randomUUID()
    const first = await sign({ key })
    expect(await sign({ key })).toEqual({ ...first, fresh: false })
    const versions = await agreementHistory(bench.database, account)
    expect(versions.map(({ version }) => version)).toEqual([1, 2, 3, 4])
    for (const [index, { effectiveFrom, effectiveTo }] of versions.entries()) {
      expect(effectiveTo).toBe(versions[index + 1]?.effectiveFrom ?? null)
      expect(inForceAt(versions, effectiveFrom)?.version).toBe(index + 1)
    }
    expect(inForceAt(versions, (versions[0]?.effectiveFrom ?? 0) - 1)).toBeNull()
  })

  test('of each charge is the one in force', async () => {
    const meter = bench.meterIds[0] ?? 0
    await bench.read(meter, 1_000n)
    bench.clock.pass(hour)
    await bench.read(meter, 2_000n)
    const charges = await bench.database.query(
      "select g.version from transfer t join agreement g on g.id = t.agreement_id where t.kind = 'energy-charge'",
    )
    expect(charges).toEqual([{ version: 4 }])
    expect(await bench.wrong()).toEqual([])
  })
})
