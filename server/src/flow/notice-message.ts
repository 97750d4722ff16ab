import type { NoticeKind, NoticeOrder } from '../domain/credit-facts.ts'
import { noticeText } from '../domain/notice.ts'
import { addMoney, microYuan, subtractMoney, zeroMoney, type MicroYuan } from '../domain/quantity.ts'
import type { CreditRecord } from '../store/credit.ts'
import { outboxChannel, type NewMessage } from '../store/messages.ts'

const fen = microYuan(10_000n)

/** The message of one notice that the policy has ordered, by its channel and in its hour. */
export const orderedMessage = (
  { kind, channel, sendAt }: NoticeOrder,
  record: CreditRecord,
  balance: MicroYuan,
  earliestStopAt: number | null,
  now: number,
): NewMessage => ({
  ...messageFor(kind, record, balance, earliestStopAt),
  channel,
  notBefore: sendAt > now ? sendAt : null,
})

/** The message that tells a customer (or, for `failed`, the staff) of one notice, at once by the first channel. */
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
      emergencyCredit: record.terms?.stop?.emergencyCredit ?? zeroMoney,
      reconnect: record.terms?.reconnect ?? 'permit-close',
      phone: record.servicePhone,
      timeZone: record.terms?.timeZone ?? 'UTC',
    },
    record.language,
  )
  const { bucket, accountId } = record
  const [channel = outboxChannel] = record.facts.channels
  return { bucket, accountId, notice, channel, recipient: recipientOf(notice, record), text, notBefore: null }
}

const recipientOf = (notice: NoticeKind, record: CreditRecord): string => {
  if (notice === 'failed') return record.servicePhone
  return notice === 'authority-copy' ? record.authorityContact : record.customerPhone
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
