import { readFile, rename, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { firstStateSchema, fromFirstState } from './first-state.ts'
import { rememberedMeterSchema, type RememberedMeter } from '../meter/remember.ts'

const stateSchema = z.object({ version: z.literal(2), meters: z.record(z.string(), rememberedMeterSchema) })

export type VillageState = Readonly<{ version: 2; meters: Readonly<Record<string, RememberedMeter>> }>

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
    const state: unknown = JSON.parse(text)
    const first = firstStateSchema.safeParse(state)
    if (first.success) return { version: 2, meters: fromFirstState(first.data.meters) }
    stateSchema.parse(state)
    return state as VillageState
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
