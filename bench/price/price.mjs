#!/usr/bin/env node
/**
 * `npm run bench:price [-- --seconds 2]`: what pricing one half-hourly reading costs the processor, by kind of plan, with
 * the real year of a household and without a database. Processor time, so that a busy machine does not change it much.
 */
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { plainContract } from '../../server/dist/domain/tariff/contract.js'
import { beginChain, takeReading } from '../../server/dist/domain/tariff/metering-chain.js'
import { readPlanBook } from '../../server/dist/domain/tariff/plan-book.js'
import { zoneDays } from '../../server/dist/domain/tariff/tariff-clock.js'

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '2' } } })
const root = new URL('../../', import.meta.url)
const rows = (await readFile(new URL('simulator/villages/loads/household-half-hours-2013.csv', root), 'utf8')).trim()
const plans = ['flat', 'time-of-use', 'annual-ladder', 'ladder-on-time-of-use', 'monthly-tiers']

const days = zoneDays('Asia/Shanghai')
let total = 0n
const marks = rows
  .split('\n')
  .slice(1)
  .map((row, slot) => {
    total += BigInt(row.split(',')[1])
    return { at: days.startOf(15_706) + (slot + 1) * 1_800_000, registers: { totalWh: total, ratesWh: [] } }
  })

const settleYear = (book) => {
  let chain = beginChain(book, plainContract, days, marks[0])
  let charged = 0n
  for (let index = 1; index < marks.length; index += 1) {
    const taken = takeReading(chain, marks[index])
    charged += taken.usage + taken.trueUp
    chain = taken.chain
  }
  return charged
}

for (const name of plans) {
  const read = readPlanBook(JSON.parse(await readFile(new URL(`server/fixtures/pricing/${name}.json`, root), 'utf8')))
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  settleYear(read.value)
  const started = process.cpuUsage()
  let years = 0
  let spent = 0
  while (spent < Number(values.seconds) * 1e6) {
    settleYear(read.value)
    years += 1
    const { user, system } = process.cpuUsage(started)
    spent = user + system
  }
  const perReading = spent / (years * (marks.length - 1))
  const perSecond = Math.round(1e6 / perReading)
  process.stdout.write(
    `${name.padEnd(24)} ${perReading.toFixed(2).padStart(6)} µs a reading  ${String(perSecond).padStart(8)} a second\n`,
  )
}
