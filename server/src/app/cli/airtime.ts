import { Command, InvalidArgumentError } from 'commander'
import type { AirtimePlan } from '../../domain/collection/airtime.ts'
import { planLineAirtime } from '../../flow/line-airtime.ts'
import { readEnrolment } from '../enrolment-file.ts'
import { StartRefused } from '../one-server.ts'
import { linesOf, readLineFile, type PlannedLine } from './airtime-line.ts'
import { examples } from './command.ts'
import { readJsonFile } from './json-file.ts'

type Options = Readonly<{
  line?: string
  enrolment?: string
  turnaround: number
  dead: number
  json?: true
}>

const parsePercent = (text: string): number => {
  const percent = Number(text)
  if (!/^\d+(?:\.\d+)?$/u.test(text) || percent > 100) throw new InvalidArgumentError('It is 0 to 100.')
  return percent / 100
}

const parseMs = (text: string): number => {
  const ms = Number(text)
  if (!/^\d+$/u.test(text) || ms > 10_000) throw new InvalidArgumentError('It is 0 to 10000 milliseconds.')
  return ms
}

/** `xianfu airtime`: whether a line can keep its promise, before it is built. Needs no server and no database. */
export const airtimeCommand = (): Command =>
  examples(
    new Command('airtime')
      .description('the share of a line’s time that its schedules take, and whether every half hour can be read')
      .option('--line <file>', 'one line as JSON: baudRate, parity, meters (docs/collection.md)')
      .option('--enrolment <file>', 'every line of a site, from its enrolment file')
      .option('--turnaround <ms>', 'from a question to its answer, gateway included', parseMs, 100)
      .option('--dead <percent>', 'meters that do not answer', parsePercent, 0)
      .option('--json', 'the figures as JSON')
      .action(async (options: Options) => {
        const lines = await linesFrom(options)
        const reports = lines.map((line) => ({ name: line.name, ...planned(line, options) }))
        if (options.json === true) process.stdout.write(`${JSON.stringify(reports, null, 2)}\n`)
        else process.stdout.write(`${reports.map(textOf).join('\n\n')}\n`)
        if (reports.some(({ plan }) => plan.verdict === 'fails')) process.exitCode = 1
      }),
    [
      ['airtime --line line.json --dead 5', 'one line, a twentieth of its meters silent'],
      ['airtime --enrolment site.json', 'every line of a site that is to be enrolled'],
    ],
  )

const linesFrom = async ({ line, enrolment }: Options): Promise<readonly PlannedLine[]> => {
  const path = line ?? enrolment
  if (path === undefined || (line !== undefined && enrolment !== undefined))
    throw new StartRefused('give --line FILE or --enrolment FILE')
  const file = await readJsonFile(path)
  if (!file.ok) throw new StartRefused(file.words)
  if (line !== undefined) {
    const read = readLineFile(file.json)
    if (!read.ok) throw new StartRefused(read.problems.map((problem) => `${path}: ${problem}`).join('\n'))
    return [read.line]
  }
  const read = readEnrolment(file.json)
  if (!read.ok) throw new StartRefused(read.problems.map((problem) => `${path}: ${problem}`).join('\n'))
  return linesOf(read.value)
}

const planned = (
  { name, line, meters }: PlannedLine,
  { turnaround: turnaroundMs, dead: deadShare }: Options,
): Readonly<{ meters: number; baudRate: number; parity: string; plan: AirtimePlan }> => {
  const result = planLineAirtime({ line, meters, turnaroundMs, deadShare })
  if (!result.ok) throw new StartRefused(`${name}: there is no model ${result.unknownModels.join(', ')}`)
  return { meters: meters.reduce((sum, { count }) => sum + count, 0), ...line, plan: result.plan }
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`.padStart(8)
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`

const textOf = (report: Readonly<{ name: string }> & ReturnType<typeof planned>): string => {
  const { name, meters, baudRate, parity, plan } = report
  const lines = [
    `${name}: ${String(meters)} meters at ${String(baudRate)} bit/s, parity ${parity}, ${plan.byteMs.toFixed(2)} ms a byte`,
    ...plan.sets.map(
      ({ dataSet, share, exchangesPerHour }) =>
        `  ${dataSet.padEnd(14)} ${percent(share)}  ${String(Math.round(exchangesPerHour))} exchanges an hour`,
    ),
    ...(plan.silentShare > 0 ? [`  ${'silent meters'.padEnd(14)} ${percent(plan.silentShare)}`] : []),
    `  ${'all'.padEnd(14)} ${percent(plan.share)}`,
    `  ${'reserve'.padEnd(14)} ${percent(plan.reserve)}`,
  ]
  if (plan.energyIntervalMs !== null) {
    const interval = `${String(plan.energyIntervalMs / 60_000)} min`
    lines.push(`one round of the energy takes ${seconds(plan.energyRoundMs)} of its ${interval}`)
  }
  lines.push(`a relay command waits for ${seconds(plan.longestExchangeMs)} at most`, verdictWords(plan))
  return lines.join('\n')
}

const verdictWords = ({ verdict, room }: AirtimePlan): string => {
  if (verdict === 'fails')
    return 'FAILS: it cannot all be read in time; fewer meters, a higher bit rate or slower paces'
  const times = `${room.toFixed(1)} times as many meters would leave a fifth free`
  return verdict === 'tight'
    ? `TIGHT: it can all be read in time, but less than a fifth is left for repeats and commands (${times})`
    : `HOLDS: it can all be read in time, with reserve (${times})`
}
