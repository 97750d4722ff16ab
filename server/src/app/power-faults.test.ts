import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRequestCommand } from '../flow/request-command.ts'
import { insertOperator } from '../store/operators.ts'
import { archiveChannel, notify } from '../store/notify.ts'
import { createTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { createPowerField, type PowerField } from './testing/power-field.ts'

// The rows of docs/power-faults.md, each against virtual meters over real TCP and a real database. What a restarted
// database and a killed server do is in e2e/src/power-restarts.test.ts.

const minute = 60_000
const day = 24 * 60 * minute
const control = [0x1c]
const allPhases = 0b111

describe('the fault table', () => {
  let at: TestDatabase
  let field: PowerField

  beforeAll(async () => {
    at = await createTestDatabase()
    const onLine = (place: string, meter = {}) => ({ place, gateway: 'GW-1', meter })
    field = await createPowerField(at.database, [
      { place: 'away', gateway: 'GW-2' },
      onLine('dead'),
      onLine('lost'),
      onLine('password', { password: '123456' }),
      onLine('kept'),
      onLine('current', { relay: { tripCurrentLimitAmperes: 20, tripCurrentDelayMinutes: 600, twoByteResult: true } }),
      onLine('stuck'),
      onLine('clock'),
      { ...onLine('button', { relay: { button: true } }), reconnect: 'permit-close' },
      onLine('overload', { overload: { watts: 8_000, afterMs: 1_000, reclosings: 0 } }),
      onLine('screwdriver'),
      onLine('leak'),
      onLine('breaker'),
      onLine('purse', { prepayment: { prices: [100, 100, 100, 100], balance: 5 } }),
    ])
  }, 60_000)
  afterAll(async () => {
    await field.close()
    await at.drop()
  }, 60_000)

  const trip = async (place: string): Promise<void> => {
    await field.useUp(place)
    await field.untilCommand(place, 'trip', 'verified')
  }
  const obeyed = (place: string, action: string): number =>
    field
      .meter(place)
      .look()
      .obeyed.filter((one) => one.action === action).length

  test('gateway gone: the close waits without an attempt, and leaves at once when the gateway is back', async () => {
    await trip('away')
    field.village.gateway('GW-2')?.setOffline(true)
    await field.until('offline', async () => {
      const [row] = await at.database.query<{ online: boolean }>(`select online from gateway where code = 'GW-2'`)
      return row?.online === false
    })
    await field.pay('away', 30)
    await field.until('tried', async () => (await field.command('away', 'direct-close'))?.failure != null)
    expect(await field.command('away', 'direct-close')).toMatchObject({
      state: 'queued',
      attempts: 0,
      failure: expect.stringContaining('gateway-offline') as string,
    })
    field.move(31 * minute)
    await field.until('a field order', async () => (await field.items('away')).includes('field-reconnect'))
    field.village.gateway('GW-2')?.setOffline(false)
    const close = await field.untilCommand('away', 'direct-close', 'verified')
    expect([close.attempts, obeyed('away', 'direct-close')]).toEqual([1, 1])
    await field.until('the order is over', async () =>
      (await field.items('away')).includes('field-reconnect reconnected'),
    )
  })

  test('meter dead: tried at 0 and 1 minute with a look at its state first, closed when it lives again', async () => {
    await trip('dead')
    field.meter('dead').change({ lostPhases: allPhases })
    await field.pay('dead', 30)
    const first = await field.untilCommand('dead', 'direct-close', 'queued', 1)
    expect(first.failure).toContain('no answer')
    field.move(minute)
    await field.untilCommand('dead', 'direct-close', 'queued', 2)
    // The second attempt has sent nothing: the meter did not even tell its state.
    expect((await field.steps(first.id)).filter((kind) => kind === 'sent')).toHaveLength(1)
    field.meter('dead').change({ lostPhases: 0 })
    field.move(5 * minute)
    await field.untilCommand('dead', 'direct-close', 'verified', 3)
    expect(field.meter('dead').look().relay.actual).toBe('closed')
  })

  test('answer lost after execution: found by the look at the state, obeyed once', async () => {
    await trip('lost')
    field.meter('lost').change({ behaviours: [{ kind: 'obey-without-answer', functions: control, times: 1 }] })
    await field.pay('lost', 30)
    await field.untilCommand('lost', 'direct-close', 'queued', 1)
    field.move(minute)
    const close = await field.untilCommand('lost', 'direct-close', 'verified')
    expect(obeyed('lost', 'direct-close')).toBe(1)
    expect((await field.steps(close.id)).slice(-2)).toEqual(['state-read', 'verified'])
  })

  test('wrong password: refused with its reason, the staff told, nobody cut; right on the next day with the right one', async () => {
    await field.useUp('password')
    const refused = await field.untilCommand('password', 'trip', 'refused')
    expect(refused.failure).toBe('refused by the meter: wrong-password')
    expect(await field.notices('password')).toContain('failed')
    expect(field.meter('password').look().relay.actual).toBe('closed')
    await at.database.query(`update meter set password = '123456' where place = 'password'`)
    await at.database.transaction(async (sql) => notify(sql, archiveChannel))
    field.move(day)
    await field.read('password')
    await field.untilCommand('password', 'trip', 'verified')
  })

  test('keep power set at the meter: its refusal says so, nobody is cut; lifted, it is decided again at once', async () => {
    // Nobody has told us: the archive still believes that the meter obeys.
    field.meter('kept').change({ keepPower: true })
    await insertOperator(at.database, { login: 'o', name: 'o', role: 'manager', passwordHash: 'x' })
    const [operator] = await at.database.query<{ id: number }>(`select id from operator where login = 'o'`)
    await createRequestCommand(field.house.context)({
      meterId: await field.meterId('kept'),
      key: 'by hand',
      kind: 'trip',
      reason: 'works on the cable',
      operator: { id: operator?.id ?? 0, login: 'o' },
    })
    const refused = await field.untilCommand('kept', 'trip', 'cancelled', 1)
    expect(refused.failure).toBe('refused by the meter: keep-power')
    await field.useUp('kept')
    const reasons = async () =>
      (
        await at.database.query<{ reasons: string[] }>(
          `select a.decision->'reasons' as reasons from account a join meter m on m.account_id = a.id where m.place = 'kept'`,
        )
      )[0]?.reasons
    await field.until('decided', async () => (await reasons())?.includes('keep-power') === true)
    expect(field.meter('kept').look().relay.actual).toBe('closed')
    field.meter('kept').change({ keepPower: false })
    await field.read('kept')
    await field.untilCommand('kept', 'trip', 'verified')
  })

  test('current too large: the meter holds the trip back and says so; proven when the current falls', async () => {
    field.meter('current').change({ constantWatts: 20_000 })
    await field.useUp('current')
    const held = await field.untilCommand('current', 'trip', 'queued', 1)
    expect(held.failure).toContain('trip-delayed-by-current')
    expect(await field.notices('current')).not.toContain('stopped')
    field.meter('current').change({ constantWatts: 100 })
    field.move(5 * minute)
    await field.untilCommand('current', 'trip', 'verified')
    expect(await field.notices('current')).toContain('stopped')
  })

  test('relay stuck: five attempts at a close, never called closed, then a field order until the relay is seen closed', async () => {
    await trip('stuck')
    field.meter('stuck').change({ behaviours: [{ kind: 'stuck-relay' }] })
    await field.pay('stuck', 30)
    for (const [attempts, waitMinutes] of [1, 4, 10, 15].entries()) {
      await field.untilCommand('stuck', 'direct-close', 'queued', attempts + 1)
      field.move(waitMinutes * minute)
    }
    const failed = await field.untilCommand('stuck', 'direct-close', 'failed', 5)
    expect(failed.failure).toContain('relay open, relay command closed')
    await field.until('a field order', async () => (await field.items('stuck')).includes('field-reconnect'))
    expect(await field.notices('stuck')).not.toContain('reconnected')
    field.meter('stuck').change({ behaviours: [], relayActual: 'closed' })
    await field.read('stuck')
    await field.until('the order is over', async () =>
      (await field.items('stuck')).includes('field-reconnect reconnected'),
    )
  })

  test('clock wrong: the deadline is refused, the clock read, and the next deadline told in its time', async () => {
    await trip('clock')
    field.meter('clock').change({ clockStepMs: 3 * 60 * minute })
    await field.pay('clock', 30)
    const refused = await field.untilCommand('clock', 'direct-close', 'queued', 1)
    expect(refused.failure).toBe('refused by the meter: clock-wrong')
    field.move(minute)
    await field.untilCommand('clock', 'direct-close', 'verified', 2)
    expect(field.meter('clock').look().relay.actual).toBe('closed')
  })

  test('permitted close: waits for the button, is no fault, and is proven when the relay is seen closed', async () => {
    await trip('button')
    await field.pay('button', 30)
    await field.untilCommand('button', 'permit-close', 'verified')
    expect(field.meter('button').look().relay).toMatchObject({ commanded: 'closed', actual: 'open' })
    field.move(121 * minute)
    await field.until(
      'reminded',
      async () => (await field.notices('button')).filter((notice) => notice === 'reconnect-permitted').length === 2,
    )
    field.meter('button').change({ pressButton: true })
    await field.until('pressed', () => field.meter('button').look().relay.actual === 'closed')
    await field.read('button')
    await field.until('told', async () => (await field.notices('button')).includes('reconnected'))
    expect(await field.items('button')).toEqual([])
  })

  test('a breaker that the meter only releases: the close is proven, supply by the power that flows again', async () => {
    await at.database.query(`update meter set wiring = 'external-breaker' where place = 'breaker'`)
    await trip('breaker')
    await field.pay('breaker', 30)
    await field.untilCommand('breaker', 'direct-close', 'verified')
    await field.read('breaker')
    expect(await field.notices('breaker')).not.toContain('reconnected')
    // Somebody has closed it, and a lamp is on.
    field.meter('breaker').change({ constantWatts: 60 })
    field.move(30 * minute)
    await field.read('breaker')
    await field.until('told', async () => (await field.notices('breaker')).includes('reconnected'))
  })

  test('a meter that trips for overload is recognised, and nobody closes it from afar', async () => {
    field.meter('overload').change({ constantWatts: 20_000 })
    await field.until('tripped', () => {
      field.move(1_000)
      return field.meter('overload').look().relay.actual === 'open'
    })
    await field.read('overload')
    await field.until('recognised', async () => (await field.items('overload')).includes('overload'))
    expect(await field.command('overload', 'direct-close')).toBeUndefined()
  })

  test('a meter that trips for its own balance: supply is owed, and what the meter says to the close is told', async () => {
    field.meter('purse').change({ constantWatts: 10_000 })
    await field.until('tripped', () => {
      field.move(1_000)
      return field.meter('purse').look().relay.actual === 'open'
    })
    await field.read('purse')
    // Its purse is empty still, so it trips again by itself as soon as it has acknowledged.
    const close = await field.untilCommand('purse', 'direct-close', 'queued', 1)
    expect(close.failure).toContain('relay open, relay command open')
  })

  test('a relay that is opened by a screwdriver is an alarm', async () => {
    field.meter('screwdriver').change({ relayActual: 'open' })
    await field.read('screwdriver')
    await field.until('an alarm', async () => (await field.items('screwdriver')).includes('relay-moved'))
    expect(await field.items('screwdriver')).toEqual(['relay-moved'])
  })

  test('energy behind an open relay is an alarm', async () => {
    await trip('leak')
    field.move(30 * minute)
    await field.read('leak')
    expect(await field.items('leak')).toEqual([])
    field.meter('leak').change({ addWh: 200 })
    field.move(30 * minute)
    await field.read('leak')
    await field.until('an alarm', async () => (await field.items('leak')).includes('energy-while-open'))
  })
})
