import { Argument, Command, Option } from 'commander'
import { defaultMalignantLoadRule, halfHourFigures } from '../../domain/malignant-load.ts'
import { StartRefused } from '../one-server.ts'
import { readTextFile } from './json-file.ts'
import { parsePositive } from './option-parsers.ts'

/** Steps that the table shows beside the one asked for. */
const stepsShown: readonly number[] = [300, 500, 800, 1_000, 1_500, 2_000]
const daysPerYear = 365

type Options = Readonly<{ stepWatts: number; appliance: number; minutes: number }>

/**
 * `xianfu malignant-load`: how often the rule would cry wolf on half hours of real households, and how often it would see
 * an appliance. Every step in the data is ordinary life, so every step is a false alarm.
 */
export const malignantLoadCommand = (): Command =>
  new Command('malignant-load')
    .description('false alarms of the malignant-load rule on half-hourly energy, and what it would see')
    .addArgument(new Argument('<file>', 'CSV: start, then one column of Wh per half hour for each household'))
    .addOption(
      new Option('--step-watts <watts>', 'the rise that counts')
        .argParser(parsePositive)
        .default(defaultMalignantLoadRule.stepWatts),
    )
    .addOption(new Option('--appliance <watts>', 'what is to be found').argParser(parsePositive).default(1_500))
    .addOption(new Option('--minutes <count>', 'for how long it runs').argParser(parsePositive).default(10))
    .action(async (path: string, options: Options) => {
      process.stdout.write(`${await figuresOf(path, options)}\n`)
    })

const figuresOf = async (path: string, { stepWatts, appliance, minutes }: Options): Promise<string> => {
  const file = await readTextFile(path)
  if (!file.ok) throw new StartRefused(file.words)
  const households = columnsOf(file.text)
  if (households === null)
    throw new StartRefused(`${path}: every cell after the first column must be a whole number of Wh`)
  const steps = [...new Set([...stepsShown, stepWatts])].toSorted((a, b) => a - b)
  const rows = steps.flatMap((step) =>
    households.map(({ name, energyWh }) => {
      const figures = halfHourFigures(energyWh, step, { watts: appliance, minutes })
      const share = (part: number, whole: number): string => `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`
      return [
        `${String(step).padStart(6)} W`,
        name.padEnd(10),
        ((figures.steps * daysPerYear) / Math.max(1, figures.days)).toFixed(0).padStart(12),
        share(figures.daysWithSteps, figures.days).padStart(16),
        share(figures.seen, figures.halfHours).padStart(12),
      ].join('  ')
    }),
  )
  return [
    `rise of the mean power from one half hour to the next; found: ${String(appliance)} W for ${String(minutes)} minutes`,
    '    step  household   false/year   days with one      found',
    ...rows,
  ].join('\n')
}

const columnsOf = (text: string): readonly Readonly<{ name: string; energyWh: readonly number[] }>[] | null => {
  const [header = '', ...rows] = text.trim().split(/\r?\n/u)
  const names = header.split(',').slice(1)
  const cells = rows.map((row) => row.split(',').slice(1).map(Number))
  const isWhole = cells.every(
    (row) => row.length === names.length && row.every((wh) => Number.isInteger(wh) && wh >= 0),
  )
  if (names.length === 0 || rows.length === 0 || !isWhole) return null
  return names.map((name, column) => ({ name, energyWh: cells.map((row) => row[column] ?? 0) }))
}
