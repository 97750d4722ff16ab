import type { LoadHold, LoadState } from '../../domain/load-control.ts'
import type { LoadRules } from '../../domain/load-rules.ts'
import type { Sql } from '../database.ts'

export type LoadView = Readonly<{
  rules: LoadRules
  state: LoadState
  holds: readonly LoadHold[]
  looked_at: number
}>

export const viewLoad = async (sql: Sql, meterId: number): Promise<LoadView | null> => {
  const [row] = await sql.query<LoadView>(
    'select rules, state, holds, looked_at from load_control where meter_id = $1',
    [meterId],
  )
  return row ?? null
}
