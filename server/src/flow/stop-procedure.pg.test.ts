import { afterEach, describe, expect, test } from 'vitest'
import { visitChannel } from '../domain/notice-chain.ts'
import type { StopTerms } from '../domain/stop-terms.ts'
import type { Notifier } from '../provider/notifier.ts'
import { loadCredit } from '../store/credit.ts'
import { writeSetting } from '../store/settings.ts'
import { insertOperator } from '../store/operators.ts'
import { accountsDue } from '../store/credit-decisions.ts'
import { objectionToTrip } from '../domain/credit-policy.ts'
import { createExpectPayment, createGrantEmergency } from './emergency-credit.ts'
import { listOwing } from './list-owing.ts'
import { createDeliverByHand, createTakeReceipt } from './notice-receipt.ts'
import { sendQueued } from './notify.ts'
import { post } from './post.ts'
import { createAskAgain, createGiveVerdict } from './stop-approvals.ts'
import { createAddToList, createEndListEntry } from './stop-lists.ts'
import { createTown, wednesday, yuan, type Town } from './testing/town.ts'

const minute = 60_000
const hour = 60 * minute

/** The way to a stop on a real database, with everything that a person or a channel can do to it. */
describe('the way to a stop', () => {
  let town: Town
  afterEach(async () => town.close())

  const open = async (stop: Partial<StopTerms> = {}, start = wednesday, opening = 20): Promise<void> => {
    town = await createTown([{ place: 'A', opening, stop }], start, { post: 'slow' })
    await town.settle([await town.reading('A', 0)])
  }
  const accountId = async () => (await town.place('A')).accountId
  const useUp = async (): Promise<void> => {
    town.clock.move(hour)
    await town.settle([await town.reading('A', 20_000)])
  }
  const decide = async (): Promise<void> => {
    const id = await accountId()
    await town.database.transaction(async (sql) => {
      await post(sql, town.context.ids, { now: town.clock.now(), accountIds: [id], postings: [] })
    })
  }
  /** What the loop would do now. */
  const decideIfDue = async (): Promise<boolean> => {
    const due = await accountsDue(town.database, town.clock.now(), 10)
    if (due.length > 0) await decide()
    return due.length > 0
  }
  const record = async () => {
    const [one] = await loadCredit(town.database, [await accountId()])
    if (one === undefined) throw new Error('there is an account')
    return one
  }
  const objection = async () => {
    const { facts, terms } = await record()
    if (terms === null) throw new Error('there are terms')
    return objectionToTrip({ ...facts, stage: 'cut-off' }, terms, town.clock.now())
  }
  const messages = async () =>
    town.database.query<{ id: bigint; notice: string; channel: string; state: string; delivered_at: number | null }>(
      'select id, notice, channel, state, delivered_at from message order by id',
    )
  const items = async () =>
    (
      await town.database.query<{ kind: string }>('select kind from work_item where closed_at is null order by kind')
    ).map(({ kind }) => kind)
  const actions = async (like: string) =>
    (
      await town.database.query<{ action: string }>('select action from audit_log where action like $1 order by id', [
        like,
      ])
    ).map(({ action }) => action)
  const trips = async () => town.database.query(`select state from relay_command where kind = 'trip'`)
  const operator = async (login: string): Promise<number> => {
    await insertOperator(town.database, { login, name: login, role: 'manager', passwordHash: 'x' })
    const [row] = await town.database.query<{ id: number }>('select id from operator where login = $1', [login])
    return row?.id ?? 0
  }
  const scripted = (channel: string, result: Awaited<ReturnType<Notifier['send']>>): [string, Notifier] => [
    channel,
    { channel, send: async () => Promise.resolve(result) },
  ]

  test('a stop waits for the receipt of its notice, and the lead begins with it', async () => {
    await open()
    await useUp()
    const told = town.clock.now()
    expect(await town.account('A')).toMatchObject({ stage: 'stop-notified', earliestStopAt: told + 30 * minute })
    town.clock.move(31 * minute)
    expect(await decideIfDue()).toBe(true)
    expect((await town.account('A')).reasons).toEqual(['used-up', 'notice-not-delivered'])
    expect(await objection()).toBe('notice-not-delivered')
    await town.deliver()
    expect(await town.account('A')).toMatchObject({
      stage: 'stop-notified',
      reasons: ['used-up', 'lead-time-running'],
      earliestStopAt: told + 61 * minute,
    })
    expect(await trips()).toEqual([])
    town.clock.move(30 * minute)
    await decideIfDue()
    expect((await town.account('A')).stage).toBe('cut-off')
    expect(await trips()).toHaveLength(1)
    const [command] = await town.database.query<{ evidence: { notices: unknown[]; meterAlarm: boolean } }>(
      `select evidence from relay_command where kind = 'trip'`,
    )
    expect(command?.evidence).toMatchObject({ notices: [{ kind: 'pre-stop' }], legalPath: 'agreement' })
  })

  test('a channel that fails gives way to the next one, and in the end to a person', async () => {
    await open()
    await writeSetting(town.database, 'notice-channels', ['sms', 'letter'])
    const channels = new Map([
      scripted('sms', { accepted: false, why: 'no network' }),
      scripted('letter', { accepted: true, reference: 'L-1' }),
    ])
    await useUp()
    for (let attempt = 0; attempt < 5; attempt += 1) await sendQueued(town.context, channels)
    expect(await messages()).toMatchObject([
      { notice: 'pre-stop', channel: 'sms', state: 'failed' },
      { notice: 'pre-stop', channel: 'letter', state: 'queued' },
    ])
    await sendQueued(town.context, channels)
    const late = town.clock.now() + 10 * minute
    town.clock.set(late)
    const receipt = createTakeReceipt(town.context)
    expect(await receipt({ channel: 'letter', reference: 'L-9', kind: 'failed', detail: '' })).toMatchObject({
      ok: false,
    })
    expect(await receipt({ channel: 'letter', reference: 'L-1', kind: 'failed', detail: 'returned' })).toEqual({
      ok: true,
    })
    const visit = (await messages()).at(-1)
    expect(visit).toMatchObject({ channel: visitChannel, notice: 'pre-stop', state: 'queued' })
    expect(await items()).toEqual(['notice-undelivered'])
    town.clock.move(10 * minute)
    const byHand = createDeliverByHand(town.context)
    const [first] = await messages()
    const by = await operator('walker')
    expect(await byHand({ messageId: Number(first?.id), operatorId: by, detail: 'x' })).toEqual({
      ok: false,
      code: 'not-by-hand',
    })
    expect(await byHand({ messageId: Number(visit?.id), operatorId: by, detail: 'handed to the tenant' })).toEqual({
      ok: true,
    })
    expect(await byHand({ messageId: Number(visit?.id), operatorId: by, detail: 'again' })).toEqual({ ok: true })
    expect(await items()).toEqual([])
    expect(await actions('notice:%')).toEqual(['notice:delivered-by-hand'])
    expect((await town.account('A')).earliestStopAt).toBe(town.clock.now() + 30 * minute)
  })

  test('what falls into the night is sent in the morning, and is withdrawn when it is paid before', async () => {
    // 22:00 in Shanghai.
    await open({}, Date.parse('2026-11-24T13:00:00Z'))
    await useUp()
    const morning = Date.parse('2026-11-25T00:00:00Z')
    expect((await town.account('A')).earliestStopAt).toBe(morning + 30 * minute)
    await town.deliver()
    expect(await messages()).toMatchObject([{ notice: 'pre-stop', state: 'queued' }])
    await town.pay({
      accountId: await accountId(),
      key: 'k',
      amount: yuan(50),
      channel: 'cash-counter',
      operatorId: null,
    })
    expect(await messages()).toMatchObject([{ notice: 'pre-stop', state: 'withdrawn' }])
    town.clock.set(morning)
    await town.deliver()
    expect(await messages()).toMatchObject([{ state: 'withdrawn' }])
  })

  test('a notice without its contents is not sent, and a person hears of it', async () => {
    await open()
    await town.database.query(`update site set service_phone = ''`)
    await useUp()
    expect(await town.account('A')).toMatchObject({ stage: 'stop-due', reasons: ['used-up', 'notice-incomplete'] })
    expect((await messages()).map(({ notice }) => notice)).not.toContain('pre-stop')
    expect(await items()).toEqual(['notice-undelivered'])
  })

  test('put on a list: nothing is stopped, the manager is told each day; taken off, it begins anew', async () => {
    await open()
    await useUp()
    await town.deliver()
    const add = createAddToList(town.context)
    const by = { id: await operator('m'), login: 'm' }
    const input = {
      accountId: await accountId(),
      kind: 'disputed',
      from: null,
      to: null,
      reason: 'wrong meter',
      operator: by,
    } as const
    const added = await add(input)
    expect(added.ok).toBe(true)
    expect(await add(input)).toEqual({ ok: false, code: 'already-listed' })
    expect(await add({ ...input, accountId: 999 })).toEqual({ ok: false, code: 'unknown-account' })
    expect(await town.account('A')).toMatchObject({
      stage: 'suspended',
      reasons: ['used-up', 'bill-disputed'],
      earliestStopAt: null,
    })
    expect(await items()).toEqual(['owing-protected'])
    expect(await listOwing(town.context)).toBe(1)
    expect(await listOwing(town.context)).toBe(0)
    expect(await items()).toEqual(['owing-protected', 'owing-protected'])
    town.clock.move(hour)
    const end = createEndListEntry(town.context)
    const id = added.ok ? added.id : 0
    expect(await end({ id, reason: ' ', operator: by })).toEqual({ ok: false, code: 'reason-missing' })
    expect(await end({ id, reason: 'settled', operator: by })).toEqual({ ok: true })
    expect(await end({ id, reason: 'settled', operator: by })).toEqual({ ok: false, code: 'list-entry-over' })
    expect(await end({ id: 999, reason: 'x', operator: by })).toEqual({ ok: false, code: 'unknown-list-entry' })
    expect(await town.account('A')).toMatchObject({
      stage: 'stop-notified',
      earliestStopAt: town.clock.now() + 30 * minute,
    })
    expect(await actions('list:%')).toEqual(['list:add', 'list:end'])
    town.clock.move(24 * hour)
    await listOwing(town.context)
    expect(await items()).toEqual([])
  })

  test('an entry that begins later is decided on when it begins', async () => {
    await open()
    await useUp()
    await town.deliver()
    const from = town.clock.now() + 10 * minute
    const add = createAddToList(town.context)
    await add({
      accountId: await accountId(),
      kind: 'vulnerable',
      from,
      to: from + hour,
      reason: 'ill',
      operator: null,
    })
    town.clock.set(from - 1)
    expect(await decideIfDue()).toBe(false)
    town.clock.set(from)
    expect(await decideIfDue()).toBe(true)
    expect((await town.account('A')).stage).toBe('suspended')
    town.clock.set(from + hour)
    expect(await decideIfDue()).toBe(true)
    expect((await town.account('A')).stage).toBe('stop-notified')
  })

  test('a lasting protection gives supply back and is written into the meter', async () => {
    await open()
    await useUp()
    await town.database.query(`update account set stage = 'cut-off'`)
    await town.database.query(`update meter set relay = 'open', restore_owed = true`)
    const add = createAddToList(town.context)
    const added = await add({
      accountId: await accountId(),
      kind: 'protected',
      from: null,
      to: null,
      reason: 'clinic',
      operator: null,
    })
    const commands = async () =>
      (
        await town.database.query<{ kind: string }>(
          "select kind from relay_command where kind not like 'alarm%' order by kind",
        )
      ).map(({ kind }) => kind)
    expect(await commands()).toEqual(['direct-close', 'keep-power-on'])
    await town.database.query('update meter set keep_power = true')
    await createEndListEntry(town.context)({ id: added.ok ? added.id : 0, reason: 'moved', operator: null })
    expect(await commands()).toEqual(['direct-close', 'keep-power-off', 'keep-power-on'])
  })

  test('an important customer: two persons, a copy to the authority, and only then the notice', async () => {
    await open()
    await town.database.query(`update site set authority_contact = '12398'`)
    const [one, two] = [await operator('one'), await operator('two')]
    await createAddToList(town.context)({
      accountId: await accountId(),
      kind: 'important',
      from: null,
      to: null,
      reason: 'lift',
      operator: null,
    })
    await useUp()
    expect((await town.account('A')).stage).toBe('await-approval')
    expect(await items()).toEqual(['approve-stop'])
    const [asked] = await town.database.query<{ id: number; notice: string }>('select id, notice from stop_approval')
    expect(asked?.notice).toContain('将停电')
    const approve = async (operatorId: number) =>
      createGiveVerdict(town.context)({ approvalId: asked?.id ?? 0, verdict: { kind: 'approve' }, operatorId })
    expect(await approve(one)).toEqual({ ok: true, state: 'open' })
    expect(await approve(one)).toEqual({ ok: false, code: 'second-person-needed' })
    expect(await approve(two)).toEqual({ ok: true, state: 'approved' })
    expect(await approve(two)).toEqual({ ok: false, code: 'approval-closed' })
    expect(await items()).toEqual([])
    expect((await messages()).filter(({ state }) => state === 'queued').map(({ notice }) => notice)).toEqual([
      'warning-2',
      'pre-stop',
      'authority-copy',
    ])
    await town.deliver()
    town.clock.move(31 * minute)
    expect(await objection()).toBeNull()
    await decideIfDue()
    expect(await trips()).toHaveLength(1)
  })

  test('refused: left alone until the end; asked again by a person, another one decides', async () => {
    await open({ approval: 'approved' })
    const [one, two] = [await operator('one'), await operator('two')]
    await useUp()
    const give = createGiveVerdict(town.context)
    const newest = async () =>
      (await town.database.query<{ id: number }>('select max(id) as id from stop_approval'))[0]?.id ?? 0
    const until = town.clock.now() + 24 * hour
    const refuse = { kind: 'refuse', until, reason: 'pays tomorrow' } as const
    const approvalId = await newest()
    expect(await give({ approvalId, verdict: { ...refuse, reason: '' }, operatorId: one })).toMatchObject({
      code: 'reason-missing',
    })
    expect(await give({ approvalId, verdict: { ...refuse, until: 0 }, operatorId: one })).toMatchObject({
      code: 'end-not-plausible',
    })
    expect(await give({ approvalId, verdict: refuse, operatorId: one })).toEqual({ ok: true, state: 'refused' })
    expect(await town.account('A')).toMatchObject({ stage: 'suspended', reasons: ['used-up', 'approval-refused'] })
    town.clock.move(hour)
    const again = createAskAgain(town.context)
    expect(await again({ accountId: await accountId(), operatorId: one, reason: 'has not paid' })).toMatchObject({
      ok: true,
    })
    expect((await town.account('A')).stage).toBe('await-approval')
    const approve = { approvalId: await newest(), verdict: { kind: 'approve' } } as const
    expect(await give({ ...approve, operatorId: one })).toEqual({ ok: false, code: 'own-request' })
    expect(await give({ ...approve, operatorId: two })).toEqual({ ok: true, state: 'approved' })
    expect((await town.account('A')).stage).toBe('stop-notified')
    await town.pay({
      accountId: await accountId(),
      key: 'k',
      amount: yuan(50),
      channel: 'cash-counter',
      operatorId: null,
    })
    const [after] = await town.database.query('select state from stop_approval order by id desc limit 1')
    expect(after).toEqual({ state: 'withdrawn' })
    expect(await actions('stop:%')).toEqual(['stop:refuse', 'stop:ask-again', 'stop:approve'])
  })

  test('emergency credit: offered, granted once, repaid by the next top-up', async () => {
    await open({ emergencyCredit: yuan(10) })
    const operatorId = await operator('c')
    const grant = async () =>
      createGrantEmergency(town.context)({ accountId: await accountId(), operatorId, reason: 'asked' })
    expect(await grant()).toEqual({ ok: false, code: 'not-used-up' })
    await useUp()
    expect(await town.account('A')).toMatchObject({
      stage: 'stop-due',
      reasons: ['used-up', 'emergency-credit-offered'],
    })
    expect(await grant()).toEqual({ ok: true, amount: yuan(10) })
    expect(await grant()).toEqual({ ok: false, code: 'emergency-in-use' })
    expect((await town.account('A')).stage).toBe('warned-2')
    town.clock.move(hour)
    await town.settle([await town.reading('A', 31_000)])
    expect((await town.account('A')).stage).toBe('stop-notified')
    await town.pay({
      accountId: await accountId(),
      key: 'k',
      amount: yuan(50),
      channel: 'cash-counter',
      operatorId: null,
    })
    expect((await record()).facts.emergency).toEqual({ offeredAt: null, granted: yuan(0) })
  })

  test('a payment that was announced holds the trip at its last moment, three times a day', async () => {
    await open()
    await useUp()
    await town.deliver()
    town.clock.move(31 * minute)
    expect(await objection()).toBeNull()
    const expectPayment = createExpectPayment(town.context)
    const announce = async (reference: string) =>
      expectPayment({ accountId: await accountId(), channel: 'bank-transfer', reference, operatorId: null })
    expect(await announce('slip 1')).toEqual({ ok: true, until: town.clock.now() + 2 * hour })
    expect(await objection()).toBe('payment-on-its-way')
    await announce('slip 2')
    await announce('slip 3')
    expect(await announce('slip 4')).toEqual({ ok: false, code: 'too-many-announced' })
    town.clock.move(2 * hour)
    expect(await objection()).toBeNull()
    town.clock.move(-hour)
    await town.pay({
      accountId: await accountId(),
      key: 'k',
      amount: yuan(0.5),
      channel: 'cash-counter',
      operatorId: null,
    })
    expect((await record()).facts.paymentExpectedUntil).toBeNull()
  })

  test('on overdue bills: thirty days after the due day, never before, and never once the bill is paid', async () => {
    await open({ mode: 'post-paid', legalPath: 'overdue-30', dueDays: 10 }, wednesday, 1)
    await useUp()
    expect(await town.account('A')).toMatchObject({ stage: 'normal', reasons: ['post-paid', 'legal-path-incomplete'] })
    expect((await messages()).map(({ notice }) => notice)).toEqual(['reminder'])
    const id = await accountId()
    const closedAt = town.clock.now() + minute
    await town.database.query(
      `insert into statement (id, bucket, account_id, number, revision, start_at, end_at, closed_at, last_entry, opening_balance,
         payments, movements, energy, charged, rounding, total, net, tax, closing_balance, document)
       select '00000000-0000-7000-8000-00000000aaaa', bucket, id, 'T-2026-11', 1, $2, $3, $3, 0, -19000000, 0, 0, 0, 0, 0, 0, 0, 0, -19000000, '{}' from account where id = $1`,
      [id, new Date(wednesday), new Date(closedAt)],
    )
    const day = 24 * hour
    expect((await record()).facts.overdueSince).toBe(closedAt + 10 * day)
    town.clock.set(closedAt + 40 * day - 1)
    await decide()
    expect((await town.account('A')).stage).toBe('normal')
    town.clock.set(closedAt + 40 * day)
    await decide()
    // The reading is forty days old: nobody is asked about a stop on it.
    expect(await town.account('A')).toMatchObject({ stage: 'stop-due', reasons: ['used-up', 'reading-too-old'] })
    await town.settle([await town.reading('A', 20_100)])
    expect(await town.account('A')).toMatchObject({ stage: 'await-approval' })
    await town.pay({ accountId: id, key: 'k', amount: yuan(19), channel: 'cash-counter', operatorId: null })
    expect((await record()).facts.overdueSince).toBeNull()
    expect(await town.account('A')).toMatchObject({ stage: 'normal', balance: yuan(-0.1) })
  })
})
