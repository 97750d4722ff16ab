import type { Sql } from './database.ts'

export type NewApproval = Readonly<{
  accountId: number
  persons: number
  /** Null: the policy asks. */
  requestedBy: number | null
  /** What the customer will be told when it is approved. */
  notice: string
}>

/** Asks for approval of a stop; one that was open gives way to the new one. Under the accounts' locks. */
export const requestApprovals = async (sql: Sql, approvals: readonly NewApproval[], now: number): Promise<void> => {
  if (approvals.length === 0) return
  const accountIds = approvals.map(({ accountId }) => accountId)
  await withdrawApprovals(sql, accountIds, now)
  await sql.query(
    `insert into stop_approval (account_id, persons, requested_by, notice, requested_at)
     select n.*, $5 from unnest($1::int[], $2::smallint[], $3::int[], $4::text[]) as n`,
    [
      accountIds,
      approvals.map(({ persons }) => persons),
      approvals.map(({ requestedBy }) => requestedBy),
      approvals.map(({ notice }) => notice),
      new Date(now),
    ],
  )
}

/** What was asked or given is off; a refusal stays. */
export const withdrawApprovals = async (sql: Sql, accountIds: readonly number[], now: number): Promise<void> => {
  if (accountIds.length === 0) return
  await sql.query(
    `update stop_approval set state = 'withdrawn', decided_at = $2
     where account_id = any($1::int[]) and state in ('open', 'approved')`,
    [accountIds, new Date(now)],
  )
}

export type StoredApproval = Readonly<{
  id: number
  accountId: number
  state: 'open' | 'approved' | 'refused' | 'withdrawn'
  persons: number
  requestedBy: number | null
  voices: readonly number[]
}>

export const accountOfApproval = async (sql: Sql, id: number): Promise<number | null> => {
  const [row] = await sql.query<{ account_id: number }>('select account_id from stop_approval where id = $1', [id])
  return row?.account_id ?? null
}

type ApprovalRow = {
  id: number
  account_id: number
  state: StoredApproval['state']
  persons: number
  requested_by: number | null
  voices: number[]
}

const approvalQuery = `
  select p.id, p.account_id, p.state, p.persons, p.requested_by,
         array(select operator_id from stop_approval_voice v where v.approval_id = p.id order by v.at) as voices
  from stop_approval p`

const approvalOf = ([row]: readonly ApprovalRow[]): StoredApproval | null => {
  if (row === undefined) return null
  const { account_id: accountId, requested_by: requestedBy, ...rest } = row
  return { ...rest, accountId, requestedBy }
}

/** Under its account's lock. */
export const readApproval = async (sql: Sql, id: number): Promise<StoredApproval | null> =>
  approvalOf(await sql.query<ApprovalRow>(`${approvalQuery} where p.id = $1`, [id]))

/** The last that was asked for; under the account's lock. */
export const newestApproval = async (sql: Sql, accountId: number): Promise<StoredApproval | null> =>
  approvalOf(
    await sql.query<ApprovalRow>(`${approvalQuery} where p.account_id = $1 order by p.id desc limit 1`, [accountId]),
  )

export const addVoice = async (sql: Sql, id: number, operatorId: number, now: number): Promise<void> => {
  await sql.query('insert into stop_approval_voice (approval_id, operator_id, at) values ($1, $2, $3)', [
    id,
    operatorId,
    new Date(now),
  ])
}

export const decideApproval = async (
  sql: Sql,
  id: number,
  decision: Readonly<{ state: 'approved' | 'refused'; until: number; because: string | null }>,
  now: number,
): Promise<void> => {
  await sql.query('update stop_approval set state = $2, until_at = $3, because = $4, decided_at = $5 where id = $1', [
    id,
    decision.state,
    new Date(decision.until),
    decision.because,
    new Date(now),
  ])
}
