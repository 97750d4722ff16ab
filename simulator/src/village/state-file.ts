import { readFile, rename, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import type { MeterState } from '../meter/virtual-meter.ts'

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
const stateSchema = z.object({
  meters: z.record(
    z.string(),
    z.object({
      registers: z.array(z.string().regex(/^\d{1,30}$/u)).length(4),
      relay: z.object({ commanded: position, actual: position }),
      keepPower: z.boolean(),
      alarm: z.boolean(),
      clockOffsetMs: z.number(),
      obeyed: z.array(z.object({ at: z.number(), action })),
    }),
  ),
})

export type VillageState = Readonly<{ meters: Readonly<Record<string, MeterState>> }>

/** Null when there is none yet; throws when it is there but cannot be understood: meters do not forget silently. */
export const readState = async (path: string): Promise<VillageState | null> => {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
  try {
    return stateSchema.parse(JSON.parse(text))
  } catch {
    throw new Error(`${path} is no state of a village; move it away to begin anew`)
  }
}

/** Written beside and renamed, so a stop in the middle leaves the one before. */
export const writeState = async (path: string, state: VillageState): Promise<void> => {
  const beside = `${path}.new`
  await writeFile(beside, JSON.stringify(state))
  await rename(beside, path)
}
