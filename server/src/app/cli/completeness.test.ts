import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../store/test-database.ts'
import { completenessText } from './completeness.ts'
import { runCommand } from './testing/run-command.ts'

let house: TestDatabase
beforeAll(async () => {
  house = await createTestDatabase()
})
afterAll(async () => house.drop())

test('says when nothing is watched yet, and refuses days out of bounds', async () => {
  const run = async (...words: string[]) => runCommand('completeness', ...words, '--database-url', house.url)
  expect(await run()).toMatchObject({ code: 0, out: expect.stringContaining('nothing is watched yet') })
  expect(await run('--days', '0')).toMatchObject({ code: 1, err: expect.stringContaining('from 1 to 62') })
})

test('a line for each day, and one for each gateway where asked', () => {
  const part = {
    day: '2026-11-25',
    site: 'Site',
    expected: 480,
    read: 470,
    reRead: 8,
    estimated: 1,
    missing: 1,
    lost: 0,
    lostBySide: {},
  }
  const told = [
    { ...part, gatewayId: 1, gateway: 'GW-1', byReason: { 'gateway-away': 8, 'meter-silent': 2 } },
    { ...part, gatewayId: 2, gateway: 'GW-2', read: 480, reRead: 0, estimated: 0, missing: 0, byReason: {} },
  ]
  const lines = completenessText(told, true).split('\n')
  expect(lines[1]?.replaceAll(/ +/g, ' ')).toBe('2026-11-25 960 950 8 1 1 0 99.79 % gateway-away 8, meter-silent 2')
  expect(lines).toHaveLength(4)
  expect(completenessText(told, false).split('\n')).toHaveLength(2)
  const lost = told.map((one) => ({ ...one, missing: 0, lost: 1, lostBySide: { before: 1 } }))
  expect(completenessText(lost, false)).toMatch(/meter-silent 2; lost 2: nothing known before$/u)
})
