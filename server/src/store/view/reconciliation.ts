import type { PaymentChannel } from '../../domain/payment-channel.ts'
import type { ChannelDifference } from '../../domain/reconciliation.ts'
import type { Reach } from '../../domain/reach.ts'
import type { Sql } from '../database.ts'
import { within } from '../reach.ts'

export type DifferenceView = Readonly<{
  id: number
  channel: PaymentChannel
  kind: ChannelDifference['kind']
  account: string | null
  reference: string
  /** Yuan as text, as they were written down. */
  ours: string | null
  theirs: string | null
  at: number
}>

const listedAtMost = 1_000

/** Open differences between our payments and the files of channels, the oldest first. */
export const viewChannelDifferences = async (sql: Sql, reach: Reach = null): Promise<readonly DifferenceView[]> => {
  const rows = await sql.query<Omit<DifferenceView, 'id'> & { id: bigint }>(
    `select i.id, r.subject as channel, i.kind, a.number as account, i.detail->>'reference' as reference,
            i.detail->'ours'->>'amount' as ours, i.detail->'theirs'->>'amount' as theirs, i.at
     from reconciliation_item i join reconciliation r on r.id = i.reconciliation_id
       left join account a on a.id = i.account_id
     where i.state = 'open' and r.kind = 'payment-channel' and ${within('a.site_id', 1)}
     order by i.id limit ${String(listedAtMost)}`,
    [reach],
  )
  return rows.map(({ id, ...row }) => ({ ...row, id: Number(id) }))
}
