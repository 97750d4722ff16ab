import { closePeriods } from '../../flow/close-period.ts'
import { createTown, type Town } from '../../flow/testing/town.ts'
import { openWorkItems } from '../../store/work-items.ts'
import { createApiBench, type ApiBench } from './api-bench.ts'

/** One of everything that a request may name, and the words by which an answer would give its branch away. */
export type Branch = Readonly<{
  siteId: number
  siteName: string
  gatewayId: number
  accountId: number
  /** On the way to a stop. */
  poorAccountId: number
  meterId: number
  messageId: number
  statementNumber: string
  paymentId: string
  listEntryId: number
  approvalId: number
  noTripId: number
  pauseId: number
  batchId: string
  workItemId: number
  requestId: string
  heldAt: number
  marks: readonly string[]
}>

export type TwoBranches = Readonly<{
  town: Town
  api: ApiBench
  east: Branch
  west: Branch
  /** Somebody who reaches everything. */
  boss: string
}>

/** What no branch has. */
export const nobody: Branch = {
  siteId: 2_000_000_000,
  siteName: 'nowhere',
  gatewayId: 2_000_000_000,
  accountId: 2_000_000_000,
  poorAccountId: 2_000_000_000,
  meterId: 2_000_000_000,
  messageId: 2_000_000_000,
  statementNumber: '99999-202611',
  paymentId: '5f0c3a52-7a3e-4b4e-9d5c-0d6a1b2c3d4e',
  listEntryId: 2_000_000_000,
  approvalId: 2_000_000_000,
  noTripId: 2_000_000_000,
  pauseId: 2_000_000_000,
  batchId: '5f0c3a52-7a3e-4b4e-9d5c-0d6a1b2c3d4e',
  workItemId: 2_000_000_000,
  requestId: '5f0c3a52-7a3e-4b4e-9d5c-0d6a1b2c3d4e',
  heldAt: 0,
  marks: [],
}

const start = Date.parse('2026-10-31T16:00:00Z')
const end = Date.parse('2026-11-30T16:00:00Z')
const hour = 3_600_000

/** A town of two branches that have one of everything each. Operators are added by the test. */
export const createTwoBranches = async (): Promise<TwoBranches> => {
  const poor = { opening: 5, stop: { approval: 'approved' } } as const
  const town = await createTown(
    [
      { place: 'East-1', opening: 20 },
      { place: 'East-2', ...poor },
      { place: 'West-1', opening: 20 },
      { place: 'West-2', ...poor },
    ],
    start + hour,
  )
  await moveWest(town)
  for (const branch of ['East', 'West']) {
    await town.settle([
      await town.reading(`${branch}-1`, 1_000, { at: start + 2 * hour }),
      await town.reading(`${branch}-2`, 1_000, { at: start + 2 * hour }),
    ])
  }
  town.clock.set(end + 11 * hour)
  for (const branch of ['East', 'West'])
    await town.settle([
      await town.reading(`${branch}-1`, 6_500, { at: end }),
      await town.reading(`${branch}-2`, 16_000, { at: end }),
      await town.reading(`${branch}-2`, 26_000, { at: end + 11 * hour }),
      // Backwards: held.
      await town.reading(`${branch}-1`, 500, { at: end + 11 * hour }),
    ])
  await closePeriods(town.context, { month: '2026-11' })
  const api = await createApiBench(town, { boss: 'administrator' })
  const east = await furnish(town, api, 'East', [
    'East-1',
    'East-2',
    'GW-T',
    'test town',
    '70001',
    '70002',
    '202611010001',
    'works in East',
  ])
  const west = await furnish(town, api, 'West', [
    'West-1',
    'West-2',
    'GW-W',
    'west town',
    '70003',
    '70004',
    '202611010003',
    'works in West',
  ])
  return { town, api, east, west, boss: 'boss' }
}

const moveWest = async ({ database }: Town): Promise<void> => {
  await database.query(
    `with s as (insert into site (name, time_zone, service_phone, signature)
                values ('west town', 'Asia/Shanghai', '10001', '西城供电所') returning id),
          g as (insert into gateway (site_id, code, link_kind, registration)
                select id, 'GW-W', 'dials-in', 'GW-W' from s returning id, site_id),
          m as (update meter set site_id = g.site_id, gateway_id = g.id from g where place like 'West-%' returning account_id, meter.site_id)
     update account a set site_id = m.site_id from m where a.id = m.account_id`,
  )
}

const only = async <T>(town: Town, text: string, values: readonly unknown[] = []): Promise<T> => {
  const [row] = await town.database.query<T>(text, values)
  if (row === undefined) throw new Error(`nothing found by ${text}`)
  return row
}

const furnish = async (town: Town, api: ApiBench, name: string, marks: readonly string[]): Promise<Branch> => {
  const { accountId, meterId } = await town.place(`${name}-1`)
  const poorAccountId = (await town.place(`${name}-2`)).accountId
  const at = await only<{ site_id: number; site: string; gateway_id: number }>(
    town,
    'select m.site_id, s.name as site, m.gateway_id from meter m join site s on s.id = m.site_id where m.id = $1',
    [meterId],
  )
  await insertTraces(town, meterId)
  const now = town.clock.now()
  const made = async <T>(url: string, body: object): Promise<T> => {
    const answer = await api.send(url, body, 'boss')
    if (answer.status !== 200) throw new Error(`${url}: ${JSON.stringify(answer)}`)
    return answer.body as T
  }
  const account = `/api/accounts/${String(accountId)}`
  const paid = await made<{ paymentId: string }>(`${account}/top-ups`, { key: keyOf(name, 1), amount: '10' })
  const listed = await made<{ id: number }>(`${account}/lists`, { kind: 'vulnerable', reason: 'ill' })
  const pause = await addPause(api, 'boss', meterId, now)
  await made('/api/schedules', { scope: 'meter', subjectId: meterId, dataSet: 'demand', minutes: 60 })
  const noTripId = await addNoTripSpan(town, api, 'boss', at.site)
  const order = {
    kind: 'keep-power-on',
    selection: { siteId: at.site_id },
    key: keyOf(name, 2),
    reason: `works in ${name}`,
  }
  const batch = await made<{ id: string }>('/api/batches', order)
  const asked = await made<{ requestId: string }>(`/api/accounts/${String(poorAccountId)}/operations`, {
    key: keyOf(name, 3),
    reason: 'cannot pay',
    operation: { kind: 'write-off', amount: '0.5', of: 'overdraft' },
  })
  // One that stays, whatever becomes of the other.
  await made(`/api/accounts/${String(poorAccountId)}/operations`, {
    key: keyOf(name, 4),
    reason: 'cannot pay',
    operation: { kind: 'write-off', amount: '0.4', of: 'overdraft' },
  })
  await openWorkItems(town.database, [{ kind: 'theft-sign', subject: `meter:${name}`, meterId, detail: {} }], now)
  return {
    siteId: at.site_id,
    siteName: at.site,
    gatewayId: at.gateway_id,
    accountId,
    poorAccountId,
    meterId,
    messageId: Number(
      (await only<{ id: bigint }>(town, 'select min(id) as id from message where account_id = $1', [poorAccountId])).id,
    ),
    statementNumber: (
      await only<{ number: string }>(town, 'select number from statement where account_id = $1', [accountId])
    ).number,
    paymentId: paid.paymentId,
    listEntryId: listed.id,
    approvalId: (
      await only<{ id: number }>(town, 'select id from stop_approval where account_id = $1', [poorAccountId])
    ).id,
    noTripId,
    pauseId: pause,
    batchId: batch.id,
    workItemId: Number(
      (await only<{ id: bigint }>(town, 'select id from work_item where subject = $1', [`meter:${name}`])).id,
    ),
    requestId: asked.requestId,
    heldAt: end + 11 * hour,
    marks,
  }
}

/** A key that is the same each time for one branch and number. */
const keyOf = (name: string, index: number): string =>
  `5f0c3a52-7a3e-4b4e-9d5c-${name === 'East' ? '0' : '1'}${String(index).padStart(11, '0')}`

export const addPause = async (api: ApiBench, login: string, meterId: number, now: number): Promise<number> => {
  const body = { scope: 'meter', subjectId: meterId, to: now + hour, reason: 'works' }
  const answer = await api.send('/api/pauses', body, login)
  if (answer.status !== 200) throw new Error(JSON.stringify(answer))
  return (answer.body as { id: number }).id
}

export const addNoTripSpan = async (town: Town, api: ApiBench, login: string, site: string): Promise<number> => {
  const body = { site, kind: 'event', firstDay: '2026-12-24', lastDay: '2026-12-26', reason: `feast in ${site}` }
  const answer = await api.send('/api/no-trip', body, login)
  if (answer.status !== 200) throw new Error(JSON.stringify(answer))
  return (await only<{ id: number }>(town, 'select max(id) as id from no_trip')).id
}

/** What the field leaves behind: an event, a gap, a rolled-up day, counted reads, time online, a close that is proven. */
const insertTraces = async (town: Town, meterId: number): Promise<void> => {
  const { database } = town
  const of = 'from meter m where m.id = $1'
  const now = new Date(end)
  await database.query("select ensure_month_partitions('2026-11-30', '2026-11-30')")
  for (const text of [
    `insert into meter_event (meter_id, kind, origin, sequence, began_at, seen_at) select m.id, 'meter-cover', 'record', 1, $2, $2 ${of}`,
    `insert into reading_gap (meter_id, from_at, to_at, bucket, reason, try_at)
       select m.id, $2::timestamptz - interval '3 hours', $2::timestamptz - interval '2 hours', m.bucket, 'meter-silent', $2 ${of}`,
    `insert into meter_day (meter_id, day, bucket, from_at, interval_minutes, opening_wh, closing_wh, energies_wh, marks)
       select m.id, '2026-11-30', m.bucket, $2::timestamptz - interval '1 day', 720, 0, 20, '{10,10}', 'rr' ${of}`,
    `insert into online_time (day, site_id, online_ms, watched_ms) select '2026-12-01', m.site_id, 1, 2 ${of} and $2::timestamptz is not null`,
    `insert into relay_command (id, bucket, meter_id, account_id, key, kind, urgency, requested_by, reason, evidence, state, at, not_before, expires_at, finished_at)
       select gen_random_uuid(), m.bucket, m.id, m.account_id, 'given-back', 'direct-close', 0, 'policy', 'paid', '{}', 'verified', $2, $2, $2, $2 ${of}`,
  ])
    await database.query(text, [meterId, now])
  await database.query(`update meter set watched_since = $2 where id = $1`, [meterId, new Date(end - 24 * hour)])
  await database.query(
    `insert into gap_sweep (time_zone, interval_minutes, swept_to) values ('Asia/Shanghai', 30, $1)
     on conflict (time_zone, interval_minutes) do update set swept_to = excluded.swept_to`,
    [new Date(end + hour)],
  )
  await database.query(
    `insert into restoration (bucket, account_id, meter_id, payment_id, command_id, kind, online, state, opened_at, late,
                              real_accepted_at, real_queued_at, real_sent_at, real_acknowledged_at, real_verified_at)
     select m.bucket, m.account_id, m.id, (select min(id::text)::uuid from payment where account_id = m.account_id), c.id,
            'direct-close', true, 'hand', $2, true, now(), now(), now(), now(), now()
     from meter m join relay_command c on c.meter_id = m.id where m.id = $1`,
    [meterId, now],
  )
  await database.query(
    `insert into command_event (command_id, at, kind, text)
     select c.id, $2, 'verified', 'seen closed' from relay_command c where c.meter_id = $1`,
    [meterId, now],
  )
}
