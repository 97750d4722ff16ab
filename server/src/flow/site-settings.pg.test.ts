import { hash } from '@node-rs/argon2'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CompensationRule } from '../domain/restoration.ts'
import { insertOperator } from '../store/operators.ts'
import { loadCredit } from '../store/credit.ts'
import { readInstallation, readSite } from '../store/site-settings.ts'
import { restorationsToCompensate } from '../store/restorations.ts'
import { compensateLate } from './compensate.ts'
import { createSiteDeeds, type ChangeSiteInput } from './site-settings.ts'
import { createTown, yuan, type Town } from './testing/town.ts'

const minute = 60_000
const rule: CompensationRule = { afterSeconds: 60, amount: yuan(2), perHour: yuan(0), most: yuan(20) }

describe('what people set for a site', () => {
  let town: Town
  let siteId = 0
  let operator: NonNullable<ChangeSiteInput['operator']>

  beforeAll(async () => {
    town = await createTown([{ place: 'A', opening: 20 }])
    siteId = (await town.database.query<{ id: number }>('select id from site'))[0]?.id ?? 0
    const passwordHash = await hash('correct horse')
    await insertOperator(town.database, { login: 'li', name: 'Li', role: 'manager', passwordHash })
    operator = { id: 1, login: 'li', password: null }
  })
  afterAll(async () => town.close())

  const deeds = () => createSiteDeeds(town.context)
  const change = async (changes: ChangeSiteInput['changes'], more: Partial<ChangeSiteInput> = {}) =>
    deeds().changeSite({ siteId, changes, seen: null, reason: 'agreed', operator: null, ...more })
  const newest = async () =>
    (
      await town.database.query<{ detail: unknown; operator_id: number | null; subject: string }>(
        `select detail, operator_id, subject from audit_log where action = 'settings' order by id desc limit 1`,
      )
    )[0]

  test('are written down with what stood before, who, and why', async () => {
    expect(await change({ servicePhone: '12345', restoreLateSeconds: 90 }, { operator, seen: 0 })).toEqual({
      ok: true,
      version: 1,
      names: ['servicePhone', 'restoreLateSeconds'],
    })
    expect(await newest()).toEqual({
      subject: `site:${String(siteId)}`,
      operator_id: 1,
      detail: {
        reason: 'agreed',
        changes: { servicePhone: { before: '10000', after: '12345' }, restoreLateSeconds: { before: 60, after: 90 } },
      },
    })
    expect((await readSite(town.database, siteId))?.settings).toMatchObject({ servicePhone: '12345' })
  })

  test('whoever has seen another version changes nothing', async () => {
    expect(await change({ signature: 'X' }, { operator, seen: 0 })).toEqual({ ok: false, code: 'settings-moved' })
    expect(await change({ servicePhone: '12345' }, { operator, seen: 1 })).toEqual({
      ok: false,
      code: 'nothing-changed',
    })
    expect(await change({ signature: 'X' }, { siteId: 9_999 })).toEqual({ ok: false, code: 'unknown-site' })
    expect(await change({ waveFactor: 1 })).toMatchObject({ ok: false, code: 'setting-not-allowed' })
  })

  test('two people who have seen the same version: one of them is told', async () => {
    const results = await Promise.all([
      change({ backForMinutes: 6 }, { operator, seen: 1 }),
      change({ backForMinutes: 7 }, { operator, seen: 1 }),
    ])
    expect(results.map((one) => (one.ok ? 'ok' : one.code)).sort()).toEqual(['ok', 'settings-moved'])
  })

  test('what decides over trips or money asks for the password again', async () => {
    expect(await change({ tripsPerHour: 30 }, { operator })).toEqual({ ok: false, code: 'wrong-password' })
    expect(await change({ tripsPerHour: 30 }, { operator: { ...operator, password: 'wrong' } })).toEqual({
      ok: false,
      code: 'wrong-password',
    })
    const said = { ...operator, password: 'correct horse' }
    expect(await change({ tripsPerHour: 30, tripsPerMinute: 4 }, { operator: said })).toMatchObject({ ok: true })
    expect(
      await town.database.query('select most_per_hour, most_per_minute from trip_guard where site_id = $1', [siteId]),
    ).toEqual([{ most_per_hour: 30, most_per_minute: 4 }])
  })

  test('an interval of its own is a rule of the site, and without one the company’s holds', async () => {
    const interval = async () => (await readSite(town.database, siteId))?.intervalInForce
    await change({ readingIntervalMinutes: 15 })
    expect(await interval()).toBe(15)
    await change({ readingIntervalMinutes: null })
    expect(await interval()).toBe(30)
    expect((await readSite(town.database, siteId))?.settings.readingIntervalMinutes).toBeNull()
  })

  test('hours without trips stand beside those of every agreement, and end with the setting', async () => {
    const { accountId } = await town.place('A')
    const hours = async () => (await loadCredit(town.database, [accountId]))[0]?.terms?.stop?.friendlyHours
    const noon = { fromMinute: 660, toMinute: 720, weekdays: [1, 2, 3, 4, 5] }
    await change({ friendlyHours: [noon] })
    expect(await hours()).toEqual([noon])
    await change({ friendlyHours: [] })
    expect(await hours()).toEqual([])
  })

  test('limits of the installation are set, counted as versions, and written down', async () => {
    const done = await deeds().changeInstallation({
      changes: { tripsPerDay: 200, waveFactor: 4 },
      seen: 0,
      reason: 'after the audit',
      operator: { ...operator, password: 'correct horse' },
    })
    expect(done).toEqual({ ok: true, version: 1, names: ['tripsPerDay', 'waveFactor'] })
    expect(await readInstallation(town.database)).toMatchObject({
      version: 1,
      settings: { tripsPerDay: 200, waveFactor: 4, tripsPerHour: null, compensation: { kind: 'none' } },
    })
    expect(await newest()).toMatchObject({ subject: 'installation' })
  })

  describe('what late supply is worth', () => {
    let next = 0
    /** A case that was opened now and came so many seconds late. */
    const lateCase = async (seconds: number): Promise<number> => {
      const { accountId, meterId } = await town.place('A')
      next += 1
      const commandId = `10000000-0000-4000-8000-${String(next).padStart(12, '0')}`
      await town.database.query(
        `insert into relay_command (id, bucket, meter_id, account_id, kind, urgency, requested_by, key, reason, evidence, state,
                                    at, not_before, expires_at, finished_at)
         select $1::uuid, bucket, id, $3, 'direct-close', 0, 'policy', $1::text, 'x', '{}', 'verified', $4, $4, $4, $4
         from meter where id = $2`,
        [commandId, meterId, accountId, new Date(town.clock.now())],
      )
      const [row] = await town.database.query<{ id: bigint }>(
        `insert into restoration (bucket, account_id, meter_id, command_id, kind, online, opened_at, real_accepted_at,
                                  real_queued_at, real_sent_at, real_acknowledged_at, real_verified_at, state, late, ended_at)
         select bucket, $2, $1, $3, 'direct-close', true, $4, now() - $5 * interval '1 second', now(), now(), now(), now(),
                'restored', true, $4 from meter where id = $1 returning id`,
        [meterId, accountId, commandId, new Date(town.clock.now()), seconds],
      )
      town.clock.move(minute)
      return Number(row?.id ?? 0n)
    }
    const paidBy = async (id: number) =>
      (
        await town.database.query<{ paid: boolean; version: number | null }>(
          `select r.compensation_id is not null as paid, c.version from restoration r
           left join compensation_rule c on c.id = r.compensation_rule_id where r.id = $1`,
          [id],
        )
      )[0]
    const own = (amount: number) => ({ kind: 'own', rule: { ...rule, amount: yuan(amount) } }) as const

    test('goes by the version that was in force when the case was opened, once, and names it', async () => {
      const early = await lateCase(300)
      await change({ compensation: own(2) })
      const first = await lateCase(300)
      await change({ compensation: own(5) })
      const second = await lateCase(300)
      const inTime = await lateCase(30)
      await change({ compensation: { kind: 'none' } })
      const nothing = await lateCase(300)
      const before = (await town.account('A')).balance
      expect(await compensateLate(town.context)).toBe(2)
      expect(await compensateLate(town.context)).toBe(0)
      expect((await town.account('A')).balance - before).toBe(yuan(7))
      expect(await paidBy(early)).toEqual({ paid: false, version: null })
      expect(await paidBy(first)).toEqual({ paid: true, version: 1 })
      expect(await paidBy(second)).toEqual({ paid: true, version: 2 })
      expect(await paidBy(inTime)).toEqual({ paid: false, version: null })
      expect(await paidBy(nothing)).toEqual({ paid: false, version: null })
    })

    test('of the installation counts where the site follows it, and nowhere else', async () => {
      const changes = { compensation: own(3) }
      await deeds().changeInstallation({ changes, seen: null, reason: 'for all', operator: null })
      const stillNone = await lateCase(300)
      await change({ compensation: { kind: 'installation' } })
      const asAll = await lateCase(300)
      const before = (await town.account('A')).balance
      expect(await compensateLate(town.context)).toBe(1)
      expect((await town.account('A')).balance - before).toBe(yuan(3))
      expect(await paidBy(stillNone)).toEqual({ paid: false, version: null })
      expect(await paidBy(asAll)).toEqual({ paid: true, version: 1 })
    })

    test('cases for which nothing is owed do not hide those for which something is', async () => {
      for (let index = 0; index < 3; index += 1) await lateCase(10)
      const owed = await lateCase(300)
      expect((await restorationsToCompensate(town.database, null, 1)).map(({ id }) => id)).toEqual([owed])
    })

    test('versions are never changed', async () => {
      await expect(town.database.query(`update compensation_rule set kind = 'none', rule = null`)).rejects.toThrow(
        /immutable/u,
      )
    })
  })
})
