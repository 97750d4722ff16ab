import type { Agreement } from './agreement.ts'
import type { CreditStage } from '../../domain/credit-policy.ts'
import type { Reach } from '../../domain/reach.ts'
import type { RelayCommandKind, RelayCommandState } from '../../domain/relay-command.ts'
import type { Sql } from '../database.ts'
import { within } from '../reach.ts'

/** A meter as lists show it. */
export type MeterView = Readonly<{
  id: number
  address: string
  place: string
  site_id: number
  site_name: string
  time_zone: string
  gateway_id: number
  gateway_code: string
  gateway_online: boolean
  account_id: number | null
  account_number: string | null
  customer_name: string | null
  stage: CreditStage | null
  balance: bigint | null
  prepaid: boolean
  relay: 'closed' | 'open' | 'unknown'
  relay_command: 'closed' | 'open' | 'unknown'
  keep_power: boolean
  alarm: boolean
  newest_at: number | null
  newest_quality: 'good' | 'held' | null
  last_total_wh: bigint | null
  power_mw: bigint | null
  failed_reads: number
  command_id: string | null
  command_kind: RelayCommandKind | null
  command_state: RelayCommandState | null
  command_at: number | null
}>

export type MeterFullView = MeterView &
  Readonly<{
    decision: { reasons?: readonly string[] } | null
    decided_at: number | null
    earliest_stop_at: number | null
    agreement_id: number | null
    instantaneous: {
      at: number
      voltageMillivolts: readonly (string | null)[]
      currentMilliamperes: readonly (string | null)[]
      powerMilliwatts: string | null
    } | null
    agreement: Agreement | null
  }>

const columns = `m.id, m.address, m.place, m.site_id, s.name as site_name, s.time_zone,
  m.gateway_id, g.code as gateway_code, g.online as gateway_online,
  m.account_id, a.number as account_number, c.name as customer_name, a.stage, coalesce(l.credits - l.debits, 0) as balance,
  a.agreement_id is not null as prepaid,
  m.relay, m.relay_command, m.keep_power, m.alarm, m.newest_at, m.newest_quality, m.last_total_wh, m.power_mw, m.failed_reads,
  o.id as command_id, o.kind as command_kind, o.state as command_state, o.at as command_at`

/** The most urgent open command stands for all of a meter. */
const tables = `meter m
  join site s on s.id = m.site_id
  join gateway g on g.id = m.gateway_id
  left join account a on a.id = m.account_id
  left join customer c on c.id = a.customer_id
  left join ledger_account l on l.account_id = a.id and l.code = 'customer-prepayment'
  left join (select distinct on (meter_id) meter_id, id, kind, state, at from relay_command
             where state in ('queued', 'sent', 'acknowledged') order by meter_id, urgency, at) o on o.meter_id = m.id`

export const viewMeters = async (sql: Sql, reach: Reach = null): Promise<readonly MeterView[]> =>
  sql.query<MeterView>(`select ${columns} from ${tables} where ${within('m.site_id', 1)} order by m.place, m.id`, [
    reach,
  ])

export const viewMeter = async (sql: Sql, id: number): Promise<Omit<MeterFullView, 'agreement'> | null> => {
  const [row] = await sql.query<Omit<MeterFullView, 'agreement'>>(
    `select ${columns}, a.decision, a.decided_at, a.earliest_stop_at, a.agreement_id, m.instantaneous from ${tables} where m.id = $1`,
    [id],
  )
  return row ?? null
}
