import {
  addToList,
  endListEntry,
  expectPayment,
  grantEmergency,
  listKind,
  readAccountStop,
  type AccountStop,
  type ListKind,
} from '@xianfu/contract'
import { Button, Card, Descriptions, Space, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { yuan } from '../../format/decimal.ts'
import { formatInstant } from '../../format/time.ts'
import { accountStopKey, stopsKey, workItemsKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { DeedDialog, type Deed } from '../../parts/deed-dialog.tsx'
import { Problem } from '../../parts/problem.tsx'
import { useSaying } from '../../words/saying.ts'
import { ApprovalCell } from '../stops/approval-cell.tsx'
import '../stops/stops.css'

const dayMs = 86_400_000
const noticesShown = 6
const isListKind = (text: string): text is ListKind => listKind.options.some((kind) => kind === text)

/** The way to a stop of one account: what it rests on, who is kept from it and why, what was told and proven. */
export const StopPanel = ({ account }: { readonly account: Readonly<{ id: number; number: string }> }) => {
  const { t } = useTranslation()
  const { data, error, again } = useRead(accountStopKey(account.id), async () =>
    call(readAccountStop, { params: { id: account.id } }),
  )
  return (
    <Card size="small" title={t('stop.title')}>
      {error !== null && <Problem error={error} onRetry={again} />}
      {data !== undefined && <Stop stop={data} account={account} />}
    </Card>
  )
}

type Props = Readonly<{ stop: AccountStop; account: Readonly<{ id: number; number: string }> }>

const Stop = ({ stop, account }: Props) => {
  const { t } = useTranslation()
  const say = useSaying()
  const { system } = useSite()
  const [deed, setDeed] = useState<Deed | null>(null)
  const short = (at: number): string => formatInstant(at, system.timeZone, 'short')
  const { terms, meters, emergency, approvals, paymentExpectedUntil, overdueSince } = stop
  const [approval] = approvals
  const items = [
    ...(terms === null
      ? []
      : [
          [
            t('stop.path'),
            `${t(`payMode.${terms.mode}`)} · ${t(`legalPath.${terms.legalPath}`)} · ${t(`stopApproval.${terms.approval}`)}`,
          ] as const,
        ]),
    [
      t('stop.stage'),
      meters.map(({ id, place, state }) => (
        <Tag key={id}>
          {meters.length > 1 && `${place} `}
          {t(`powerState.${state}`)}
        </Tag>
      )),
    ] as const,
    ...(approval === undefined || approval.state === 'withdrawn'
      ? []
      : [[t('stop.approval'), <ApprovalCell key="approval" approval={approval} account={account} />] as const]),
    [t('stop.lists'), <Lists key="lists" stop={stop} account={account} onDeed={setDeed} />] as const,
    [
      t('stop.notices'),
      stop.notices.length === 0 ? (
        t('stop.noNotices')
      ) : (
        <div key="notices" className="stop-lines">
          {stop.notices.slice(0, noticesShown).map(({ kind, channel, at, sendAt, deliveredAt }) => (
            <p key={`${kind} ${String(at)} ${channel}`} className="stop-line">
              <Tag>{say.notice(kind)}</Tag>
              <span>{say.channel(channel)}</span>
              <span className="number">{short(sendAt)}</span>
              <span className="small">
                {deliveredAt === null ? t('stop.noReceipt') : t('stop.delivered', { at: short(deliveredAt) })}
              </span>
            </p>
          ))}
        </div>
      ),
    ] as const,
  ]
  return (
    <>
      <Descriptions
        size="small"
        column={1}
        items={items.map(([label, children]) => ({ key: label, label, children }))}
      />
      <p className="small">
        {[
          ...(paymentExpectedUntil === null ? [] : [t('stop.expected', { at: short(paymentExpectedUntil) })]),
          ...(overdueSince === null ? [] : [t('stop.overdue', { at: short(overdueSince) })]),
          ...(emergency.granted === '0.00' ? [] : [t('stop.emergencyGranted', { amount: yuan(emergency.granted) })]),
        ].join(' · ')}
      </p>
      <Deeds stop={stop} account={account} onDeed={setDeed} />
      {deed !== null && <DeedDialog deed={deed} onClose={() => setDeed(null)} />}
    </>
  )
}

type DeedProps = Props & Readonly<{ onDeed: (deed: Deed) => void }>

const useTouches = (accountId: number) => [accountStopKey(accountId), stopsKey, workItemsKey, ['meter']] as const

const Lists = ({ stop, account, onDeed }: DeedProps) => {
  const { t } = useTranslation()
  const { operator, system } = useSite()
  const touches = useTouches(account.id)
  const short = (at: number): string => formatInstant(at, system.timeZone, 'short')
  if (stop.lists.length === 0) return t('stop.noLists')
  return (
    <div className="stop-lines">
      {stop.lists.map(({ id, kind, from, to, holds, reason, endedBy, endedBecause }) => (
        <p key={id} className="stop-line">
          <Tag color={holds ? 'blue' : 'default'}>{t(`listKind.${kind}`)}</Tag>
          <span className="number">
            {short(from)} – {to === null ? t('stop.open') : short(to)}
          </span>
          <span>{reason}</span>
          {endedBecause !== null && (
            <span className="small">{t('stop.ended', { name: endedBy ?? '—', because: endedBecause })}</span>
          )}
          {endedBecause === null && (holds || to === null) && operator.permissions.includes('control-trip') && (
            <Button
              size="small"
              type="link"
              onClick={() =>
                onDeed({
                  title: t('stop.endTitle'),
                  ok: t('stop.end'),
                  fields: [{ name: 'reason', label: t('stop.reason'), kind: 'text' }],
                  send: async ({ reason: why = '' }) => call(endListEntry, { params: { id }, body: { reason: why } }),
                  touches,
                })
              }
            >
              {t('stop.end')}
            </Button>
          )}
        </p>
      ))}
    </div>
  )
}

const Deeds = ({ stop, account, onDeed }: DeedProps) => {
  const { t } = useTranslation()
  const { operator, now } = useSite()
  const touches = useTouches(account.id)
  const { permissions } = operator
  const { number, id } = account
  const add = (): void =>
    onDeed({
      title: t('stop.addTitle', { account: number }),
      ok: t('stop.addToList'),
      fields: [
        { name: 'reason', label: t('stop.reason'), kind: 'text' },
        {
          name: 'kind',
          label: t('stop.lists'),
          kind: 'choice',
          start: 'disputed',
          choices: listKind.options.map((value) => ({ value, label: t(`listKind.${value}`) })),
        },
        { name: 'days', label: t('stop.daysOptional'), kind: 'days', optional: true },
      ],
      send: async ({ kind = '', days = '', reason = '' }) =>
        call(addToList, {
          params: { id },
          body: {
            kind: isListKind(kind) ? kind : 'disputed',
            to: days.trim() === '' ? null : now() + Number(days) * dayMs,
            reason,
          },
        }),
      touches,
    })
  const grant = (): void =>
    onDeed({
      title: t('stop.emergencyTitle', { account: number }),
      ok: t('stop.emergency', { amount: yuan(stop.terms?.emergencyCredit ?? '0') }),
      fields: [{ name: 'reason', label: t('stop.reason'), kind: 'text' }],
      send: async ({ reason = '' }) => call(grantEmergency, { params: { id }, body: { reason } }),
      touches,
    })
  const announce = (): void =>
    onDeed({
      title: t('stop.announceTitle', { account: number }),
      ok: t('stop.announce'),
      fields: [{ name: 'reference', label: t('stop.reference'), kind: 'text' }],
      send: async ({ reference = '' }) =>
        call(expectPayment, { params: { id }, body: { channel: 'bank-transfer', reference } }),
      touches,
    })
  const offered = stop.terms !== null && Number(stop.terms.emergencyCredit) > 0 && Number(stop.emergency.granted) === 0
  return (
    <Space size={6} wrap>
      {permissions.includes('control-trip') && (
        <Button size="small" onClick={add}>
          {t('stop.addToList')}
        </Button>
      )}
      {permissions.includes('top-up') && offered && (
        <Button size="small" onClick={grant}>
          {t('stop.emergency', { amount: yuan(stop.terms?.emergencyCredit ?? '0') })}
        </Button>
      )}
      {permissions.includes('top-up') && (
        <Button size="small" onClick={announce}>
          {t('stop.announce')}
        </Button>
      )}
    </Space>
  )
}
