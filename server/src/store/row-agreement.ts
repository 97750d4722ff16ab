import type { CreditTerms } from '../domain/credit-policy.ts'
import { microYuan } from '../domain/quantity.ts'

/** What an agreement says of thresholds and trips, as its row has it; amounts in micro-yuan, minutes of the local day. */
export type AgreementRow = {
  alarm1: bigint
  alarm2: bigint
  cut_off: bigint
  restore: bigint
  notice_lead_minutes: number
  reconnect: 'direct-close' | 'permit-close'
  trip_from_minute: number
  trip_to_minute: number
  trip_weekdays: number[]
}

type AgreedTerms = Pick<CreditTerms, 'thresholds' | 'noticeLeadMs' | 'reconnect' | 'tripWindow'>

export const agreedTerms = (row: AgreementRow): AgreedTerms => ({
  thresholds: {
    alarm1: microYuan(row.alarm1),
    alarm2: microYuan(row.alarm2),
    cutOff: microYuan(row.cut_off),
    restore: microYuan(row.restore),
  },
  noticeLeadMs: row.notice_lead_minutes * 60_000,
  reconnect: row.reconnect,
  tripWindow: { fromMinute: row.trip_from_minute, toMinute: row.trip_to_minute, weekdays: row.trip_weekdays },
})
