import { parseArgs } from 'node:util'
import * as fc from 'fast-check'
import { powerStates } from '../../domain/power-state.ts'
import { emptyCoverage, live, lives, type Coverage } from '../../domain/testing/power-model.ts'

/**
 * `npm run model:power -- [--runs 100000] [--steps 40] [--seed n]`: lives of an account against the virtual meter, from a
 * seed that is printed; what was reached, and, if something does not hold, the shortest life that shows it.
 */
export const main = (argv: readonly string[]): number => {
  const { values } = parseArgs({
    args: argv.slice(2),
    options: {
      runs: { type: 'string', default: '10000' },
      steps: { type: 'string', default: '40' },
      seed: { type: 'string', default: String(Date.now() % 2_147_483_647) },
    },
  })
  const [runs, steps, seed] = [Number(values.runs), Number(values.steps), Number(values.seed)]
  if (![runs, steps, seed].every(Number.isInteger) || runs < 1 || steps < 1) {
    process.stderr.write('model:power: --runs, --steps and --seed are whole numbers above 0\n')
    return 2
  }
  const counts = emptyCoverage()
  const started = performance.now()
  process.stdout.write(`seed ${String(seed)}, ${String(runs)} lives of up to ${String(steps)} steps\n`)
  const result = fc.check(
    fc.property(lives(steps), ([variant, life]) => live(variant, life, counts)),
    { numRuns: runs, seed },
  )
  process.stdout.write(reportOf(counts))
  process.stdout.write(`${String(result.numRuns)} lives in ${((performance.now() - started) / 1_000).toFixed(1)} s\n`)
  if (!result.failed) {
    process.stdout.write('ok: every life kept the rules\n')
    return 0
  }
  const why = result.errorInstance instanceof Error ? result.errorInstance.message : String(result.errorInstance)
  process.stdout.write(`BROKEN: ${why}\n${fc.defaultReportMessage(result) ?? ''}\n`)
  return 1
}

const reportOf = ({ steps, states, moves }: Coverage): string => {
  const lines = (map: ReadonlyMap<string, number>): string[] =>
    [...map].toSorted((a, b) => b[1] - a[1]).map(([name, times]) => `  ${String(times).padStart(9)}  ${name}`)
  const missed = powerStates.filter((state) => !states.has(state))
  const total = [...steps.values()].reduce((sum, times) => sum + times, 0)
  return [
    `steps (${String(total)})`,
    ...lines(steps),
    `states entered: ${String(powerStates.length - missed.length)} of ${String(powerStates.length)}${missed.length === 0 ? '' : `, not ${missed.join(', ')}`}`,
    ...lines(states),
    `transitions seen: ${String(moves.size)}`,
    ...lines(moves),
    '',
  ].join('\n')
}
