import type { SettlementMode } from '../../domain/agreement.ts'
import type { Sql } from '../database.ts'
import type { AgreementRow } from '../row-agreement.ts'

export type Agreement = Readonly<
  AgreementRow & {
    version: number
    plan_name: string
    settlement_mode: SettlementMode
    prices: readonly bigint[]
  }
>

export const viewAgreement = async (sql: Sql, id: number): Promise<Agreement | null> => {
  const [row] = await sql.query<Agreement>(
    `select a.version, p.name as plan_name, a.settlement_mode, p.prices, a.alarm1, a.alarm2, a.cut_off, a.restore, a.notice_lead_minutes,
            a.reconnect, a.trip_from_minute, a.trip_to_minute, a.trip_weekdays
     from agreement a join price_plan p on p.id = a.price_plan_id where a.id = $1`,
    [id],
  )
  return row ?? null
}
