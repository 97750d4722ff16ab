import { createReadStream } from 'node:fs'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { Command, Option } from 'commander'
import { addMoney, formatMoney, zeroMoney, type MicroYuan } from '../../domain/quantity.ts'
import { exportLedger } from '../../flow/export-ledger.ts'
import { sealLedger } from '../../flow/seal-ledger.ts'
import { verifyExport, verifyLedger, type ChainReport } from '../../flow/verify-ledger.ts'
import { trialBalanceAt } from '../../store/balance-history.ts'
import { systemClock } from '../system-clock.ts'
import { inHouse, instantOf, withDatabaseOptions } from './house-command.ts'

type Options = Readonly<Record<string, unknown>>

/** `xianfu ledger …`: seal, prove and export the journal. */
export const ledgerCommand = (): Command =>
  new Command('ledger')
    .description('the journal of all money: seal it, prove that nothing in it was changed, export it')
    .addCommand(verifyCommand())
    .addCommand(sealCommand())
    .addCommand(exportCommand())
    .addCommand(balancesCommand())
    .exitOverride()

const verifyCommand = (): Command =>
  withDatabaseOptions(new Command('verify'))
    .description('make every sealed block anew from the journal and compare; exit code 1 when anything differs')
    .addOption(new Option('--head <hash...>', 'hashes noted down before that must still be in the chain'))
    .addOption(new Option('--file <path>', 'prove an exported file (JSON lines) instead, without any database'))
    .action(async (options: Options) => {
      const { file, head } = options as { file?: string; head?: string[] }
      if (file !== undefined)
        return report(await verifyExport(createInterface({ input: createReadStream(file), crlfDelay: Infinity })))
      return inHouse(options, async (database) => report(await verifyLedger(database, head ?? [])))
    })

const report = ({ blocks, transfers, unsealed, head, wrong }: ChainReport): void => {
  const sealed = `${String(transfers)} transfers in ${String(blocks)} blocks, ${String(unsealed)} not sealed yet`
  process.stdout.write(`${wrong.length === 0 ? 'ok   ' : 'WRONG'} ${sealed}\n`)
  for (const line of wrong) process.stdout.write(`        ${line}\n`)
  process.stdout.write(`head  ${head}\n`)
  process.exitCode = wrong.length === 0 ? 0 : 1
}

const sealCommand = (): Command =>
  withDatabaseOptions(new Command('seal'))
    .description('seal what was posted since the last block; a running server does this every minute by itself')
    .action(async (options: Options) =>
      inHouse(options, async (database) => {
        const blocks = await sealLedger({ database, clock: systemClock() })
        for (const { number, transfers, hash } of blocks)
          process.stdout.write(`block ${String(number)}: ${String(transfers)} transfers, ${hash}\n`)
        if (blocks.length === 0) process.stdout.write('nothing to seal\n')
      }),
    )

const exportCommand = (): Command =>
  withDatabaseOptions(new Command('export'))
    .description('write the journal to standard output, by the time of posting')
    .addOption(new Option('--from <instant>', 'from then on, e.g. 2026-05-01 (default: all)').argParser(instantOf))
    .addOption(new Option('--to <instant>', 'until then, not included (default: all)').argParser(instantOf))
    .addOption(
      new Option('--format <format>', 'jsonl (whole blocks with their hashes) or csv')
        .choices(['jsonl', 'csv'])
        .default('jsonl'),
    )
    .action(async (options: Options) => {
      const {
        from = 0,
        to = Number.MAX_SAFE_INTEGER,
        format,
      } = options as {
        from?: number
        to?: number
        format: 'jsonl' | 'csv'
      }
      await inHouse(options, async (database) => {
        await printAll(exportLedger(database, { format, from, to }))
      })
    })

/** Prints at the reader's pace; a reader that has had enough (`| head`) ends it quietly. */
const printAll = async (lines: AsyncIterable<string>): Promise<void> => {
  const enough = new AbortController()
  const onError = (error: NodeJS.ErrnoException): void => {
    enough.abort(error)
  }
  process.stdout.on('error', onError)
  try {
    for await (const line of lines) {
      if (enough.signal.aborted) break
      if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain', { signal: enough.signal })
    }
  } catch (error) {
    if (!enough.signal.aborted) throw error
  } finally {
    process.stdout.off('error', onError)
  }
  const { reason } = enough.signal as { reason?: NodeJS.ErrnoException }
  if (reason !== undefined && reason.code !== 'EPIPE') throw reason
}

const balancesCommand = (): Command =>
  withDatabaseOptions(new Command('balances'))
    .description('the trial balance: debits and credits of every ledger account code and owner')
    .addOption(new Option('--at <instant>', 'as it stood then (default: now)').argParser(instantOf))
    .action(async (options: Options) => {
      const { at = endOfTime } = options as { at?: number }
      await inHouse(options, async (database) => {
        const lines = await trialBalanceAt(database, at)
        const sum = (side: 'debits' | 'credits'): MicroYuan =>
          lines.reduce((total, line) => addMoney(total, line[side]), zeroMoney)
        const row = (name: string, debits: MicroYuan, credits: MicroYuan): string =>
          [name.padEnd(40), formatMoney(debits).padStart(18), formatMoney(credits).padStart(18)].join(' ')
        for (const { code, owner, debits, credits } of lines)
          process.stdout.write(`${row(owner === null ? code : `${code}/${owner}`, debits, credits)}\n`)
        process.stdout.write(`${row('together', sum('debits'), sum('credits'))}\n`)
        process.exitCode = sum('debits') === sum('credits') ? 0 : 1
      })
    })

const endOfTime = Date.UTC(9999, 0, 1)
