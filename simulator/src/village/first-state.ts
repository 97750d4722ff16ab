import { z } from 'zod'
import { registersPerMeter, rollOverWh } from '../meter/register-bank.ts'
import type { RememberedMeter } from '../meter/remember.ts'

/** The state file of the first villages: forward registers of four rates in mW·ms, the relay, and little else. */
const position = z.enum(['closed', 'open'])
const action = z.enum([
  'trip',
  'permit-close',
  'direct-close',
  'alarm-on',
  'alarm-off',
  'keep-power-on',
  'keep-power-off',
])
const meterSchema = z.object({
  registers: z.array(z.string().regex(/^\d{1,30}$/u)).length(4),
  relay: z.object({ commanded: position, actual: position }),
  keepPower: z.boolean(),
  alarm: z.boolean(),
  clockOffsetMs: z.number(),
  obeyed: z.array(z.object({ at: z.number(), action })),
})
export const firstStateSchema = z.strictObject({ meters: z.record(z.string(), meterSchema) })

const perWh = 3_600_000_000n

/** What such a meter remembers, in today's form. */
export const fromFirstState = (
  meters: z.output<typeof firstStateSchema>['meters'],
): Readonly<Record<string, RememberedMeter>> =>
  Object.fromEntries(
    Object.entries(meters).map(([address, { registers, relay, ...rest }]) => [
      address,
      {
        ...rest,
        address,
        registers: Array.from({ length: registersPerMeter }, (_, index) => rowEntry(registers[index])).join(' '),
        relay: {
          ...relay,
          cause: relay.commanded === 'open' ? 'remote' : null,
          waiting: [],
          operator: 0,
          overloadTrips: 0,
          malignantTrips: 0,
          reclosingsLeft: 0,
        },
        forced: null,
        clockMovedOn: 0,
        baudRate: null,
        wallet: null,
        demand: null,
        events: [],
        memories: null,
        parameters: [],
        timedFreeze: null,
      },
    ]),
  )

/** The four forward rates come first in a row. */
const rowEntry = (energy: string | undefined): string => {
  const milliwattMilliseconds = BigInt(energy ?? '0')
  const wh = Number(milliwattMilliseconds / perWh) % rollOverWh
  return `${String(wh)}:${String(milliwattMilliseconds % perWh)}`
}
