import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { machineClock } from '../domain/testing/machine-clock.ts'
import type { GatewayStatus } from '../headend/headend.ts'
import { runOnePerLine } from './one-per-line.ts'
import type { FlowContext } from './process.ts'

const clock = machineClock(() => 0)
const status = (gatewayId: number, online: boolean): GatewayStatus => ({
  gatewayId,
  online,
  since: 0,
  lastHeardAt: null,
  remoteAddress: null,
  queueLength: 0,
})

test('each line has one piece at a time, goes on at once, and idle ones are not asked for in between', async () => {
  const waiting = new Map([
    [1, 5],
    [2, 2],
  ])
  const [asked, done, errors]: [number[][], number[], unknown[]] = [[], [], []]
  const busy = new Set<number>()
  let come: (status: GatewayStatus) => void = () => undefined
  const gateways = [status(1, true), status(2, true), status(3, true), status(4, false)]
  const stopping = new AbortController()
  const context = { clock, log: ({ detail }: { detail?: unknown }) => errors.push(detail) } as unknown as FlowContext
  const running = runOnePerLine(
    context,
    {
      gateways: () => gateways,
      gateway: (id) => gateways.find(({ gatewayId }) => gatewayId === id) ?? null,
      onGatewayChange: (listener) => void (come = listener),
    },
    {
      name: 'work',
      find: async (gatewayIds) => {
        asked.push([...gatewayIds])
        return gatewayIds.flatMap((gatewayId) => {
          const left = waiting.get(gatewayId) ?? 0
          if (left === 0) return []
          waiting.set(gatewayId, left - 1)
          return [{ gatewayId, fails: left === 3 }]
        })
      },
      carryOut: async ({ gatewayId, fails }) => {
        expect(busy.has(gatewayId)).toBe(false)
        busy.add(gatewayId)
        await sleep(2)
        busy.delete(gatewayId)
        done.push(gatewayId)
        if (fails) throw new Error('it failed')
      },
      lookEveryMs: 60_000,
    },
    stopping.signal,
  )
  while (done.length < 7) await sleep(5)
  expect(done.filter((id) => id === 1)).toHaveLength(5)
  expect(errors).toHaveLength(1)
  expect(asked[0]).toEqual([1, 2, 3])
  expect(asked.slice(1).flat()).not.toContain(3)
  gateways[3] = status(4, true)
  waiting.set(4, 1)
  come(status(4, true))
  while (done.length < 8) await sleep(5)
  expect(done.at(-1)).toBe(4)
  stopping.abort()
  await running
})
