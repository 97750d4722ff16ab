import type { Sql } from './database.ts'

/**
 * After the wall clock was put forward or back: what was dated by the clock before it is looked at again at once, and no
 * supply that is owed waits for a moment that lies hours ahead. Locks accounts, then commands, as everybody does.
 */
export const lookAgainAfterJump = async (sql: Sql, now: number): Promise<void> => {
  await sql.query(
    `update account set decide_at = $1
     where id in (select id from account where decide_at is not null or stage <> 'normal' order by id for no key update)`,
    [new Date(now)],
  )
  await sql.query(
    `update relay_command set not_before = $1
     where id in (select id from relay_command where state = 'queued' and not_before > $1
                    and kind in ('direct-close', 'permit-close') order by id for no key update)`,
    [new Date(now)],
  )
}
