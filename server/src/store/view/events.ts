import type { MeterEventKind, MeterEventOrigin, Phase } from '../../domain/meter-event.ts'
import type { Reach } from '../../domain/reach.ts'
import type { Sql } from '../database.ts'
import { within } from '../reach.ts'

export type MeterEventView = Readonly<{
  id: bigint
  meter_id: number
  place: string
  address: string
  kind: MeterEventKind
  phase: Phase | null
  origin: MeterEventOrigin
  sequence: number | null
  began_at: number | null
  ended_at: number | null
  seen_at: number
  operator_code: string | null
  by_us: boolean
  was_there: boolean
  detail: unknown
  raw: Uint8Array | null
}>

const columns = `e.id, e.meter_id, m.place, m.address, e.kind, nullif(e.phase, '') as phase, e.origin, e.sequence, e.began_at, e.ended_at,
  e.seen_at, e.operator_code, e.by_us, e.was_there, e.detail, e.raw`

/** Events of a meter, newest first by their own time. */
export const viewMeterEvents = async (sql: Sql, meterId: number, limit: number): Promise<readonly MeterEventView[]> =>
  sql.query<MeterEventView>(
    `select ${columns} from meter_event e join meter m on m.id = e.meter_id where e.meter_id = $1
     order by coalesce(e.began_at, e.seen_at) desc, e.id desc limit $2`,
    [meterId, limit],
  )

/** Events of all meters, the last collected first. */
export const viewEvents = async (
  sql: Sql,
  {
    kind,
    address,
    before,
    limit,
    reach = null,
  }: Readonly<{
    kind: string | null
    /** Of the meters with this address; null for all. */
    address: string | null
    before: number | null
    limit: number
    reach?: Reach
  }>,
): Promise<readonly MeterEventView[]> =>
  sql.query<MeterEventView>(
    `select ${columns} from meter_event e join meter m on m.id = e.meter_id
     where ($1::text is null or e.kind = $1) and ($2::bigint is null or e.id < $2)
       and ($4::text is null or m.address = $4) and ${within('m.site_id', 5)} order by e.id desc limit $3`,
    [kind, before, limit, address, reach],
  )
