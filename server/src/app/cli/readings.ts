import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { Command } from 'commander'
import { uuidv7 } from 'uuidv7'
import { halfHourLines } from '../../flow/export-half-hours.ts'
import { measurementLines } from '../../flow/export-measurements.ts'
import { pruneReadings, type PruneObjection } from '../../flow/prune-readings.ts'
import { StartRefused } from '../one-server.ts'
import { findSubject } from '../../store/schedules.ts'
import { inHouse, withDatabaseOptions } from './house-command.ts'
import { systemClock } from '../system-clock.ts'
import { demonstrationTime } from '../running-clock.ts'

type Options = Readonly<Record<string, unknown>>

const dayPattern = /^\d{4}-\d{2}-\d{2}$/u
const dayOf = (text: string): string => {
  if (!dayPattern.test(text) || Number.isNaN(Date.parse(text)))
    throw new StartRefused(`${text} is no day; write YYYY-MM-DD`)
  return text
}

const objectionWords: Readonly<Record<PruneObjection, string>> = Object.freeze({
  'not-rolled-up': 'it is not rolled up yet',
  due: 'something was found in it since, and it is to be rolled up anew first',
  held: 'a reading of it is held and waits for a person',
  differs: 'what is rolled up is not what its readings come to: keep it, and report it',
})

/** Half-hourly readings: out of the house as CSV, and out of the database when they are old. */
export const readingsCommand = (): Command => {
  const exporting = withDatabaseOptions(new Command('export'))
    .description('half hours of all rolled-up days of a span as CSV, to standard output or a file')
    .argument('<first>', 'first local day, YYYY-MM-DD')
    .argument('<last>', 'last local day')
    .option('--out <file>', 'write there; a name that ends in .gz is compressed')
    .action(async (first: string, last: string, options: Options & { out?: string }) =>
      inHouse(options, async (database) => {
        const lines = halfHourLines(database, { first: dayOf(first), last: dayOf(last), siteId: null })
        await writeOut(lines, options.out)
      }),
    )
  const measurements = withDatabaseOptions(new Command('measurements'))
    .description(
      'voltages, currents, powers, power factors and frequency of a span as CSV, to standard output or a file',
    )
    .argument('<first>', 'first local day, YYYY-MM-DD')
    .argument('<last>', 'last local day')
    .option('--meter <address>', 'of this meter only')
    .option('--out <file>', 'write there; a name that ends in .gz is compressed')
    .action(async (first: string, last: string, options: Options & { out?: string; meter?: string }) =>
      inHouse(options, async (database) => {
        const { meter } = options
        const ids = meter === undefined ? null : await findSubject(database, 'meter', meter)
        if (ids?.length === 0) throw new StartRefused(`there is no meter ${String(meter)}`)
        const span = { first: dayOf(first), last: dayOf(last), meterIds: ids }
        await writeOut(measurementLines(database, span), options.out)
      }),
    )
  const prune = withDatabaseOptions(new Command('prune'))
    .description('write the readings of old days to files and take them out of the database; days and months stay')
    .requiredOption('--before <day>', 'days before this one (UTC), YYYY-MM-DD')
    .requiredOption('--export <folder>', 'where the readings go: one compressed CSV for each day')
    .action(async (options: Options & { before: string; export: string }) =>
      inHouse(options, async (database) => {
        await mkdir(options.export, { recursive: true })
        const now = (await demonstrationTime(database)) ?? Date.now()
        const clock = { ...systemClock(), now: () => now }
        const context = { database, clock, ids: { uuid: uuidv7 }, log: () => undefined }
        const { dropped, stopped } = await pruneReadings(context, {
          before: Date.parse(`${dayOf(options.before)}T00:00:00Z`),
          save: async (day, lines) => writeLines(withLineEnds(lines), join(options.export, `reading-${day}.csv.gz`)),
        })
        for (const day of dropped) process.stdout.write(`${day} exported and dropped\n`)
        if (stopped !== null) process.stdout.write(`${stopped.day} stays: ${objectionWords[stopped.because]}\n`)
        if (stopped?.because === 'differs') process.exitCode = 1
      }),
    )
  return new Command('readings')
    .description('export half hours and measurements, and take old readings out of the database')
    .addCommand(exporting)
    .addCommand(measurements)
    .addCommand(prune)
}

const writeOut = async (lines: AsyncIterable<string>, out: string | undefined): Promise<void> => {
  if (out === undefined) await pipeline(Readable.from(lines), process.stdout, { end: false })
  else await writeLines(lines, out)
}

async function* withLineEnds(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`
}

/** The file has its name only when it is whole. */
const writeLines = async (lines: AsyncIterable<string>, path: string): Promise<void> => {
  const partly = `${path}.part`
  try {
    const file = createWriteStream(partly)
    if (path.endsWith('.gz')) await pipeline(Readable.from(lines), createGzip(), file)
    else await pipeline(Readable.from(lines), file)
    await rename(partly, path)
  } catch (error) {
    await rm(partly, { force: true })
    throw error
  }
}
