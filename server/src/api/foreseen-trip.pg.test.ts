import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { post } from '../flow/post.ts'
import { createTown, type Town } from '../flow/testing/town.ts'
import { createApiBench, type ApiBench } from './testing/api-bench.ts'

describe('what would become of a person’s trip, over HTTP', () => {
  let town: Town
  let api: ApiBench

  beforeAll(async () => {
    town = await createTown([
      { place: 'rich', opening: 20 },
      { place: 'listed', opening: 20, protected: true },
      { place: 'free', agreement: false },
    ])
    api = await createApiBench(town, { li: 'manager', chen: 'field-engineer' })
  })
  afterAll(async () => {
    await api.app.close()
    await town.close()
  })

  const urlOf = async (place: string): Promise<string> => `/api/meters/${String((await town.place(place)).meterId)}`
  const foreseen = async (place: string, login = 'li') => api.get(`${await urlOf(place)}/foreseen-trip`, login)

  test.each([
    ['rich', { outcome: 'taken-back', because: ['enough-money'], balance: '20.00' }],
    ['listed', { outcome: 'refused', because: ['protected'], balance: '20.00' }],
    ['free', { outcome: 'goes', because: [], balance: '0.00' }],
  ])('%s', async (place, body) => {
    expect(await foreseen(place)).toEqual({ status: 200, body })
  })

  test('is told to nobody who may not trip, and of no meter that is not there', async () => {
    expect((await foreseen('rich', 'chen')).status).toBe(403)
    expect((await api.get('/api/meters/999/foreseen-trip', 'li')).status).toBe(404)
  })

  test('is what happens: ordered all the same, it is withdrawn when the account is looked at', async () => {
    const order = { key: '5f0c3a52-7a3e-4b4e-9d5c-0d6a1b2c3d4e', kind: 'trip', reason: 'works' }
    expect((await api.send(`${await urlOf('rich')}/commands`, order, 'li')).status).toBe(200)
    const { accountId, meterId } = await town.place('rich')
    await town.database.transaction(async (sql) => {
      await post(sql, town.context.ids, { now: town.clock.now(), accountIds: [accountId], postings: [] })
    })
    const commands = await town.database.query(`select state from relay_command where meter_id = $1`, [meterId])
    expect(commands).toEqual([{ state: 'cancelled' }])
  })
})
