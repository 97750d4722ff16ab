import type { CreditStage } from '../domain/credit-policy.ts'
import type { Sql } from './database.ts'

export type AccountStage = Readonly<{ id: number; number: string; stage: CreditStage; since: number }>

/** Accounts on prepayment that are not well, and since when. */
export const accountStages = async (sql: Sql): Promise<readonly AccountStage[]> =>
  sql.query<AccountStage>(
    `select id, number, stage, stage_since as since from account where agreement_id is not null and stage <> 'normal' order by id`,
  )
