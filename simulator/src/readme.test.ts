import { decodeValue, identifiers } from '@xianfu/protocols'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import readme from '../README.md?raw'
import { changeSchema, createLab, faultsSchema, lineSchema, meterSchema, parseVillage, startVillage } from './index.ts'
import { behaviourSchema } from './meter/behaviour.ts'
import { handClock } from './time/hand-clock.ts'

test('the example of the README does what it says', () => {
  // The lines between the marks are the example, word for word.
  // <example>
  const address = '202603020001'
  const lab = createLab({ now: Date.UTC(2026, 2, 2), meters: [{ address, constantWatts: 2_000 }] })
  lab.clock.pass(3_600_000) // an hour, at once

  const read = lab.reply({ kind: 'read', address, identifier: identifiers.forwardActiveEnergyTotal.id })
  const energyWh = read?.kind === 'read' ? decodeValue('forwardActiveEnergyTotal', read.data) : null
  // { ok: true, value: 2000 }

  const credentials = { level: 2, password: '000000', operator: '00000001' }
  lab.reply({ kind: 'control', address, action: 'trip', credentials, validUntil: null })
  const atOnce = lab.meters[0]?.look().relay // { commanded: 'open', actual: 'closed', … }
  lab.clock.pass(40)
  const afterwards = lab.meters[0]?.look().relay // { commanded: 'open', actual: 'open', cause: 'remote' }
  // </example>

  expect(energyWh).toEqual({ ok: true, value: 2_000 })
  expect([atOnce?.commanded, afterwards]).toEqual(['open', { commanded: 'open', actual: 'open', cause: 'remote' }])
})

test('the README shows that example', async () => {
  const { default: self } = await import('./readme.test.ts?raw')
  const lines = (/\/\/ <example>\n(.*?)\n *\/\/ <\/example>/s.exec(self)?.[1] ?? 'no example').split('\n')
  expect(readme).toContain(lines.map((line) => line.replace(/^ {2}/, '')).join('\n'))
})

test('the village of the README lives', async () => {
  const yaml = /```yaml\n(.*?)```/s.exec(readme)?.[1] ?? ''
  const village = parseVillage(parse(yaml))
  expect(village).toMatchObject({ ok: true })
  if (!village.ok) return
  const clock = handClock({ now: Date.UTC(2026, 2, 2) })
  const running = await startVillage({ village: village.value, clock })
  clock.pass(3_600_000)
  expect(running.meter('202603020001')?.look().totalWh).toBe('4000')
  await running.stop()
})

describe('the README has a word about every', () => {
  test.each([
    ['key of a meter', Object.keys(meterSchema.shape)],
    ['key of a line', Object.keys(lineSchema.shape)],
    ['fault of a gateway', Object.keys(faultsSchema.shape)],
    ['change', Object.keys(changeSchema.shape)],
    ['behaviour', behaviourSchema.options.map(({ shape }) => [...shape.kind.values][0] ?? '')],
  ])('%s', (_, words) => {
    expect(words.length).toBeGreaterThan(4)
    expect(words.filter((word) => !readme.includes(`\`${word}`))).toEqual([])
  })
})
