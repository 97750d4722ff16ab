import { statement } from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { closePeriods } from '../flow/close-period.ts'
import { createTown, yuan, type Town } from '../flow/testing/town.ts'
import { readPaper } from '../provider/document/testing/read-paper.ts'
import { createApiBench } from './testing/api-bench.ts'

const start = Date.parse('2026-10-31T16:00:00Z')
const end = Date.parse('2026-11-30T16:00:00Z')

describe('statements and receipts over HTTP', () => {
  let town: Town
  let app: FastifyInstance
  let cookie = ''
  let accountId = 0
  let paymentId = ''

  const get = async (url: string, headers: Record<string, string> = { cookie }) =>
    app.inject({ method: 'GET', url, headers })

  beforeAll(async () => {
    town = await createTown([{ place: '龑家', opening: 20 }], start + 3_600_000)
    ;({ accountId } = await town.place('龑家'))
    const paid = await town.pay({ accountId, key: 'k', amount: yuan(30), channel: 'cash-counter', operatorId: null })
    if (!paid.ok) throw new Error(paid.code)
    ;({ paymentId } = paid)
    town.clock.set(end + 3_600_000)
    await town.settle([
      await town.reading('龑家', 1_000, { at: start + 7_200_000 }),
      await town.reading('龑家', 6_500, { at: end }),
    ])
    await closePeriods(town.context, { month: '2026-11' })
    const api = await createApiBench(town, { auditor: 'auditor' })
    ;({ app } = api)
    cookie = api.cookieOf('auditor')
  })
  afterAll(async () => {
    await app.close()
    await town.close()
  })

  test('the closed months of an account', async () => {
    const answer = await get(`/api/accounts/${String(accountId)}/statements`)
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({
      statements: [
        {
          number: '70001-202611',
          revision: 1,
          correctedBy: null,
          month: '2026-11',
          start,
          end,
          openingBalance: '0.00',
          payments: '50.00',
          total: '5.50',
          closingBalance: '44.50',
        },
      ],
    })
  })

  test('one statement as data, as the contract declares it', async () => {
    const answer = await get('/api/statements/70001-202611')
    expect(answer.statusCode).toBe(200)
    const data = statement.parse(answer.json())
    expect(data.lines).toMatchObject([{ code: 'energy', quantity: '5.5', price: '1.0000', amount: '5.50' }])
    expect(data.meters).toMatchObject([{ endMark: 'at-end', usedWh: '5500' }])
    expect(data.daily).toEqual([{ day: '2026-11-30', energyWh: '5500' }])
  })

  test('as a file that is shown, saved under its number, and kept by nobody between', async () => {
    const answer = await get('/api/statements/70001-202611/pdf')
    expect(answer.statusCode).toBe(200)
    expect(answer.headers).toMatchObject({
      'content-type': 'application/pdf',
      'content-disposition': `inline; filename="70001-202611.pdf"; filename*=UTF-8''70001-202611.pdf`,
      'cache-control': 'private, no-store',
      'content-length': String(answer.rawPayload.length),
      'x-content-type-options': 'nosniff',
    })
    expect(readPaper(answer.rawPayload)).toContain('电费结算单 2026-11')
    const english = await get('/api/statements/70001-202611/pdf?language=en')
    expect(readPaper(english.rawPayload)).toContain('Electricity statement 2026-11')
  })

  test('a character that the font does not have is told in a header', async () => {
    expect((await get('/api/statements/70001-202611/pdf')).headers['x-missing-glyphs']).toBe('U+9F91')
  })

  test('the receipt of a payment', async () => {
    const answer = await get(`/api/payments/${paymentId}/receipt`)
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-disposition']).toMatch(/^inline; filename="R20261101-\d+\.pdf"/u)
    expect(readPaper(answer.rawPayload)).toContain('叁拾元整')
  })

  test.each([
    ['/api/accounts/9999/statements', 404, 'unknown-account'],
    ['/api/statements/70001-202612', 404, 'unknown-statement'],
    ['/api/statements/70001-202612/pdf', 404, 'unknown-statement'],
    ['/api/statements/short', 400, 'bad-input'],
    ['/api/statements/70001-202611/pdf?language=fr', 400, 'bad-input'],
    ['/api/payments/00000000-0000-7000-8000-00000000ffff/receipt', 404, 'unknown-payment'],
    ['/api/payments/not-an-id/receipt', 400, 'bad-input'],
  ])('%s is refused', async (url, status, code) => {
    const answer = await get(url)
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([status, code])
  })

  test.each(['/api/accounts/1/statements', '/api/statements/70001-202611', '/api/statements/70001-202611/pdf'])(
    'a stranger is told nothing of %s',
    async (url) => {
      expect((await get(url, {})).statusCode).toBe(401)
    },
  )

  test('so many papers in a minute and no more', async () => {
    const codes = new Set<number>()
    for (let asked = 0; asked < 61; asked += 1) codes.add((await get(`/api/statements/unknown-1/pdf`)).statusCode)
    expect([...codes]).toEqual([404, 429])
  })
})
