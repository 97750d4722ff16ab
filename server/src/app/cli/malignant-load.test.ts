import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { runCommand } from './testing/run-command.ts'

const households = fileURLToPath(
  new URL('../../../../simulator/villages/loads/household-half-hours-2013.csv', import.meta.url),
)

describe('xianfu malignant-load', () => {
  test('on the real half hours: false alarms fall, and what is found falls with them, as the step rises', async () => {
    const { code, out } = await runCommand('malignant-load', households, '--step-watts', '1200')
    expect(code).toBe(0)
    const rows = out
      .trim()
      .split('\n')
      .slice(2)
      .map((line) => line.match(/[\d.]+|H\d+/gu) ?? [])
    expect(rows).toHaveLength(7 * 3)
    const ofOne = rows.filter(([, name]) => name === 'H06414').map(([step, , alarms]) => [Number(step), Number(alarms)])
    expect(ofOne.map(([step]) => step)).toEqual([300, 500, 800, 1_000, 1_200, 1_500, 2_000])
    for (const [index, [, alarms = 0]] of ofOne.entries())
      expect(alarms).toBeLessThanOrEqual(ofOne[index - 1]?.[1] ?? Infinity)
  })

  test('a file that is none is refused in one line', async () => {
    expect(await runCommand('malignant-load', '/nowhere')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/cannot be read/u),
    })
    expect(await runCommand('malignant-load', fileURLToPath(import.meta.url))).toMatchObject({
      code: 1,
      err: expect.stringMatching(/whole number of Wh/u),
    })
  })
})
