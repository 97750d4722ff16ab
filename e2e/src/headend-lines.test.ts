import { listLines } from '@xianfu/contract'
import { expect, test } from 'vitest'
import { kill, withTwoProcesses } from './headends.ts'
import { until } from './running-server.ts'

const withinMs = 60_000

test(
  'the house shows lines that another process holds as that process tells of them, until it has died',
  { timeout: 180_000 },
  async () => {
    await withTwoProcesses({ gateways: 4, metersPerGateway: 3, commands: 0 }, async ({ house, headend, rows }) => {
      const lines = async () => (await house.call(listLines, {})).lines
      const elsewhere = async () => (await lines()).filter(({ holder }) => holder?.isHere === false)
      await until(
        'the other process has told of its lines, and what it has heard on them',
        async () => {
          const told = await elsewhere()
          return told.length === 2 && told.every(({ measured }) => measured.answered > 0)
        },
        withinMs,
      )
      for (const { holder, measured, health } of await elsewhere()) {
        expect(holder?.name).toMatch(/ \d+$/u)
        expect(holder?.ageMs).toBeLessThan(40_000)
        expect(measured.responseMs).not.toBeNull()
        expect(health.state).not.toBe('down')
      }
      const here = (await lines()).filter(({ holder }) => holder?.isHere === true)
      expect(here.map(({ holder }) => holder?.ageMs)).toEqual([null, null])
      await kill(headend.child)
      await until(
        'all lines are the house\u2019s',
        async () => (await lines()).every(({ holder }) => holder?.isHere),
        withinMs,
      )
      await until(
        'what was told has died with the lease',
        async () => (await rows.count('select count(*) as n from line_report')) === 0,
        withinMs,
      )
    })
  },
)
