import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { insertOperator } from '../store/operators.ts'
import { createDryRun, type DryRunInput } from './dry-run.ts'
import { addPricePlan } from './price-plans.ts'
import { tariffName, createTown, yuan, type Town } from './testing/town.ts'
import { createReleaseTrips } from './trip-guard.ts'

const minute = 60_000
const hour = 60 * minute
const tariff = { code: 'HOME', version: 1, validFrom: '2024-01-01', energy: { kind: 'flat', price: '1' } }

/** Four houses on a Wednesday, 11:00 and on: one with money, one near the alarm, one protected in debt, one by a tariff. */
describe('what would happen', () => {
  let town: Town
  let operatorId = 0
  let siteId = 0

  beforeAll(async () => {
    town = await createTown([
      { place: 'rich', opening: 500 },
      { place: 'near', opening: 34 },
      { place: 'kept', opening: 5, protected: true },
      { place: 'by tariff', opening: 90, tariff },
    ])
    // One kilowatt-hour, one yuan, an hour, for ten hours; then it is 21:00.
    for (let n = 0; n <= 10; n += 1) {
      const places = ['rich', 'near', 'kept', 'by tariff']
      await town.settle(await Promise.all(places.map(async (place) => town.reading(place, n * 1_000))))
      town.clock.move(hour)
    }
    await insertOperator(town.database, { login: 'm', name: 'm', role: 'manager', passwordHash: 'x' })
    const [row] = await town.database.query<{ id: number; site: number }>(
      'select o.id, s.id as site from operator o, site s',
    )
    operatorId = row?.id ?? 0
    siteId = row?.site ?? 0
  })
  afterAll(async () => town.close())

  const run = async (change: Partial<DryRunInput> = {}) => {
    const report = await createDryRun(town.context)({
      siteId,
      planName: null,
      at: town.clock.now(),
      forMs: 24 * hour,
      change: {},
      goesOnUsing: true,
      operatorId: null,
      ...change,
    })
    if (!report.ok) throw new Error(report.code)
    return report
  }
  const outcomes = (report: Awaited<ReturnType<typeof run>>) =>
    Object.fromEntries(
      report.rows.map(({ place, changed, unchanged }) => [place, [changed.outcome, unchanged.outcome]]),
    )
  const fingerprint = async () =>
    JSON.stringify(
      await town.database.query(
        `select (select jsonb_agg(a order by a.id) from account a) as accounts, (select count(*)::int from message) as messages,
                (select count(*)::int from relay_command) as commands, (select count(*)::int from audit_log) as audit`,
      ),
    )

  test('as things stand, using on: one near its alarm, one protected in debt; nothing is touched by looking', async () => {
    const before = await fingerprint()
    const report = await run()
    expect(report.accounts).toBe(4)
    expect(outcomes(report)).toEqual({ near: ['notified', 'notified'], kept: ['held', 'held'] })
    expect(report.rows.find(({ place }) => place === 'near')?.changed.notices.map(({ notice }) => notice)).toEqual([
      'warning-1',
      'warning-2',
      'pre-stop',
    ])
    expect(await fingerprint()).toBe(before)
  })

  test('not using on, the near one stays', async () => {
    expect(outcomes(await run({ goesOnUsing: false }))).toEqual({ kept: ['held', 'held'] })
  })

  test('a doubled price would cut the near one tomorrow, and only it', async () => {
    const report = await run({ change: { price: { kind: 'factor', factor: { numerator: 2n, denominator: 1n } } } })
    expect(outcomes(report)).toMatchObject({ near: ['tripped', 'notified'] })
    expect(report.counts.tripped).toBe(1)
    expect(report.unchangedCounts.tripped).toBe(0)
    expect(report.guards).toMatchObject([{ tripped: 1, frozen: false, wouldFreeze: false }])
  })

  test('taking the protected list away would cut the protected one', async () => {
    expect(outcomes(await run({ change: { ignoreProtected: true } }))).toMatchObject({ kept: ['tripped', 'held'] })
  })

  test('more than a day’s most would freeze on the way', async () => {
    await town.database.query('update trip_guard set most_per_day_floor = 1, most_per_day_percent = 1')
    const change = {
      ignoreProtected: true,
      cutOff: yuan(30),
      alarm2: yuan(30),
      alarm1: yuan(30),
      restore: yuan(30),
    } as const
    const report = await run({ change })
    expect(report.guards).toMatchObject([{ tripped: 2, mostToday: 1, wouldFreeze: true }])
  })

  test('refusals', async () => {
    const dryRun = createDryRun(town.context)
    const input = { siteId, planName: null, at: town.clock.now(), forMs: hour, goesOnUsing: true, operatorId: null }
    expect(await dryRun({ ...input, change: { cutOff: yuan(7) } })).toEqual({
      ok: false,
      code: 'thresholds-out-of-order',
    })
    expect(await dryRun({ ...input, change: {}, forMs: 200 * hour })).toEqual({ ok: false, code: 'too-far-ahead' })
    expect(await dryRun({ ...input, change: {}, siteId: 99 })).toEqual({ ok: false, code: 'nobody-concerned' })
    expect(await dryRun({ ...input, change: {}, planName: 'none' })).toEqual({ ok: false, code: 'nobody-concerned' })
  })

  test('a further version of a plan that is paid by freezes trips; only who has seen the dry run since releases them', async () => {
    const name = tariffName({ place: 'by tariff' })
    const document = { ...tariff, version: 2, validFrom: '2027-01-01', energy: { kind: 'flat', price: '9' } }
    expect(await addPricePlan(town.database, town.clock.now(), { name: 'new plan', document: tariff })).toMatchObject({
      ok: true,
    })
    const frozen = async () =>
      (await town.database.query<{ frozen_because: string | null }>('select frozen_because from trip_guard'))[0]
        ?.frozen_because
    expect(await frozen()).toBeNull()
    await run({ operatorId })
    town.clock.move(minute)
    expect(await addPricePlan(town.database, town.clock.now(), { name, document })).toMatchObject({ ok: true })
    expect(await frozen()).toBe('plan-imported')
    const release = createReleaseTrips(town.context)
    const deed = { siteId, operatorId, reason: 'looked' }
    expect(await release(deed)).toEqual({ ok: false, code: 'dry-run-first' })
    const report = await run({ operatorId, planName: name })
    expect(report).toMatchObject({ accounts: 1, guards: [{ frozen: true }] })
    expect(await release(deed)).toEqual({ ok: true })
    expect(await frozen()).toBeNull()
    const seen = await town.database.query(`select from audit_log where action = 'dry-run' and operator_id = $1`, [
      operatorId,
    ])
    expect(seen).toHaveLength(2)
  })
})
