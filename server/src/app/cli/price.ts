import { Command, InvalidArgumentError, Option } from 'commander'
import { noEnergy, parseKwh, type WattHours } from '../../domain/quantity.ts'
import { plainContract, type SupplyContract } from '../../domain/tariff/contract.ts'
import { parseDay } from '../../domain/tariff/day-number.ts'
import type { Problem } from '../../domain/tariff/document.ts'
import { missingTerms } from '../../domain/tariff/missing-terms.ts'
import { readPlanBook } from '../../domain/tariff/plan-book.ts'
import { readContract } from '../../domain/tariff/read-contract.ts'
import type { Read } from '../../domain/tariff/document.ts'
import { zoneDays, type ZoneDays } from '../../domain/tariff/tariff-clock.ts'
import { readJsonFile, readTextFile } from './json-file.ts'
import { billJson, billOf, billText, type Bill } from './price-bill.ts'
import { readLoad, type LoadProblem } from './price-load.ts'
import { seriesOf } from './price-marks.ts'

export type PriceOptions = Readonly<{
  plan: string
  contract: string | null
  load: string
  household: string | null
  timeZone: string
  /** Day numbers; `to` is the first day that is not priced any more. */
  from: number | null
  to: number | null
  ladderBefore: WattHours
  estimate: boolean
  json: boolean
  print(line: string): void
  complain(line: string): void
}>

/** Prices a load by a plan and prints every line; resolves with the exit code. Every problem is named with its place. */
export const runPrice = async (options: PriceOptions): Promise<number> => {
  const { complain } = options
  const tooMany = (lines: readonly string[]): null => {
    for (const line of lines.slice(0, shownProblems)) complain(line)
    const more = lines.length - shownProblems
    if (more > 0) complain(`… and ${String(more)} more problems`)
    return null
  }
  const bills = await priceFiles(options, tooMany)
  if (bills === null) return 1
  if (options.json)
    options.print(JSON.stringify({ timeZone: options.timeZone, households: bills.map(billJson) }, null, 2))
  else for (const line of bills.flatMap(billText)) options.print(line)
  return 0
}

const shownProblems = 20

type Refuse = (lines: readonly string[]) => null

const priceFiles = async (options: PriceOptions, refuse: Refuse): Promise<readonly Bill[] | null> => {
  const days = knownZone(options.timeZone)
  if (days === null) return refuse([`There is no time zone "${options.timeZone}". Write it like Asia/Shanghai.`])
  const book = await readJson(options.plan, readPlanBook, refuse)
  const contract = await readTerms(options.contract, refuse)
  const text = await readTextFile(options.load)
  if (!text.ok) return refuse([text.words])
  const load = readLoad(text.text, days)
  if (!load.ok) return refuse(load.problems.map((problem) => loadWords(options.load, problem)))
  if (book === null || contract === null) return null
  const missing = missingTerms(book, contract)
  if (missing.length > 0)
    return refuse(
      missing.map((problem) => planWords(options.contract ?? 'the contract (say --contract FILE)', problem)),
    )
  const series = seriesOf(load.load, { ...options, book, days })
  if (!series.ok) return refuse(series.problems.map((problem) => loadWords(options.load, problem)))
  const bills: Bill[] = []
  for (const one of series.series) {
    const result = billOf(one, { book, contract, days, ladderBefore: options.ladderBefore })
    if (!result.ok) return refuse([`${options.plan}: ${result.words}`])
    bills.push(result.bill)
  }
  return bills
}

const loadWords = (path: string, { line, words }: LoadProblem): string =>
  `${path}${line === 0 ? '' : `:${String(line)}`}: ${words}`

const readTerms = async (path: string | null, refuse: Refuse): Promise<SupplyContract | null> =>
  path === null ? plainContract : readJson(path, readContract, refuse)

const readJson = async <T>(path: string, read: (json: unknown) => Read<T>, refuse: Refuse): Promise<T | null> => {
  const file = await readJsonFile(path)
  if (!file.ok) return refuse([file.words])
  const result = read(file.json)
  return result.ok ? result.value : refuse(result.problems.map((problem) => planWords(path, problem)))
}

const planWords = (path: string, { at, words }: Problem): string => `${path}: ${at} ${words}`

const knownZone = (timeZone: string): ZoneDays | null => {
  try {
    const days = zoneDays(timeZone)
    days.dayAt(0)
    return days
  } catch {
    return null
  }
}

/** `xianfu price`: what a load costs under a plan, without a server. */
export const priceCommand = (): Command =>
  new Command('price')
    .description('Price a load (half hours or registers) by a plan and print every line. Formats: docs/pricing.md')
    .requiredOption('--plan <file>', 'the plan as JSON: one version, or a list of versions')
    .option('--contract <file>', 'what the supply contract adds: persons, capacity, demand, losses, multiplier (JSON)')
    .requiredOption('--load <file>', 'CSV: "start,HOUSEHOLD,…" in Wh per half hour, or "at,total_wh,rate1,…" registers')
    .option('--household <name>', 'only this column of the load')
    .addOption(new Option('--from <day>', 'first day that is priced, like 2013-01-01').argParser(parseDayOption))
    .addOption(new Option('--to <day>', 'first day that is not priced any more').argParser(parseDayOption))
    .option('--time-zone <zone>', 'zone of the times in the load and of the plan', 'Asia/Shanghai')
    .addOption(
      new Option('--ladder-before <kwh>', 'used in the ladder year before the load begins').argParser(parseKwhOption),
    )
    .option('--estimate', 'fill missing half hours from the same half hour of the last similar day', false)
    .option('--json', 'print one JSON object', false)
    .action(async (flags: PriceFlags) => {
      process.exitCode = await runPrice({
        plan: flags.plan,
        contract: flags.contract ?? null,
        load: flags.load,
        household: flags.household ?? null,
        timeZone: flags.timeZone,
        from: flags.from ?? null,
        to: flags.to ?? null,
        ladderBefore: flags.ladderBefore ?? noEnergy,
        estimate: flags.estimate,
        json: flags.json,
        print: (line) => console.log(line),
        complain: (line) => console.error(line),
      })
    })

type PriceFlags = Readonly<{
  plan: string
  contract?: string
  load: string
  household?: string
  from?: number
  to?: number
  timeZone: string
  ladderBefore?: WattHours
  estimate: boolean
  json: boolean
}>

const parseDayOption = (text: string): number => {
  const day = parseDay(text)
  if (day === null) throw new InvalidArgumentError('Write the day as YYYY-MM-DD.')
  return day
}

const parseKwhOption = (text: string): WattHours => {
  const energy = parseKwh(text)
  if (energy === null || energy < 0n) throw new InvalidArgumentError('Write kilowatt-hours like 1250.5.')
  return energy
}
