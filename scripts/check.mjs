#!/usr/bin/env node
// All that a change must pass: form, lint, types, then tidy and tests. Stops at the first that fails.
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { commandOf, runStep } from './run-step.mjs'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')

const steps = [
  { what: 'form', script: commandOf(root, 'oxfmt'), words: ['--check', '.'], advice: 'npm run format puts it right' },
  {
    what: 'lint',
    script: commandOf(root, 'oxlint'),
    words: ['--type-aware', '--deny-warnings'],
    advice: 'see the lines above',
  },
  { what: 'types', script: commandOf(root, 'typescript', 'tsc'), words: ['-b'], advice: 'see the lines above' },
  { what: 'console', script: resolve(root, 'scripts/build.mjs'), words: [], advice: 'see the lines above' },
  { what: 'tidy and tests', script: commandOf(root, 'vitest'), words: ['run'], advice: 'see the lines above' },
]

for (const [index, { what, script, words, advice }] of steps.entries()) {
  process.stderr.write(`check ${index + 1}/${steps.length}: ${what}\n`)
  const code = await runStep(what, { script, words, cwd: root })
  if (code !== 0) {
    process.stderr.write(`check: "${what}" failed; ${advice}\n`)
    process.exit(code)
  }
}
process.stderr.write('check: all passed\n')
