import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBatchAbilities } from '../../flow/batch-abilities.ts'
import { stepBatches } from '../../flow/run-batches.ts'
import { createTown, type Town } from '../../flow/testing/town.ts'
import { insertOperator } from '../../store/operators.ts'
import { runCommand } from './testing/run-command.ts'

let town: Town
let id = ''

beforeAll(async () => {
  town = await createTown([{ place: '1-101', opening: 20 }])
  await insertOperator(town.database, { login: 'li', name: 'Li', role: 'manager', passwordHash: 'x' })
  const batches = createBatchAbilities(town.context)
  const asked = await batches.request({
    kind: 'alarm-on',
    selection: { placePrefix: '1-' },
    override: false,
    parameters: [],
    key: 'k',
    reason: 'drill',
    operator: { id: 1, login: 'li' },
  })
  if (!asked.ok) throw new Error(asked.code)
  id = asked.id
  await stepBatches(town.context)
})
afterAll(async () => town.close())

const run = async (...words: string[]) => runCommand('batch', ...words, '--database-url', town.url)

test('batches are listed, shown meter by meter, and stopped once', async () => {
  expect((await run('list')).out).toMatch(new RegExp(`^${id}.*running.*alarm-on.*by li: drill`, 'u'))
  expect((await run('show', id)).out).toMatch(/1-101 {12}\d{12} {2}queued/u)
  expect(await run('stop', id, '--reason', 'over')).toMatchObject({
    code: 0,
    out: 'stopped; 1 queued commands were cancelled\n',
  })
  expect((await run('show', id)).out).toMatch(/stopped by the command line.*over[\s\S]*cancelled/u)
  expect(await run('stop', id, '--reason', 'over')).toMatchObject({ code: 1, err: expect.stringMatching(/is over/u) })
  expect(await run('show', 'nonsense')).toMatchObject({ code: 1, err: expect.stringMatching(/no batch nonsense/u) })
})
