import type { Clock } from '../domain/clock.ts'
import type { Pay, ReadNow, RequestCommand } from '../flow/abilities.ts'
import type { BatchAbilities } from '../flow/batch-abilities.ts'
import type { GuardStep } from '../flow/trip-guard.ts'
import type { Door } from '../flow/sign-in.ts'
import type { Database } from '../store/database.ts'

/** All that the API is given: it reads views, and writes by nothing but the walks. */
export type ApiAbilities = Readonly<{
  database: Database
  clock: Clock
  door: Door
  pay: Pay
  requestCommand: RequestCommand
  readNow: ReadNow
  freezeTrips: GuardStep
  releaseTrips: GuardStep
  batches: BatchAbilities
  live: Readonly<{ subscribe(listener: (topics: readonly string[]) => void): () => void }>
  system: Readonly<{ name: string; timeZone: string; demonstration: boolean; readingIntervalMinutes: number }>
  /** Folder of the built console; null when it was not built. */
  webRoot: string | null
  log: (error: unknown) => void
}>
