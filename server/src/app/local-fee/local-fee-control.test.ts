import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { audit } from '../../flow/audit.ts'
import { createBuyForMeter } from '../../flow/buy-for-meter.ts'
import { terms, yuan } from '../../flow/testing/site.ts'
import { createTestDatabase, type TestDatabase } from '../../store/test-database.ts'
import { customers, enrolLocalSite, wallClock, localVillage } from './testing/local-site.ts'
import { startProgram, untilItIs, type Program } from './testing/program.ts'

const server = fileURLToPath(new URL('../../../bin/xianfu.js', import.meta.url))
const simulator = fileURLToPath(new URL('../../../../simulator/bin/xianfu-simulator.js', import.meta.url))
const testModule = new URL('../../../dist/headend/security/test-security-module.js', import.meta.url)

/** A cipher machine of the test's own: the test module, which takes away the answer of a purchase when it is told to. */
const moduleText = `
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, unlinkSync } from 'node:fs'
import { createTestSecurityModule } from '${testModule.href}'
export const createSecurityModule = ({ keyFile }) => {
  const honest = createTestSecurityModule({ key: readFileSync(keyFile, 'utf8'), random: (bytes) => randomBytes(bytes) })
  const loseNext = keyFile + '.lose-next'
  return {
    ...honest,
    sealPurchase: async (session, parts) => {
      if (existsSync(loseNext)) {
        const door = readFileSync(loseNext, 'utf8')
        unlinkSync(loseNext)
        const behaviours = [{ kind: 'obey-without-answer', functions: [3], times: 1 }]
        const answer = await fetch(door, { method: 'PATCH', body: JSON.stringify({ behaviours }) })
        if (!answer.ok) throw new Error(await answer.text())
      }
      return honest.sealPurchase(session, parts)
    },
  }
}
`

/** What is in a meter's purse, seen by the door for experimenters. */
type Wallet = Readonly<{ balanceFen: number; purchases: number; opened: boolean }>

describe('purchases reach the meters that keep their own balance', () => {
  const withinMs = 90_000
  const timeout = 120_000
  const [virgin, hoarder] = customers
  let folder = ''
  let at: TestDatabase
  let house: Program
  let field: Program
  let door = ''

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'xianfu-local-fee-'))
    at = await createTestDatabase()
    await enrolLocalSite(at.database, terms)
    const key = randomUUID()
    await writeFile(join(folder, 'key'), key)
    await writeFile(join(folder, 'module.mjs'), moduleText)
    await writeFile(join(folder, 'village.json'), JSON.stringify(localVillage(key)))
    house = await startProgram(server, {
      words: ['start', '--data', folder, '--mode', 'field', '--port', '0', '--gateway-port', '0']
        .concat('--gateway-host', '127.0.0.1', '--security-module', join(folder, 'module.mjs'))
        .concat('--security-key-file', join(folder, 'key')),
      environment: { DATABASE_URL: at.url },
      ready: /gateways dial in on\s+port (\d+)/u,
    })
    field = await startProgram(simulator, {
      words: ['--village', join(folder, 'village.json'), '--headend', `127.0.0.1:${house.ready}`].concat(
        '--control-port',
        '0',
      ),
      environment: {},
      ready: /"controlPort":(\d+)/u,
    })
    door = `http://127.0.0.1:${field.ready}/meters/`
  }, 120_000)
  afterAll(async () => {
    await house.stop()
    await field.stop()
    await at.drop()
    await rm(folder, { recursive: true, force: true })
  }, 60_000)

  const meterOf = async ({ number }: (typeof customers)[number]) => {
    const [row] = await at.database.query<{ account_id: number; meter_id: number }>(
      'select a.id as account_id, m.id as meter_id from account a join meter m on m.account_id = a.id where a.number = $1',
      [number],
    )
    if (row === undefined) throw new Error(`no account ${number}`)
    return { accountId: row.account_id, meterId: row.meter_id }
  }
  const buy = async (customer: (typeof customers)[number], amount: number): Promise<string> => {
    const ids = { uuid: randomUUID }
    const bought = await createBuyForMeter({ database: at.database, clock: wallClock, ids })({
      ...(await meterOf(customer)),
      key: randomUUID(),
      reason: 'at the counter',
      operatorId: null,
      amount: yuan(amount),
    })
    if (!bought.ok) throw new Error(bought.code)
    return bought.result.purchaseId
  }
  const ended = async (id: string) =>
    untilItIs(
      'the purchase has ended',
      async () => {
        const [row] = await at.database.query<{ state: string; attempts: number; last_answer: string | null }>(
          "select state, attempts, last_answer from meter_purchase where id = $1 and state not in ('waiting', 'written')",
          [id],
        )
        return row ?? null
      },
      withinMs,
    )
  const wallet = async ({ address }: (typeof customers)[number]): Promise<Wallet> => {
    const answer = await fetch(`${door}${address}`)
    return ((await answer.json()) as { wallet: Wallet }).wallet
  }
  const books = async (customer: (typeof customers)[number]) => {
    const { accountId } = await meterOf(customer)
    const rows = await at.database.query<{ code: string; balance: bigint }>(
      'select code, credits - debits as balance from ledger_account where account_id = $1',
      [accountId],
    )
    const balance = (code: string) => rows.find((row) => row.code === code)?.balance ?? 0n
    return {
      prepayment: balance('customer-prepayment'),
      pending: balance('meter-purchase-pending'),
      wallet: balance('meter-wallet'),
    }
  }

  test('the first purchase opens the account in a new meter', { timeout }, async () => {
    expect(await wallet(virgin)).toMatchObject({ opened: false, balanceFen: 0, purchases: 0 })
    expect(await ended(await buy(virgin, 50))).toEqual({ state: 'posted', attempts: 1, last_answer: 'accepted' })
    expect(await wallet(virgin)).toMatchObject({ opened: true, balanceFen: 5_000, purchases: 1 })
    expect(await books(virgin)).toEqual({ prepayment: yuan(450), pending: 0n, wallet: yuan(50) })
  })

  test('a further purchase recharges it', { timeout }, async () => {
    expect(await ended(await buy(virgin, 20.05))).toEqual({ state: 'posted', attempts: 1, last_answer: 'accepted' })
    expect(await wallet(virgin)).toMatchObject({ balanceFen: 7_005, purchases: 2 })
    expect(await books(virgin)).toEqual({ prepayment: yuan(429.95), pending: 0n, wallet: yuan(70.05) })
  })

  test('a purchase whose answer is lost is found by its count, and credited once', { timeout }, async () => {
    await writeFile(join(folder, 'key.lose-next'), `${door}${virgin.address}`)
    expect(await ended(await buy(virgin, 30))).toEqual({ state: 'posted', attempts: 1, last_answer: null })
    expect(await wallet(virgin)).toMatchObject({ balanceFen: 10_005, purchases: 3 })
    expect(await books(virgin)).toEqual({ prepayment: yuan(399.95), pending: 0n, wallet: yuan(100.05) })
  })

  test('what the meter has no room for is refused and comes back to the account', { timeout }, async () => {
    expect(await wallet(hoarder)).toMatchObject({ balanceFen: 10_000, purchases: 7 })
    expect(await ended(await buy(hoarder, 20.01))).toEqual({ state: 'voided', attempts: 1, last_answer: 'refused' })
    expect(await wallet(hoarder)).toMatchObject({ balanceFen: 10_000, purchases: 7 })
    expect(await books(hoarder)).toEqual({ prepayment: yuan(500), pending: 0n, wallet: yuan(100) })
    expect(await ended(await buy(hoarder, 20))).toMatchObject({ state: 'posted' })
    expect(await wallet(hoarder)).toMatchObject({ balanceFen: 12_000, purchases: 8 })
  })

  test('the server killed with a purchase on its way pays neither twice nor never', { timeout }, async () => {
    const id = await buy(virgin, 10)
    await untilItIs('it may have left', async () => (await stateOf(id)) !== 'waiting', withinMs)
    await house.kill()
    // What was claimed by the dead server is due again after a minute; nobody wants to wait for that.
    await at.database.query('update meter_purchase set next_step_at = $2 where id = $1', [id, new Date()])
    house = await house.again()
    const { state } = await ended(id)
    expect(state).toBe('posted')
    expect(await wallet(virgin)).toMatchObject({ balanceFen: 11_005, purchases: 4 })
    expect(await books(virgin)).toEqual({ prepayment: yuan(389.95), pending: 0n, wallet: yuan(110.05) })
  })

  const stateOf = async (id: string) =>
    (await at.database.query<{ state: string }>('select state from meter_purchase where id = $1', [id]))[0]?.state

  test('what the meter deducts by itself is charged when its purse is read', { timeout }, async () => {
    const load = async (constantWatts: number) =>
      fetch(`${door}${virgin.address}`, { method: 'PATCH', body: JSON.stringify({ constantWatts }) })
    const before = await wallet(virgin)
    await load(1_000)
    await untilItIs('money goes', async () => (await wallet(virgin)).balanceFen < before.balanceFen - 5, withinMs)
    await load(0)
    const { balanceFen } = await wallet(virgin)
    // The interval between two readings is half an hour; nobody wants to wait for that.
    await at.database.query("update meter_wallet set read_at = read_at - interval '1 hour'")
    const shown = yuan(balanceFen / 100)
    await untilItIs('it is charged', async () => (await books(virgin)).wallet === shown, withinMs)
    expect((await books(virgin)).prepayment).toBe(yuan(389.95))
  })

  test('and the books are right', { timeout }, async () => {
    const wrong = (await audit(at.database)).flatMap(({ name, wrong: lines }) =>
      lines.map((line) => `${name}: ${line}`),
    )
    expect(wrong).toEqual([])
  })
})
