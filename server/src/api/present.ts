import type { CommandDetail, MeterDetail, MeterRow } from '@xianfu/contract'
import { formatMoney, formatPrice, microYuan, price } from '../domain/quantity.ts'
import type { Agreement } from '../store/view/agreement.ts'
import type { CommandEventView, CommandView } from '../store/view/commands.ts'
import { frameText } from './frame-text.ts'
import type { MeterFullView, MeterView } from '../store/view/meters.ts'

/** Rows as the contract shows them. */

export const moneyText = (amount: bigint): string => formatMoney(microYuan(amount))

export const presentMeter = (row: MeterView): MeterRow => ({
  id: row.id,
  address: row.address,
  place: row.place,
  gateway: { id: row.gateway_id, code: row.gateway_code, online: row.gateway_online },
  account:
    row.account_id === null || row.account_number === null || row.stage === null
      ? null
      : {
          id: row.account_id,
          number: row.account_number,
          customerName: row.customer_name ?? '',
          stage: row.stage,
          balance: moneyText(row.balance ?? 0n),
          prepaid: row.prepaid,
        },
  relay: row.relay,
  relayCommand: row.relay_command,
  keepPower: row.keep_power,
  alarm: row.alarm,
  lastReading:
    row.newest_at === null || row.newest_quality === null || row.last_total_wh === null
      ? null
      : { at: row.newest_at, totalWh: String(row.last_total_wh), quality: row.newest_quality },
  powerMilliwatts: row.power_mw === null ? null : String(row.power_mw),
  failedReads: row.failed_reads,
  openCommand:
    row.command_id === null || row.command_kind === null || row.command_state === null || row.command_at === null
      ? null
      : { id: row.command_id, kind: row.command_kind, state: row.command_state, createdAt: row.command_at },
})

export const presentDetail = (row: MeterFullView): MeterDetail => ({
  ...presentMeter(row),
  site: { id: row.site_id, name: row.site_name, timeZone: row.time_zone },
  agreement: row.agreement === null ? null : presentAgreement(row.agreement),
  decision:
    row.decided_at === null
      ? null
      : { at: row.decided_at, reasons: [...(row.decision?.reasons ?? [])], earliestStopAt: row.earliest_stop_at },
  instantaneous:
    row.instantaneous === null
      ? null
      : {
          at: row.instantaneous.at,
          voltageMillivolts: [...row.instantaneous.voltageMillivolts],
          currentMilliamperes: [...row.instantaneous.currentMilliamperes],
          powerMilliwatts: row.instantaneous.powerMilliwatts,
        },
})

const clockText = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`

const presentAgreement = (agreement: Agreement): MeterDetail['agreement'] => ({
  version: agreement.version,
  planName: agreement.plan_name,
  settlementMode: agreement.settlement_mode,
  prices: agreement.prices.map((value) => formatPrice(price(value))),
  alarm1: moneyText(agreement.alarm1),
  alarm2: moneyText(agreement.alarm2),
  cutOff: moneyText(agreement.cut_off),
  restore: moneyText(agreement.restore),
  noticeLeadMinutes: agreement.notice_lead_minutes,
  reconnect: agreement.reconnect,
  tripWindow: {
    from: clockText(agreement.trip_from_minute),
    to: clockText(agreement.trip_to_minute),
    weekdays: [...agreement.trip_weekdays],
  },
})

export const presentCommand = (row: CommandView, events: readonly CommandEventView[]): CommandDetail => ({
  id: row.id,
  meterId: row.meter_id,
  kind: row.kind,
  state: row.state,
  createdAt: row.at,
  requestedBy: row.requested_by,
  reason: row.reason,
  attempts: row.attempts,
  finishedAt: row.finished_at,
  failure: row.failure,
  tookMs: row.took_ms,
  evidence: presentEvidence(row.evidence),
  batch:
    row.batch_id === null
      ? null
      : { id: row.batch_id, approvedBy: row.batch_approved_by, override: row.batch_override ?? false },
  events: events.map(({ at, kind, text, request, response, duration_ms: durationMs }) => ({
    at,
    kind,
    text,
    request: request === null ? null : frameText(request),
    response: response === null ? null : frameText(response),
    durationMs,
  })),
})

const presentEvidence = ({
  balance,
  stage,
  lastReadAt = null,
  earliestStopAt = null,
}: CommandView['evidence']): CommandDetail['evidence'] =>
  balance === undefined || stage === undefined
    ? null
    : { balance: moneyText(BigInt(balance)), stage, lastReadAt, earliestStopAt }
