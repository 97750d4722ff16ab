import type { RelayCommandKind } from '../domain/relay-command.ts'
import type { Sql } from './database.ts'

/** Which meters are meant; what is said must hold all at once, and at least one thing is said. */
export type Selection = Readonly<{
  siteId?: number
  gatewayId?: number
  /** Beginning of the place: `3-` is building 3 where rooms are called 3-101. */
  placePrefix?: string
  /** Places, meter numbers or account numbers, as people write lists. */
  names?: readonly string[]
  meterIds?: readonly number[]
  stage?: string
}>

export type SelectedMeter = Readonly<{
  meterId: number
  bucket: number
  place: string
  address: string
  accountId: number | null
  accountNumber: string | null
  customerName: string | null
  relay: 'closed' | 'open' | 'unknown'
  relayCommand: 'closed' | 'open' | 'unknown'
  keepPower: boolean
  alarm: boolean
  protocol: string
  restoreOwed: boolean
  openKinds: readonly RelayCommandKind[]
}>

type SelectedRow = {
  id: number
  bucket: number
  place: string
  address: string
  account_id: number | null
  number: string | null
  name: string | null
  relay: SelectedMeter['relay']
  relay_command: SelectedMeter['relay']
  keep_power: boolean
  alarm: boolean
  protocol: string
  restore_owed: boolean
  open_kinds: RelayCommandKind[] | null
}

/** At most `limit` meters, in the order of their places. */
export const selectMeters = async (
  sql: Sql,
  selection: Selection,
  limit: number,
): Promise<readonly SelectedMeter[]> => {
  const rows = await sql.query<SelectedRow>(
    `select m.id, m.bucket, m.place, m.address, m.account_id, a.number, c.name, m.relay, m.relay_command, m.keep_power, m.alarm,
            m.protocol, m.restore_owed,
            (select array_agg(o.kind) from relay_command o
             where o.meter_id = m.id and o.state in ('queued', 'sent', 'acknowledged')) as open_kinds
     from meter m left join account a on a.id = m.account_id left join customer c on c.id = a.customer_id
     where ($1::int is null or m.site_id = $1) and ($2::int is null or m.gateway_id = $2)
       and ($3::text is null or starts_with(m.place, $3))
       and ($4::text[] is null or m.place = any($4) or m.address = any($4) or a.number = any($4))
       and ($5::int[] is null or m.id = any($5)) and ($6::text is null or a.stage = $6)
     order by m.place, m.id limit $7`,
    [
      selection.siteId ?? null,
      selection.gatewayId ?? null,
      selection.placePrefix ?? null,
      selection.names ?? null,
      selection.meterIds ?? null,
      selection.stage ?? null,
      limit,
    ],
  )
  return rows.map((row) => ({
    meterId: row.id,
    bucket: row.bucket,
    place: row.place,
    address: row.address,
    accountId: row.account_id,
    accountNumber: row.number,
    customerName: row.name,
    relay: row.relay,
    relayCommand: row.relay_command,
    keepPower: row.keep_power,
    alarm: row.alarm,
    protocol: row.protocol,
    restoreOwed: row.restore_owed,
    openKinds: row.open_kinds ?? [],
  }))
}
