#!/usr/bin/env node
// Throws random and damaged input at everything that takes bytes from the field: no exception, no hang, nothing said
// that cannot be said again. `npm run fuzz`; every input follows from seed and number alone, so that a finding is
// repeated by `--seed S --from N --count 1`.
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Worker, isMainThread, workerData } from 'node:worker_threads'
import { createInputs } from './inputs.mjs'
import { createTrial } from './trial.mjs'

const help = `fuzz [--seed N] [--from N] [--count N]
  --seed   where the random numbers begin (default: from the clock; printed)
  --from   number of the first input (default 0), to go on where a run has stopped
  --count  how many inputs (default 10,000,000)`

/** So long may one input take; the whole of them takes a few microseconds each. */
const longestStallMs = 60_000
const progressMs = 10_000

const say = (text) => process.stdout.write(`${text}\n`)

const main = () => {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      from: { type: 'string', default: '0' },
      count: { type: 'string', default: '10000000' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return say(help)
  const seed = values.seed === undefined ? Date.now() % 2 ** 32 : Number(values.seed)
  const [from, count] = [Number(values.from), Number(values.count)]
  if (![seed, from, count].every((number) => Number.isSafeInteger(number) && number >= 0)) {
    process.stderr.write(`${help}\n`)
    process.exitCode = 2
    return
  }
  say(`fuzz: seed ${seed}, inputs ${from} to ${from + count - 1}`)
  const shared = new SharedArrayBuffer(8)
  const done = new BigInt64Array(shared)
  const begin = process.hrtime.bigint()
  const worker = new Worker(new URL(import.meta.url), { workerData: { seed, from, count, shared } })
  let [lastDone, lastChange] = [0, Date.now()]
  const watch = setInterval(() => {
    const now = Number(Atomics.load(done, 0))
    const seconds = Number(process.hrtime.bigint() - begin) / 1e9
    say(
      `fuzz: ${now.toLocaleString('en-US')} of ${count.toLocaleString('en-US')}, ${Math.round(now / seconds).toLocaleString('en-US')}/s`,
    )
    if (now !== lastDone) [lastDone, lastChange] = [now, Date.now()]
    else if (Date.now() - lastChange > longestStallMs) {
      process.stderr.write(`fuzz: hangs; repeat with --seed ${seed} --from ${from + now} --count 1\n`)
      process.exit(1)
    }
  }, progressMs)
  worker.on('message', ({ failure, tally }) => {
    if (failure !== undefined) {
      process.stderr.write(`fuzz: ${failure}\n`)
      process.exitCode = 1
      return
    }
    const seconds = Number(process.hrtime.bigint() - begin) / 1e9
    say(`fuzz: ${count.toLocaleString('en-US')} inputs in ${seconds.toFixed(0)} s, no exception, no hang; seed ${seed}`)
    for (const [what, number] of Object.entries(tally)) say(`  ${what.padEnd(34)} ${number.toLocaleString('en-US')}`)
  })
  worker.on('error', (error) => {
    process.stderr.write(`fuzz: ${error.stack}\n`)
    process.exitCode = 1
  })
  worker.on('exit', () => clearInterval(watch))
}

const work = async () => {
  const { parentPort } = await import('node:worker_threads')
  const { seed, from, count, shared } = workerData
  const done = new BigInt64Array(shared)
  const fixtures = readFileSync(new URL('../fixtures/dlt645-frames.jsonl', import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => Uint8Array.from(Buffer.from(JSON.parse(line).hex.replaceAll(' ', ''), 'hex')))
  const inputs = createInputs(seed, fixtures)
  const trial = createTrial()
  for (let number = from; number < from + count; number++) {
    const input = inputs.make(number)
    try {
      trial.run(input, inputs.random)
    } catch (error) {
      const hex = Buffer.from(input).toString('hex')
      parentPort.postMessage(
        {
          failure: `input ${number}: ${error.stack}\n  bytes ${hex}\n  repeat with --seed ${seed} --from ${number} --count 1`,
        },
        [],
      )
      return
    }
    if ((number - from) % 256 === 0) Atomics.store(done, 0, BigInt(number - from))
  }
  parentPort.postMessage({ tally: trial.tally }, [])
}

if (isMainThread) main()
else await work()
