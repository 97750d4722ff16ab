// A Vitest reporter that counts the run for programs: into the file named by XIANFU_TEST_SUMMARY, else as a last line.
import { writeFileSync } from 'node:fs'

/** What has gone wrong without being a test's own failure (a file that cannot be loaded, a stray rejection) counts too. */
const count = (modules, unhandledErrors) => {
  const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 }
  for (const module of modules) {
    let failedInside = 0
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      // A test still pending when the run has ended was cut off.
      if (state === 'passed') counts.passed += 1
      else if (state === 'skipped') counts.skipped += 1
      else failedInside += 1
    }
    counts.failed += failedInside === 0 && module.state() === 'failed' ? 1 : failedInside
  }
  return counts
}

// oxlint-disable-next-line import/no-default-export -- Vitest loads a reporter by its default export.
export default class SummaryReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const { passed, failed, skipped } = count(modules, unhandledErrors)
    const line = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`
    const { XIANFU_TEST_SUMMARY: file } = process.env
    if (file === undefined) process.stdout.write(line)
    else writeFileSync(file, line)
  }
}
