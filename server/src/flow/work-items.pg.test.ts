import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { insertOperator } from '../store/operators.ts'
import { viewWorkItemCounts, viewWorkItems } from '../store/view/work-items.ts'
import { closeWorkItems, openWorkItems } from '../store/work-items.ts'
import { createTown, type Town } from './testing/town.ts'
import { createHandleWorkItem, escalateDue } from './work-items.ts'

const hour = 3_600_000

describe('the inbox', () => {
  let town: Town
  let operatorId: number
  const meter = async () => (await town.place('A')).meterId
  const open = async () => viewWorkItems(town.database, false, 100)
  const audited = async () =>
    (await town.database.query<{ action: string }>('select action from audit_log order by id')).map(
      ({ action }) => action,
    )
  const fieldWork = async () =>
    openWorkItems(
      town.database,
      [{ kind: 'field-reconnect', subject: `meter:${String(await meter())}`, meterId: await meter() }],
      town.clock.now(),
    )

  beforeAll(async () => {
    town = await createTown([{ place: 'A', opening: 20 }])
    await insertOperator(town.database, { login: 'f', name: 'field', role: 'field-engineer', passwordHash: 'x' })
    const [row] = await town.database.query<{ id: number }>('select id from operator')
    operatorId = row?.id ?? 0
  })
  afterAll(async () => town.close())

  test('what is found again is counted, not opened twice, and knows its place', async () => {
    expect(await fieldWork()).toBe(1)
    town.clock.move(60_000)
    expect(await fieldWork()).toBe(0)
    const [item] = await open()
    expect(item).toMatchObject({
      kind: 'field-reconnect',
      site: 'test town',
      account_number: '70001',
      place: 'A',
      severity: 'critical',
      seen: 2,
      owner: null,
    })
    expect((item?.due_at ?? 0) - (item?.opened_at ?? 0)).toBe(2 * hour)
  })

  test('the same item twice in one call is one', async () => {
    const twice = { kind: 'gateway-offline', subject: 'gateway:1' } as const
    expect(await openWorkItems(town.database, [twice, twice], town.clock.now())).toBe(1)
  })

  test('it is told one up at half of its time, four fifths, and all of it, each once', async () => {
    const steps: number[] = []
    for (const minutes of [58, 1, 35, 24]) {
      town.clock.move(minutes * 60_000)
      await escalateDue(town.context)
      await escalateDue(town.context)
      steps.push((await open()).find(({ kind }) => kind === 'field-reconnect')?.escalation ?? -1)
    }
    expect(steps).toEqual([0, 1, 1, 2])
    town.clock.move(hour)
    await escalateDue(town.context)
    expect((await audited()).filter((action) => action === 'work-item:escalate')).toHaveLength(3)
    expect(await viewWorkItemCounts(town.database)).toEqual({ open: 2, critical: 1, late: 1, unowned: 2 })
  })

  test('taken, acknowledged, closed with a reason: each in the audit log', async () => {
    const handle = createHandleWorkItem(town.context)
    const id = Number((await open()).find(({ kind }) => kind === 'field-reconnect')?.id)
    expect(await handle({ id, deed: 'acknowledge', operatorId, reason: '' })).toEqual({ ok: true })
    expect(await handle({ id, deed: 'acknowledge', operatorId, reason: '' })).toEqual({
      ok: false,
      code: 'work-item-acknowledged',
    })
    expect((await open()).find((item) => Number(item.id) === id)?.owner).toBe('field')
    expect(await handle({ id, deed: 'close', operatorId, reason: ' ' })).toEqual({ ok: false, code: 'reason-missing' })
    expect(await handle({ id, deed: 'close', operatorId, reason: 'breaker replaced' })).toEqual({ ok: true })
    expect(await handle({ id, deed: 'take', operatorId, reason: '' })).toEqual({ ok: false, code: 'work-item-closed' })
    const [closed] = await viewWorkItems(town.database, true, 1)
    expect(closed).toMatchObject({ closed_by: 'field', closed_because: 'breaker replaced' })
    expect((await audited()).slice(-2)).toEqual(['work-item:acknowledge', 'work-item:close'])
  })

  test('after its end the same may open anew, and ends by itself when its state is over', async () => {
    expect(await fieldWork()).toBe(1)
    const subject = `meter:${String(await meter())}`
    const over = { kind: 'field-reconnect', subjects: [subject, 'meter:999'] } as const
    expect(await closeWorkItems(town.database, over, town.clock.now(), 'reconnected')).toBe(1)
    expect(await closeWorkItems(town.database, over, town.clock.now(), 'reconnected')).toBe(0)
    const [closed] = await viewWorkItems(town.database, true, 1)
    expect(closed).toMatchObject({ closed_by: null, closed_because: 'reconnected' })
  })
})
