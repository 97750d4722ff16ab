import { Argument, Command } from 'commander'
import { uuidv7 } from 'uuidv7'
import { formatMoney } from '../../domain/quantity.ts'
import { trueUp } from '../../flow/true-up.ts'
import {
  addPricePlan,
  finalPricesOf,
  setSupplyTerms,
  type FinalPrices,
  type PlanRefusal,
} from '../../flow/price-plans.ts'
import type { Database } from '../../store/database.ts'
import { listPlans } from '../../store/tariffs.ts'
import { StartRefused } from '../one-server.ts'
import { inHouse, withDatabaseOptions } from './house-command.ts'
import { readJsonFile } from './json-file.ts'

const print = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** `xianfu plan …`: the price plans that agreements may name. */
export const planCommand = (): Command => {
  const add = withDatabaseOptions(new Command('add'))
    .description('add a plan, or the next version of one, from a file as docs/pricing.md describes it')
    .addArgument(new Argument('<name>', 'name of the plan, as agreements name it'))
    .addArgument(new Argument('<file>', 'one version as JSON'))
    .action(async (name: string, file: string, options: Readonly<Record<string, unknown>>) => {
      const document = await documentFrom(file)
      await inHouse(options, async (database) => {
        const added = await addPricePlan(database, Date.now(), { name, document })
        if (!added.ok) throw new StartRefused(refusalWords(added, file))
        print(`${name}: version ${String(added.version)} added`)
        if (added.replaces !== null) await trueUpAndTell(database, { provisional: added.replaces, final: added.id })
      })
    })
  const terms = withDatabaseOptions(new Command('terms'))
    .description('set what an account’s supply contract adds to its tariff: persons, capacity, losses, multiplier')
    .addArgument(new Argument('<account>', 'account number'))
    .addArgument(new Argument('<file>', 'the contract as JSON'))
    .action(async (account: string, file: string, options: Readonly<Record<string, unknown>>) => {
      const document = await documentFrom(file)
      await inHouse(options, async (database) => {
        const set = await setSupplyTerms(database, Date.now(), { account, document })
        if (!set.ok) throw new StartRefused(refusalWords(set, file))
        print(`account ${account}: supply terms set; they count from the next reading on`)
      })
    })
  const finals = withDatabaseOptions(new Command('true-up'))
    .description('charge what is still at a provisional price by the final one; goes on where it was stopped')
    .addArgument(new Argument('<name>', 'name of the plan'))
    .action(async (name: string, options: Readonly<Record<string, unknown>>) =>
      inHouse(options, async (database) => {
        const finalPrices = await finalPricesOf(database, name)
        if (finalPrices === null) throw new StartRefused(`there is no plan ${name} by a document`)
        if (finalPrices.length === 0) print(`${name}: no provisional version has final prices`)
        for (const prices of finalPrices) await trueUpAndTell(database, prices)
      }),
    )
  const list = withDatabaseOptions(new Command('list'))
    .description('all plans and versions, and how many agreements name each')
    .action(async (options: Readonly<Record<string, unknown>>) =>
      inHouse(options, async (database) => {
        for (const { name, version, kind, validFrom, agreements } of await listPlans(database))
          print(
            `${name}  version ${String(version)}  ${kind}  ${validFrom === null ? '' : `from ${validFrom}  `}${String(agreements)} agreements`,
          )
      }),
    )
  return new Command('plan')
    .description('price plans')
    .addCommand(add)
    .addCommand(terms)
    .addCommand(finals)
    .addCommand(list)
    .exitOverride()
}

const trueUpAndTell = async (database: Database, prices: FinalPrices): Promise<void> => {
  const { periods, charged, credited } = await trueUp(database, { uuid: uuidv7 }, Date.now(), prices)
  print(`${String(periods)} periods trued up: ${formatMoney(charged)} charged, ${formatMoney(credited)} given back`)
}

const documentFrom = async (file: string): Promise<unknown> => {
  const read = await readJsonFile(file)
  if (!read.ok) throw new StartRefused(read.words)
  return read.json
}

const refusalWords = (refusal: PlanRefusal, file: string): string => {
  switch (refusal.code) {
    case 'invalid-document':
      return refusal.problems.map(({ at, words }) => `${file}: ${at} ${words}`).join('\n')
    case 'begins-too-early':
      return `${file}: validFrom must be ${refusal.from} or later: what has been charged is not priced again`
    case 'not-a-tariff':
      return 'there is a flat or four-rate plan of this name; give the new plan another name'
    case 'unknown-account':
      return 'there is no such account'
  }
}
