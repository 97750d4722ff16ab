import { localTime } from './calendar.ts'
import type { NoticeKind } from './credit-facts.ts'
import { formatFen, type MicroYuan } from './quantity.ts'

export type Language = 'zh' | 'en'

/**
 * What a notice may say. Required contents (fee-control practice): a warning names account, balance and the time of the
 * reading behind it, threshold, how to pay, telephone; a pre-stop notice adds the amount needed and the earliest stop.
 */
export type NoticeFacts = Readonly<{
  signature: string
  place: string
  accountNumber: string
  balance: MicroYuan
  readAt: number | null
  threshold: MicroYuan
  /** What must be paid at least so that supply is not stopped, or comes back. */
  amountNeeded: MicroYuan
  earliestStopAt: number | null
  /** What may be used beyond the cut-off when the customer asks for it; zero where none is offered. */
  emergencyCredit: MicroYuan
  /** Whether supply comes back by itself or at the press of the meter's button. */
  reconnect: 'direct-close' | 'permit-close'
  phone: string
  timeZone: string
}>

export const noticeText = (kind: NoticeKind, facts: NoticeFacts, language: Language): string =>
  language === 'zh' ? `【${facts.signature}】${chinese(kind, facts)}` : `[${facts.signature}] ${english(kind, facts)}`

const clockText = (instant: number | null, timeZone: string): string => {
  if (instant === null) return '—'
  const { month, day, hour, minute } = localTime(instant, timeZone)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${two(month)}-${two(day)} ${two(hour)}:${two(minute)}`
}

const chinese = (kind: NoticeKind, facts: NoticeFacts): string => {
  const who = `${facts.place}(户号${facts.accountNumber})`
  const balance = `余额${formatFen(facts.balance)}元(${clockText(facts.readAt, facts.timeZone)}抄表)`
  const call = `电话${facts.phone}`
  switch (kind) {
    case 'reminder':
      return `${who}${balance},有电费未缴,请及时到营业厅缴费。${call}`
    case 'emergency-offer':
      return `${who}${balance},购电款已用完。可申请应急用电${formatFen(facts.emergencyCredit)}元,来电或到营业厅办理,下次充值时扣回;不申请将停电。${call}`
    case 'pre-stop-again':
      return `${who}${balance},再次通知:${clockText(facts.earliestStopAt, facts.timeZone)}后将停电。至少缴费${formatFen(facts.amountNeeded)}元后${facts.reconnect === 'direct-close' ? '自动复电' : '按电表按钮即可复电'}。${call}`
    case 'authority-copy':
      return `抄送:重要用户${who}因欠费,拟于${clockText(facts.earliestStopAt, facts.timeZone)}后停电,已通知用户。${call}`
    case 'warning-1':
      return `${who}${balance},低于预警值${formatFen(facts.threshold)}元,请及时到营业厅充值。${call}`
    case 'warning-2':
      return `${who}${balance},低于二级预警值${formatFen(facts.threshold)}元,请尽快到营业厅充值,用完将停电。${call}`
    case 'pre-stop':
      return `${who}${balance},购电款已用完,${clockText(facts.earliestStopAt, facts.timeZone)}后将停电。至少充值${formatFen(facts.amountNeeded)}元后${facts.reconnect === 'direct-close' ? '自动复电' : '按电表按钮即可复电'}。${call}`
    case 'stopped':
      return `${who}已停电,${balance}。至少充值${formatFen(facts.amountNeeded)}元即可复电,请先关闭电器注意安全。${call}`
    case 'reconnect-permitted':
      return `${who}已允许合闸,请先关闭电器,再按电表按钮(或合上断路器)恢复用电。${balance}。${call}`
    case 'reconnected':
      return `${who}已复电,${balance}。${call}`
    case 'failed':
      return `${who}远程控制未成功,请派人现场处理。`
  }
}

const english = (kind: NoticeKind, facts: NoticeFacts): string => {
  const who = `${facts.place} (account ${facts.accountNumber})`
  const balance = `balance ${formatFen(facts.balance)} yuan (read ${clockText(facts.readAt, facts.timeZone)})`
  const call = `Phone ${facts.phone}`
  switch (kind) {
    case 'reminder':
      return `${who}: ${balance}, a bill is unpaid. Please pay at the counter. ${call}`
    case 'emergency-offer':
      return `${who}: ${balance}, used up. Emergency credit of ${formatFen(facts.emergencyCredit)} yuan is yours on request, by telephone or at the counter, and is repaid by the next top-up; without it supply will be stopped. ${call}`
    case 'pre-stop-again':
      return `${who}: ${balance}. Told again: supply will be stopped after ${clockText(facts.earliestStopAt, facts.timeZone)}. Pay at least ${formatFen(facts.amountNeeded)} yuan to get it back${facts.reconnect === 'direct-close' ? ', by itself' : ' at the press of the button at the meter'}. ${call}`
    case 'authority-copy':
      return `Copy: supply of the important customer ${who} will be stopped for debt after ${clockText(facts.earliestStopAt, facts.timeZone)}; the customer has been told. ${call}`
    case 'warning-1':
      return `${who}: ${balance}, below the alarm value of ${formatFen(facts.threshold)}. Please top up at the counter. ${call}`
    case 'warning-2':
      return `${who}: ${balance}, below the second alarm value of ${formatFen(facts.threshold)}. Top up soon at the counter or supply will be stopped. ${call}`
    case 'pre-stop':
      return `${who}: ${balance}, used up. Supply will be stopped after ${clockText(facts.earliestStopAt, facts.timeZone)}. Pay at least ${formatFen(facts.amountNeeded)} yuan to get it back${facts.reconnect === 'direct-close' ? ', by itself' : ' at the press of the button at the meter'}. ${call}`
    case 'stopped':
      return `${who}: supply stopped, ${balance}. Pay at least ${formatFen(facts.amountNeeded)} yuan to get it back; switch appliances off first. ${call}`
    case 'reconnect-permitted':
      return `${who}: closing is permitted. Switch appliances off, then press the button at the meter (or close the breaker). ${balance}. ${call}`
    case 'reconnected':
      return `${who}: supply restored, ${balance}. ${call}`
    case 'failed':
      return `${who}: remote control did not succeed, field work needed.`
  }
}
