import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { microYuan, parsePercent, zeroMoney } from '../domain/quantity.ts'
import type { TheirRow } from '../domain/reconciliation.ts'
import { listItems } from '../store/reconciliation.ts'
import { post } from './post.ts'
import { reconcileBalances, reconcileChannel, resolveItem } from './reconcile.ts'
import { reconcileLineLoss } from './reconcile-line-loss.ts'
import { createTown, wednesday, yuan, type Town } from './testing/town.ts'

const hour = 3_600_000
const operatorId = null

describe('reconciliation, on a real database', () => {
  let town: Town
  beforeAll(async () => {
    town = await createTown([
      { place: 'master', agreement: false },
      { place: 'shop', opening: 100 },
      { place: 'flat', opening: 100 },
      { place: 'late', agreement: false },
    ])
  })
  afterAll(async () => town.close())

  const openItems = async () => listItems(town.database, false)
  const addressOf = async (name: string): Promise<string> => {
    const [row] = await town.database.query<{ address: string }>('select address from meter where place = $1', [name])
    return row?.address ?? ''
  }

  describe('payments of a channel against its file', () => {
    const span = { from: wednesday, to: wednesday + 24 * hour }
    const paid = async (key: string, amount: number) => {
      const { accountId } = await town.place('shop')
      const result = await town.pay({ accountId, key, amount: yuan(amount), channel: 'wechat-pay', operatorId: null })
      if (!result.ok) throw new Error(result.code)
      return result.paymentId
    }
    const row = (line: number, reference: string, amount: number): TheirRow => {
      return { line, reference, amount: yuan(amount), at: null }
    }
    let rows: readonly TheirRow[] = []

    test('finds what is on one side only, another amount, and what is there twice', async () => {
      const same = await paid('order-1', 50)
      await paid('order-2', 30)
      await paid('order-3', 7)
      rows = [row(2, same, 50), row(3, 'order-2', 29.99), row(4, 'order-9', 5), row(5, same, 50)]
      const { comparison, fresh, known } = await reconcileChannel(town.context, {
        ...span,
        channel: 'wechat-pay',
        rows,
        operatorId,
      })
      expect([comparison.matched, fresh, known]).toEqual([1, 4, false])
      expect((await openItems()).map(({ kind, account }) => [kind, account])).toEqual([
        ['duplicate-theirs', '70002'],
        ['different-amount', '70002'],
        ['only-theirs', null],
        ['only-ours', '70002'],
      ])
    })

    test('the same file again is known and adds nothing; a longer one adds what is new', async () => {
      const again = await reconcileChannel(town.context, { ...span, channel: 'wechat-pay', rows, operatorId })
      expect([again.known, again.fresh]).toEqual([true, 0])
      const longer = [...rows, row(6, 'order-10', 1)]
      const more = await reconcileChannel(town.context, { ...span, channel: 'wechat-pay', rows: longer, operatorId })
      expect([more.known, more.fresh]).toEqual([false, 1])
      expect(await openItems()).toHaveLength(5)
    })

    test('a payment that the file does not have counts only within the span', async () => {
      const later = { from: wednesday + 24 * hour, to: wednesday + 48 * hour }
      const { comparison } = await reconcileChannel(town.context, {
        ...later,
        channel: 'wechat-pay',
        rows: [row(2, 'order-3', 7)],
        operatorId,
      })
      expect(comparison).toMatchObject({ matched: 1, differences: [] })
    })

    test('an item is resolved with a reason, which the audit log keeps', async () => {
      const [first] = await openItems()
      const itemId = first?.id ?? 0
      const asked = { itemId, operatorId }
      expect(await resolveItem(town.context, { ...asked, state: 'explained', reason: ' ' })).toEqual({
        ok: false,
        code: 'reason-missing',
      })
      expect(
        await resolveItem(town.context, { ...asked, state: 'explained', reason: 'their notice of Nov 26' }),
      ).toEqual({
        ok: true,
      })
      expect(await resolveItem(town.context, { ...asked, state: 'corrected', reason: 'refunded by them' })).toEqual({
        ok: true,
      })
      expect(await resolveItem(town.context, { ...asked, state: 'open', reason: 'again' })).toEqual({
        ok: false,
        code: 'corrected-already',
      })
      expect(await resolveItem(town.context, { itemId: 999_999, operatorId, state: 'explained', reason: 'x' })).toEqual(
        {
          ok: false,
          code: 'unknown-item',
        },
      )
      expect(await openItems()).toHaveLength(4)
      expect((await listItems(town.database, true))[0]).toMatchObject({
        state: 'corrected',
        reason: 'refunded by them',
      })
      const log = await town.database.query<{ action: string }>(
        'select action from audit_log where subject = $1 order by id',
        [`item:${String(itemId)}`],
      )
      expect(log.map(({ action }) => action)).toEqual(['reconcile:explained', 'reconcile:corrected'])
    })
  })

  describe('a master meter against its sub-meters', () => {
    const from = wednesday
    const to = wednesday + 24 * hour
    const request = async (names: readonly string[], multiplier = 1n) => {
      const [master = '', ...subs] = await Promise.all(names.map(addressOf))
      return {
        master: { address: master, multiplier },
        subs: subs.map((address) => ({ address, multiplier: 1n })),
        limit: parsePercent('7'),
        from,
        to,
        toleranceMs: hour,
        operatorId,
      }
    }

    beforeAll(async () => {
      town.clock.set(to + hour)
      await town.settle([
        await town.reading('master', 0, { at: from - hour / 2 }),
        await town.reading('master', 10_000, { at: to }),
        await town.reading('shop', 100, { at: from }),
        await town.reading('shop', 6_100, { at: to - hour / 4 }),
        await town.reading('flat', 0, { at: from }),
        await town.reading('flat', 3_400, { at: to }),
        await town.reading('late', 0, { at: from }),
        await town.reading('late', 10, { at: to - 2 * hour }),
      ])
    })

    test('says how much is lost', async () => {
      const result = await reconcileLineLoss(town.context, await request(['master', 'shop', 'flat']))
      expect(result).toMatchObject({ ok: true, comparison: { loss: 600n, lossPercent: '6', findings: [] } })
    })

    test('names the meter whose reading is missing, and says no loss then', async () => {
      const result = await reconcileLineLoss(town.context, await request(['master', 'shop', 'late']))
      expect(result).toMatchObject({
        ok: true,
        fresh: 1,
        comparison: {
          loss: null,
          findings: [{ kind: 'reading-missing', which: 'end', name: expect.stringContaining('late') }],
        },
      })
    })

    test('a loss above the limit is an item; the multiplier of the master counts', async () => {
      const before = (await openItems()).length
      const result = await reconcileLineLoss(town.context, await request(['master', 'shop'], 2n))
      expect(result).toMatchObject({ ok: true, comparison: { loss: 14_000n, lossPercent: '70' } })
      expect((await openItems()).slice(before)).toMatchObject([
        { run: 'line-loss', kind: 'loss-above-limit', detail: { loss: '14000', allowed: '1400' } },
      ])
    })

    test('a meter that is not there, or named twice, is refused by name', async () => {
      const good = await request(['master', 'shop'])
      const stranger = { address: '000000000001', multiplier: 1n }
      expect(await reconcileLineLoss(town.context, { ...good, subs: [stranger] })).toEqual({
        ok: false,
        code: 'unknown-meters',
        addresses: ['000000000001'],
      })
      expect(await reconcileLineLoss(town.context, { ...good, subs: [...good.subs, ...good.subs] })).toMatchObject({
        ok: false,
        code: 'ambiguous-meters',
      })
    })
  })

  test('purses of meters against what they were seen to show', async () => {
    const { accountId, meterId } = await town.place('flat')
    const at = town.clock.now()
    await town.database.transaction(async (sql) => {
      const purse = { accountId, meterId, amount: yuan(20), at }
      const postings = [
        { template: 'purchase-pending', ...purse },
        { template: 'purchase-posted', ...purse },
      ] as const
      await post(sql, town.context.ids, { now: at, accountIds: [accountId], postings })
    })
    const address = await addressOf('flat')
    const seen = (line: number, balance: number, name = address) => {
      return { line, address: name, at: null, balance: yuan(balance) }
    }
    const before = (await openItems()).length
    const good = await reconcileBalances(town.context, {
      observed: [seen(2, 19.95)],
      tolerance: yuan(0.05),
      operatorId,
    })
    expect(good).toMatchObject({ fresh: 0, comparison: { agreed: 1, unseen: [], differences: [] } })
    const observed = [seen(2, 19.95), seen(3, 1, '000000000002')]
    const bad = await reconcileBalances(town.context, { observed, tolerance: zeroMoney, operatorId })
    expect(bad.comparison.differences).toMatchObject([
      { kind: 'balance-differs', by: microYuan(-50_000n) },
      { kind: 'unknown-meter' },
    ])
    expect((await openItems()).slice(before)).toMatchObject([
      { kind: 'balance-differs', account: '70003', detail: { observed: '19.95', books: '20.00', by: '-0.05' } },
      { kind: 'unknown-meter', account: null },
    ])
  })

  test('a run cannot be changed or deleted', async () => {
    await expect(town.database.query("update reconciliation set summary = '{}'")).rejects.toThrow(/immutable/u)
    await expect(town.database.query('delete from reconciliation')).rejects.toThrow(/immutable|foreign key/u)
  })
})
