import type { NoticeKind } from '../domain/credit-policy.ts'
import { noticeText } from '../domain/notice.ts'
import { addMoney, microYuan, subtractMoney, zeroMoney, type MicroYuan } from '../domain/quantity.ts'
import type { CreditRecord } from '../store/credit.ts'
import type { NewMessage } from '../store/messages.ts'

const fen = microYuan(10_000n)

/** The message that tells a customer (or, for `failed`, the staff) of one notice. */
export const messageFor = (
  notice: NoticeKind,
  record: CreditRecord,
  balance: MicroYuan,
  earliestStopAt: number | null,
): NewMessage => {
  const reads = record.facts.meters.map(({ lastReadAt }) => lastReadAt).filter((at) => at !== null)
  const text = noticeText(
    notice,
    {
      signature: record.signature,
      place: record.place,
      accountNumber: record.number,
      balance,
      readAt: reads.length === 0 ? null : Math.min(...reads),
      threshold: thresholdOf(notice, record),
      amountNeeded: amountNeeded(record, balance),
      earliestStopAt,
      reconnect: record.terms?.reconnect ?? 'permit-close',
      phone: record.servicePhone,
      timeZone: record.terms?.timeZone ?? 'UTC',
    },
    record.language,
  )
  const recipient = notice === 'failed' ? record.servicePhone : record.customerPhone
  return { bucket: record.bucket, accountId: record.accountId, notice, recipient, text }
}

const thresholdOf = (notice: NoticeKind, { terms }: CreditRecord): MicroYuan => {
  if (terms === null) return zeroMoney
  return notice === 'warning-1' ? terms.thresholds.alarm1 : terms.thresholds.alarm2
}

/** Supply comes back *above* the restore amount: what is missing to it, rounded up to a fen, and one fen more. */
const amountNeeded = ({ terms }: CreditRecord, balance: MicroYuan): MicroYuan => {
  if (terms === null) return zeroMoney
  const missing = subtractMoney(terms.thresholds.restore, balance)
  if (missing < 0n) return zeroMoney
  return addMoney(microYuan(((missing + fen - 1n) / fen) * fen), missing % fen === 0n ? fen : zeroMoney)
}
