#!/usr/bin/env node
/**
 * `npm run bench:statements [-- --accounts 100 --step 30]`: a month of readings of some accounts under a ladder tariff,
 * then how long it takes to close the month, to find that nothing is left to close, to print papers, and to prove the
 * books. On an embedded PostgreSQL of its own.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { uuidv7 } from 'uuidv7'
import { startEmbeddedPostgres } from '../../server/dist/app/embedded-postgres/start-embedded-postgres.js'
import { audit } from '../../server/dist/flow/audit.js'
import { closePeriods } from '../../server/dist/flow/close-period.js'
import { enrol } from '../../server/dist/flow/enrol.js'
import { settleReadings } from '../../server/dist/flow/settle.js'
import { printStatement, statementByNumber } from '../../server/dist/flow/statement.js'
import { openDatabase } from '../../server/dist/store/database.js'
import { migrate } from '../../server/dist/store/migrate.js'

const { values } = parseArgs({
  options: {
    accounts: { type: 'string', default: '100' },
    step: { type: 'string', default: '30' },
    papers: { type: 'string', default: '20' },
  },
})
const accounts = Number(values.accounts)
const stepMs = Number(values.step) * 60_000
const papers = Number(values.papers)
const start = Date.parse('2026-09-30T16:00:00Z')
const end = Date.parse('2026-10-31T16:00:00Z')

const say = (text) => process.stdout.write(`${text}\n`)
const timed = async (what, work) => {
  const began = performance.now()
  const result = await work()
  say(`${what.padEnd(44)} ${((performance.now() - began) / 1_000).toFixed(2)} s`)
  return result
}

const tariff = {
  code: 'L',
  version: 1,
  validFrom: '2026-01-01',
  taxPercent: '13',
  energy: { kind: 'flat', price: '0.5380' },
  ladder: { scope: 'month', limits: ['100', '200'], adders: ['0.05', '0.30'] },
  surcharges: [{ code: 'reservoir', price: '0.0062' }],
}
const site = {
  site: { name: 'bench', timeZone: 'Asia/Shanghai', readingIntervalMinutes: 30, servicePhone: '1', signature: 'bench' },
  pricePlans: [{ name: 'ladder', plan: { kind: 'tariff', document: tariff } }],
  gateways: [
    { code: 'GW', link: { kind: 'dials-in', registration: 'GW', heartbeat: null }, baudRate: 2400, parity: 'even' },
  ],
  accounts: Array.from({ length: accounts }, (_, index) => ({
    number: String(70_001 + index),
    customer: { name: `户${String(index + 1)}`, phone: '10000000000', language: 'zh' },
    protected: false,
    meters: [
      {
        gateway: 'GW',
        address: String(202_610_010_001 + index),
        place: `room ${String(index + 1)}`,
        passwordLevel: 2,
        password: '000000',
        maximumWatts: 20_000,
      },
    ],
    agreement: {
      thresholds: { alarm1: 10_000_000n, alarm2: 5_000_000n, cutOff: 0n, restore: 1_000_000n },
      noticeLeadMs: 1_800_000,
      reconnect: 'direct-close',
      tripWindow: { fromMinute: 540, toMinute: 960, weekdays: [1, 2, 3, 4, 5] },
      pricePlan: 'ladder',
    },
    openingPayment: 500_000_000n,
  })),
}

const folder = await mkdtemp(join(tmpdir(), 'xianfu-bench-'))
await chmod(folder, 0o711)
const server = await startEmbeddedPostgres({ dataDirectory: join(folder, 'data'), onProgress: () => undefined })
const database = openDatabase({ connection: server.connection, onError: (error) => say(String(error)) })
try {
  await migrate(database)
  let now = start
  const clock = { now: () => now }
  const ids = { uuid: uuidv7 }
  const made = await enrol(database, clock, ids, site)
  if (!made.ok) throw new Error(JSON.stringify(made))
  const meters = await database.query('select id from meter order by id')
  const totals = meters.map(() => 0n)
  say(`${String(accounts)} accounts, a reading every ${values.step} minutes, ${String(cpus().length)} cores`)
  let readings = 0
  await timed('settling the month', async () => {
    for (let at = start; at <= end + stepMs; at += stepMs) {
      now = at + 600_000
      const round = meters.map(({ id }, index) => {
        totals[index] += BigInt(Math.round(((90 + ((at / stepMs + index) % 7) * 10) * stepMs) / 1_800_000))
        const registers = { totalWh: totals[index], ratesWh: [0n, 0n, totals[index], 0n] }
        return { meterId: id, at: at + 420_000, registers, powerMilliwatts: 1_000, obtained: 'scheduled', status: null }
      })
      readings += (await settleReadings(database, ids, round, now)).good
    }
  })
  now = end + 7_200_000
  const close = async () => {
    const result = await closePeriods({ database, clock, ids }, { month: '2026-10' })
    if (!result.ok || result.summary.refused.length > 0) throw new Error(JSON.stringify(result))
    return result.summary.closed
  }
  const closed = await timed(`closing it (${String(readings)} readings)`, close)
  if (closed.length !== accounts)
    throw new Error(`${String(closed.length)} statements for ${String(accounts)} accounts`)
  await timed('closing it again', close)
  const documents = await Promise.all(
    closed.slice(0, papers).map(async (number) => statementByNumber(database, number)),
  )
  await timed('the first paper', async () => printStatement(documents[0]))
  const sizes = await timed(`${String(documents.length)} more papers`, async () => {
    const bytes = []
    for (const document of documents) bytes.push((await printStatement(document)).bytes.length)
    return bytes
  })
  say(`bytes of a paper                             ${String(Math.min(...sizes))} to ${String(Math.max(...sizes))}`)
  const wrong = (await timed('the whole audit', async () => audit(database))).flatMap((check) => check.wrong)
  if (wrong.length > 0) throw new Error(wrong.join('\n'))
} finally {
  await database.close()
  await server.stop()
  await rm(folder, { recursive: true, force: true })
}
