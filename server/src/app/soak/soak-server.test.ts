import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const script = fileURLToPath(new URL('../../../bin/soak-server.js', import.meta.url))

// The long one is `npm run soak:server`; here each run has another seed, which is told when it fails.
test('the whole server killed under payments loses and doubles nothing', { timeout: 240_000 }, async () => {
  const { stdout } = await run(process.execPath, [script, '--rounds', '2', '--writers', '6']).catch(
    (error: unknown) => {
      throw new Error((error as { stdout?: string }).stdout ?? String(error))
    },
  )
  expect(stdout).toMatch(/each there exactly once\n/u)
  expect(stdout).toMatch(/the audit found nothing wrong\n$/u)
})
