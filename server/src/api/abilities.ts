import type { Clock } from '../domain/clock.ts'
import type { Pay } from '../flow/abilities.ts'
import type { Deeds } from '../flow/deeds.ts'
import type { Door } from '../flow/sign-in.ts'
import type { Database } from '../store/database.ts'

/** All that the API is given: it reads views, and writes by nothing but the walks. */
export type ApiAbilities = Deeds &
  Readonly<{
    database: Database
    clock: Clock
    door: Door
    pay: Pay
    live: Readonly<{ subscribe(listener: (topics: readonly string[]) => void): () => void }>
    system: Readonly<{ name: string; timeZone: string; demonstration: boolean; readingIntervalMinutes: number }>
    /** Folder of the built console; null when it was not built. */
    webRoot: string | null
    /** Addresses of reverse proxies in front, whose word on client and TLS is taken; absent: none. */
    trustedProxies?: readonly string[]
    log: (error: unknown) => void
  }>
