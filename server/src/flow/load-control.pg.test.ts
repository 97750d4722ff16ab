import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LoadRules } from '../domain/load-rules.ts'
import type { Headend } from '../headend/headend.ts'
import { viewCommands } from '../store/view/commands.ts'
import { createLoadAbilities, type LoadAbilities } from './load-control.ts'
import { post } from './post.ts'
import { createLoadSampler, lookAtAll } from './run-load-control.ts'
import { createScriptedHeadend, type ScriptedHeadend } from './testing/scripted-headend.ts'
import { createTown, yuan, type Town } from './testing/town.ts'
import { runDispatcher } from './testing/run-dispatcher.ts'

const minute = 60_000
const base = { reconnect: 'direct-close', sampleEveryMs: null } as const
/** Wednesday; the town begins at 11:00. */
const untilNoon: LoadRules = { ...base, schedule: { on: [{ days: [3], fromMinute: 0, toMinute: 720 }], holidays: [] } }
const afternoon = Date.parse('2026-11-25T13:00+08:00')
const always: LoadRules = {
  ...base,
  schedule: { on: [{ days: [0, 1, 2, 3, 4, 5, 6], fromMinute: 0, toMinute: 1_440 }], holidays: [] },
}
const deed = { operatorId: null, reason: 'agreed with the customer' }

describe('load control on a real database', () => {
  let town: Town
  let headend: ScriptedHeadend
  let load: LoadAbilities
  let stop: () => Promise<void>
  let meterId = 0
  let accountId = 0

  beforeEach(async () => {
    town = await createTown([{ place: 'A', opening: 20 }])
    ;({ meterId, accountId } = await town.place('A'))
    headend = createScriptedHeadend()
    load = createLoadAbilities(town.context)
    await town.settle([await town.reading('A', 0)])
    stop = runDispatcher(town, headend)
  })
  afterEach(async () => {
    await stop()
    await town.close()
  })

  const set = async (rules: LoadRules | null): Promise<void> => {
    expect(await load.setRules({ meterId, rules, ...deed })).toEqual({ ok: true })
  }
  const settled = async (): Promise<void> =>
    town.until('nothing on its way', async () =>
      (await viewCommands(town.database, meterId)).every(
        ({ state }) => !['queued', 'sent', 'acknowledged'].includes(state),
      ),
    )
  const orders = async () =>
    (await viewCommands(town.database, meterId))
      .filter(({ kind }) => !kind.startsWith('alarm'))
      .map(
        (command) => `${command.requested_by} ${command.kind} ${command.state} (${command.failure ?? command.reason})`,
      )
      .toReversed()
  const decideAgain = async (): Promise<void> =>
    town.database.transaction(async (sql) => {
      await post(sql, town.context.ids, { now: town.clock.now(), accountIds: [accountId], postings: [] })
    })
  const lookNow = async (): Promise<void> => {
    await lookAtAll(town.context)
    await settled()
  }

  test('a schedule opens and closes, each proven, and the customer is told nothing about money', async () => {
    await set(untilNoon)
    await lookNow()
    expect(await orders()).toEqual([])
    town.clock.set(afternoon)
    await lookNow()
    expect(headend.relay).toBe('open')
    await set(always)
    await lookNow()
    expect(await orders()).toEqual([
      'load-control trip verified (load-schedule)',
      'load-control direct-close verified (load-hold-over)',
    ])
    expect(await town.database.query(`select from message where notice in ('stopped', 'reconnected')`)).toEqual([])
  })

  test('a reading is reason enough to look, and a settled reading does not withdraw the trip', async () => {
    await set(untilNoon)
    await lookNow()
    town.clock.set(afternoon)
    headend.before(async () => {
      await town.settle([await town.reading('A', 1_000)])
    })
    await lookNow()
    expect(await orders()).toEqual(['load-control trip verified (load-schedule)'])
  })

  test('stopped for debt: the clock does not close it; paid while held: given back when the hold is over, by the policy', async () => {
    await set(always)
    for (const kwh of [12, 21]) {
      town.clock.move(30 * minute)
      await town.settle([await town.reading('A', kwh * 1_000)])
    }
    town.clock.move(31 * minute)
    await decideAgain()
    await settled()
    expect(headend.relay).toBe('open')
    await set(untilNoon)
    town.clock.set(afternoon)
    await lookNow()
    await town.pay({ accountId, key: 'p', amount: yuan(50), channel: 'cash-counter', operatorId: null })
    await settled()
    expect(headend.relay).toBe('open')
    expect((await town.account('A')).reasons).toContain('load-hold')
    await set(always)
    await lookNow()
    expect(headend.relay).toBe('closed')
    expect(await orders()).toEqual([
      'policy trip verified (used-up, trip)',
      expect.stringMatching(/^policy direct-close verified/u),
    ])
  })

  test('stopped by the clock, then used up: not given back by the clock, but by paying and the clock together', async () => {
    await set(untilNoon)
    await town.settle([await town.reading('A', 0)])
    town.clock.set(afternoon)
    await lookNow()
    expect(headend.relay).toBe('open')
    await town.database.query(`update account set stage = 'cut-off', earliest_stop_at = $1, stage_since = $1`, [
      new Date(afternoon),
    ])
    await set(always)
    await lookNow()
    expect(headend.relay).toBe('open')
    await town.pay({ accountId, key: 'p', amount: yuan(50), channel: 'cash-counter', operatorId: null })
    await lookNow()
    expect(headend.relay).toBe('open')
    town.clock.move(2 * minute)
    await lookNow()
    expect(headend.relay).toBe('closed')
  })

  test('the last moment: a hold that is over by then sends nothing; nor does a list that protects by then', async () => {
    await set(untilNoon)
    await lookNow()
    town.clock.set(afternoon)
    headend.before(async () => {
      await town.database.query(`update load_control set holds = '{}'`)
    })
    await lookNow()
    expect(await orders()).toEqual(['load-control trip cancelled (load-hold-over)'])
    headend.before(async () => {
      await town.database.query('update account set protected = true')
    })
    town.clock.move(6 * minute)
    await lookNow()
    expect((await orders()).at(-1)).toBe('load-control trip cancelled (protected)')
    expect(headend.sent.filter((action) => action === 'trip')).toEqual([])
  })

  test('overload by samples: an alarm, a proven trip, back after its time; what is remembered survives a restart', async () => {
    let milliwatts = 4_000_000
    const read: Headend['read'] = async () => ({
      ok: true,
      at: town.clock.now(),
      values: { activePowerTotal: milliwatts, powerFactorTotal: 980 },
      times: { activePowerTotal: town.clock.now() },
      exchanges: [],
    })
    await set({
      ...base,
      sampleEveryMs: 10_000,
      overload: { limitWatts: 3_000, forMs: 2 * minute, recloseTimes: 1, recloseAfterMs: 10 * minute },
    })
    const runFor = async (minutes: number): Promise<void> => {
      for (let step = 0; step < minutes * 2; step += 1) {
        const stopping = new AbortController()
        const control = createLoadSampler(town.context, { read }, { self: 'one', onlyHeld: false }).run(stopping.signal)
        await town.until('looked', async () => {
          const [row] = await town.database.query<{ at: number }>('select looked_at as at from load_control')
          return (row?.at ?? 0) >= town.clock.now()
        })
        stopping.abort()
        await control
        await settled()
        town.clock.move(30_000)
      }
    }
    await runFor(3)
    expect(await orders()).toEqual(['load-control trip verified (load-overload)'])
    milliwatts = 500_000
    await runFor(11)
    expect((await orders()).at(-1)).toBe('load-control direct-close verified (load-hold-over)')
    const items = await town.database.query<{ kind: string; detail: Record<string, unknown> }>(
      `select kind, detail from work_item where subject = $1`,
      [`meter:${String(meterId)}`],
    )
    expect(items).toMatchObject([{ kind: 'overload', detail: { watts: 4_000, needsPerson: false, act: 'trip' } }])
    const [{ evidence } = {}] = await viewCommands(town.database, meterId)
    expect(evidence).toMatchObject({ holds: [], overload: { trips: 1 } })
  })

  test('a single run: only with money, only one, and its end is a trip', async () => {
    await set({ ...base, singleRun: { mostMs: 60 * minute, mostEnergyWh: null, startsOnPayment: false } })
    await lookNow()
    expect(headend.relay).toBe('open')
    await town.database.query(`update account set stage = 'cut-off', earliest_stop_at = now()`)
    expect(await load.startRun({ meterId, ...deed })).toEqual({ ok: false, code: 'stopped-for-debt' })
    await town.database.query(`update account set stage = 'normal', earliest_stop_at = null`)
    expect(await load.startRun({ meterId, ...deed, forMs: 20 * minute })).toEqual({ ok: true })
    expect(await load.startRun({ meterId, ...deed })).toEqual({ ok: false, code: 'run-under-way' })
    await lookNow()
    expect(headend.relay).toBe('closed')
    town.clock.move(minute)
    await lookNow()
    town.clock.move(21 * minute)
    await lookNow()
    town.clock.move(minute)
    await lookNow()
    expect(headend.relay).toBe('open')
    expect((await orders()).at(-1)).toBe('load-control trip verified (load-no-run)')
    const audit = await town.database.query<{ action: string }>(
      `select action from audit_log where action like 'load:%' order by id`,
    )
    expect(audit.map(({ action }) => action)).toEqual(['load:rules', 'load:start'])
  })

  test('refusals', async () => {
    expect(await load.startRun({ meterId, ...deed })).toEqual({ ok: false, code: 'no-load-rules' })
    expect(await load.reset({ meterId: 999, ...deed })).toEqual({ ok: false, code: 'unknown-meter' })
    expect(await load.setRules({ meterId, ...deed, rules: base })).toEqual({ ok: false, code: 'no-rule' })
    await set(always)
    expect(await load.startRun({ meterId, ...deed })).toEqual({ ok: false, code: 'no-single-run' })
    await set(null)
    expect(await load.stopRun({ meterId, ...deed })).toEqual({ ok: false, code: 'no-load-rules' })
  })
})
