import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTown, type Town } from '../flow/testing/town.ts'
import { createApiBench, type ApiBench } from './testing/api-bench.ts'

describe('reconciling a payment channel, over HTTP', () => {
  let town: Town
  let api: ApiBench
  const keys = [randomUUID(), randomUUID(), randomUUID()] as const
  const send = async (body: object, login = 'boss') =>
    (await api.send(
      '/api/reconciliations',
      { channel: 'card-terminal', firstDay: '2026-11-25', lastDay: '2026-11-25', ...body },
      login,
    )) as { status: number; body: Record<string, unknown> }
  const open = async () =>
    ((await api.get('/api/reconciliations/items', 'ledger')).body as { differences: Record<string, unknown>[] })
      .differences

  beforeAll(async () => {
    town = await createTown([{ place: 'A', opening: 100 }])
    api = await createApiBench(town, { boss: 'manager', till: 'cashier', ledger: 'auditor' })
    const { accountId } = await town.place('A')
    for (const [index, key] of keys.entries())
      await api.send(
        `/api/accounts/${String(accountId)}/top-ups`,
        { key, amount: String(10 * (index + 1)), means: 'card-terminal' },
        'till',
      )
  })
  afterAll(async () => {
    await api.app.close()
    await town.close()
  })

  const file = [`流水号,金额`, `${keys[0]},10.00`, `${keys[1]},20.01`, 'stranger,5.00'].join('\n')
  const columns = { reference: '流水号', amount: '金额' }

  test('compares to the fen; differences are kept, become work, and are not found twice', async () => {
    const { body } = await send({ file, ...columns })
    expect(body).toMatchObject({
      matched: 1,
      matchedAmount: '10.00',
      ours: { count: 3, amount: '60.00' },
      theirs: { count: 3, amount: '35.01' },
      more: 0,
      known: false,
      fresh: 3,
    })
    expect(new Set((body['differences'] as { kind: string }[]).map(({ kind }) => kind))).toEqual(
      new Set(['different-amount', 'only-ours', 'only-theirs']),
    )
    expect((await send({ file, ...columns })).body).toMatchObject({ known: true, fresh: 0 })
    expect(await open()).toHaveLength(3)
    const items = await town.database.query(
      `select from work_item where kind = 'payment-difference' and closed_at is null`,
    )
    expect(items).toHaveLength(3)
  })

  test('a difference is settled with a reason, once, and its work item ends with it', async () => {
    const found = (await open()).find(({ kind }) => kind === 'only-theirs')
    expect(found).toMatchObject({ channel: 'card-terminal', reference: 'stranger', ours: null, theirs: '5.00' })
    const resolve = async (body: object, login = 'boss') =>
      (await api.send(`/api/reconciliations/items/${String(found?.['id'])}`, body, login)) as {
        status: number
        body: Record<string, unknown>
      }
    expect((await resolve({ state: 'explained', reason: ' ' })).status).toBe(400)
    expect((await resolve({ state: 'explained', reason: 'of another shop' }, 'till')).status).toBe(403)
    expect((await resolve({ state: 'explained', reason: 'of another shop' })).status).toBe(200)
    expect((await resolve({ state: 'explained', reason: 'again' })).body).toMatchObject({ code: 'state-already' })
    expect(await open()).toHaveLength(2)
  })

  test.each([
    [{ file: 'a,b\n1,2' }, 'file-not-understood'],
    [{ file: 'reference,amount\nx,many' }, 'file-not-understood'],
    [{ file: 'reference,amount\nx,1', lastDay: '2026-11-24' }, 'span-out-of-order'],
    [{ file: 'reference,amount\nx,1', firstDay: '2026-02-30' }, 'no-such-day'],
    [{ file: '' }, 'bad-input'],
    [{ file: 'x', channel: 'cowrie' }, 'bad-input'],
  ])('%j is refused as %s', async (body, code) => {
    expect((await send(body)).body).toMatchObject({ code })
  })

  test('is for who may refund, and takes a file that is longer than other requests', async () => {
    expect((await send({ file }, 'till')).status).toBe(403)
    const long = ['reference,amount', ...Array.from({ length: 20_000 }, (_, line) => `r${String(line)},1`)].join('\n')
    const { body } = await send({ file: long, channel: 'bank-transfer' })
    expect(body).toMatchObject({ theirs: { count: 20_000 }, more: 19_500 })
    expect(body['differences']).toHaveLength(500)
  })
})
