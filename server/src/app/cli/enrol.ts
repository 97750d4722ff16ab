import { Argument, Command } from 'commander'
import { uuidv7 } from 'uuidv7'
import { enrol } from '../../flow/enrol.ts'
import { readSetting } from '../../store/settings.ts'
import { readEnrolment } from '../enrolment-file.ts'
import { StartRefused, type Mode } from '../one-server.ts'
import { systemClock } from '../system-clock.ts'
import { inHouse, withDatabaseOptions } from './house-command.ts'
import { readJsonFile } from './json-file.ts'

/** `xianfu enrol FILE`: a whole site, written at once or not at all. A running server takes it up without a restart. */
export const enrolCommand = (): Command =>
  withDatabaseOptions(new Command('enrol'))
    .description('write down a site with its gateways, meters, accounts and agreements from a file (docs/enrolment.md)')
    .addArgument(new Argument('<file>', 'the site as JSON'))
    .option('--check', 'only say what is wrong with the file')
    .action(async (file: string, options: Readonly<Record<string, unknown>> & { check?: true }) => {
      const json = await readJsonFile(file)
      if (!json.ok) throw new StartRefused(json.words)
      const read = readEnrolment(json.json)
      if (!read.ok) throw new StartRefused(read.problems.map((problem) => `${file}: ${problem}`).join('\n'))
      if (options.check === true) {
        process.stdout.write(`${file}: nothing is wrong with it\n`)
        return
      }
      await inHouse(options, async (database) => {
        if ((await readSetting<Mode>(database, 'mode')) !== 'field')
          throw new StartRefused(
            'this is a demonstration, whose clock runs fast; start a field first: xianfu start --mode field --data FOLDER',
          )
        const made = await enrol(database, systemClock(), { uuid: uuidv7 }, read.value)
        if (!made.ok)
          throw new StartRefused(
            made.code === 'already-enrolled'
              ? `nothing was written, for these are there already: ${made.names.join(', ')}`
              : made.problems.map(({ at, words }) => `${file}: ${at} ${words}`).join('\n'),
          )
        process.stdout.write(
          `enrolled: ${String(made.gateways)} gateways, ${String(made.meters)} meters, ${String(made.accounts)} accounts\n`,
        )
      })
    })
