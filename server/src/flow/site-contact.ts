import { writeAudit } from '../store/audit.ts'
import { writeAuthorityContact } from '../store/owing.ts'
import type { FlowContext } from './process.ts'

/** Writes down who gets the copies of what is announced to important customers; false when there is no such site. */
export const setAuthorityContact = async (
  { database, clock }: Pick<FlowContext, 'database'> & Readonly<{ clock: Pick<FlowContext['clock'], 'now'> }>,
  site: string,
  contact: string,
): Promise<boolean> =>
  database.transaction(async (sql) => {
    const siteId = await writeAuthorityContact(sql, site, contact.trim())
    if (siteId === null) return false
    const subject = `site:${String(siteId)}`
    await writeAudit(sql, { at: clock.now(), operatorId: null, action: 'site:authority', subject, detail: { contact } })
    return true
  })
