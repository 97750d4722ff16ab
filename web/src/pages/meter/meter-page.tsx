import { listEntries, readMeter, readNow, type AccountEntry, type MeterDetail } from '@xianfu/contract'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { Alert, App, Button, Card, Descriptions, Result, Space, Spin, Table, Tag } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call, problemText } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { kilowattHours, kilowatts, roundDecimal, yuan } from '../../format/decimal.ts'
import { formatInstant } from '../../format/time.ts'
import { entriesKey, meterKey } from '../../live/query-keys.ts'
import { Money, RelayTag, StageTag } from '../../parts/states.tsx'
import { TopUpDialog } from '../../parts/top-up-dialog.tsx'
import { languageOf } from '../../words/i18n.ts'
import { CommandButtons } from './command-buttons.tsx'
import { CommandLog } from './command-log.tsx'
import { HistoryChart } from './history-chart.tsx'

export const MeterPage = () => {
  const { t, i18n } = useTranslation()
  const navigate = useNavigate()
  const { meterId } = useParams({ from: '/meters/$meterId' })
  const id = Number(meterId)
  const meter = useQuery({ queryKey: meterKey(id), queryFn: async () => call(readMeter, { params: { id } }) })
  const [paying, setPaying] = useState(false)
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.target instanceof HTMLInputElement || document.querySelector('.ant-modal-wrap') !== null) return
      if (event.key === 'Escape') void navigate({ to: '/' })
      else if (event.key === 't') setPaying(true)
      else return
      event.preventDefault()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [navigate])
  const back = <Button onClick={() => void navigate({ to: '/' })}>{t('meter.back')}</Button>
  if (meter.isError)
    return (
      <Result status="404" title={problemText(meter.error, languageOf(i18n)) ?? t('error.unexpected')} extra={back} />
    )
  if (meter.data === undefined) return <Spin />
  const { data } = meter
  return (
    <>
      <Space wrap style={{ marginBottom: 12 }}>
        {back}
        <strong style={{ fontSize: 18 }}>{data.place}</strong>
        {data.account && <StageTag stage={data.account.stage} />}
        <RelayTag relay={data.relay} command={data.relayCommand} />
        {data.keepPower && <Tag color="blue">{t('keepPower')}</Tag>}
        {data.account && (
          <Button type="primary" onClick={() => setPaying(true)}>
            {t('topUp.open')} (T)
          </Button>
        )}
        <CommandButtons meter={data} />
        <ReadNowButton meterId={id} />
      </Space>
      <div className="columns">
        <div style={{ display: 'grid', gap: 12 }}>
          <Card size="small" title={t('meter.history')}>
            <HistoryChart meterId={id} />
          </Card>
          <Card size="small" title={t('meter.commands')}>
            <CommandLog meterId={id} />
          </Card>
        </div>
        <div style={{ display: 'grid', gap: 12, alignContent: 'start' }}>
          <Facts meter={data} />
          {data.account && <Entries accountId={data.account.id} />}
        </div>
      </div>
      {paying && data.account && (
        <TopUpDialog account={data.account} place={data.place} onClose={() => setPaying(false)} />
      )}
    </>
  )
}

const ReadNowButton = ({ meterId }: { readonly meterId: number }) => {
  const { t, i18n } = useTranslation()
  const { notification } = App.useApp()
  const { operator } = useSite()
  const reading = useMutation({
    mutationFn: async () => call(readNow, { params: { id: meterId } }),
    onSuccess: ({ exchanges }) => notification.success({ title: t('meter.readNowDone', { count: exchanges.length }) }),
    onError: (error) => notification.error({ title: problemText(error, languageOf(i18n)) ?? t('error.unreachable') }),
  })
  if (!operator.permissions.includes('read-now')) return null
  return (
    <Space>
      <Button loading={reading.isPending} onClick={() => reading.mutate()}>
        {t('meter.readNow')}
      </Button>
    </Space>
  )
}

const Facts = ({ meter }: { readonly meter: MeterDetail }) => {
  const { t } = useTranslation()
  const { system } = useSite()
  const { account, agreement, decision, instantaneous, lastReading } = meter
  const instant = (at: number): string => formatInstant(at, system.timeZone, 'minute')
  const phases = (values: readonly (string | null)[], places: number): string =>
    values.map((value) => (value === null ? '—' : roundDecimal(value, 3, places))).join(' / ')
  return (
    <Card size="small">
      <Descriptions
        size="small"
        column={1}
        items={[
          { key: 'address', label: t('meter.address'), children: meter.address },
          {
            key: 'customer',
            label: t('meter.customer'),
            children: account === null ? '—' : `${account.customerName} · ${account.number}`,
          },
          {
            key: 'balance',
            label: t('meter.balance'),
            children: account === null ? '—' : <Money amount={account.balance} />,
          },
          {
            key: 'reading',
            label: t('meter.reading'),
            children:
              lastReading === null ? '—' : `${kilowattHours(lastReading.totalWh)} kWh · ${instant(lastReading.at)}`,
          },
          {
            key: 'power',
            label: t('meter.power'),
            children: meter.powerMilliwatts === null ? '—' : `${kilowatts(meter.powerMilliwatts)} kW`,
          },
          ...(instantaneous === null
            ? []
            : [
                {
                  key: 'voltage',
                  label: t('meter.voltage'),
                  children: `${phases(instantaneous.voltageMillivolts, 1)} V`,
                },
                {
                  key: 'current',
                  label: t('meter.current'),
                  children: `${phases(instantaneous.currentMilliamperes, 2)} A`,
                },
              ]),
          {
            key: 'gateway',
            label: t('meter.gateway'),
            children: <Tag color={meter.gateway.online ? 'green' : 'red'}>{meter.gateway.code}</Tag>,
          },
          {
            key: 'why',
            label: t('meter.why'),
            children:
              decision === null ? t('meter.noDecision') : `${instant(decision.at)} · ${decision.reasons.join(', ')}`,
          },
          ...(decision?.earliestStopAt
            ? [{ key: 'stop', label: t('meter.earliestStop'), children: instant(decision.earliestStopAt) }]
            : []),
          ...(agreement === null
            ? [{ key: 'agreement', label: t('meter.agreement'), children: t('meter.noAgreement') }]
            : [
                {
                  key: 'plan',
                  label: t('meter.plan'),
                  children: `${agreement.planName} · ${agreement.prices.join(' / ')}`,
                },
                {
                  key: 'alarms',
                  label: `${t('meter.alarm1')} / ${t('meter.alarm2')}`,
                  children: `${yuan(agreement.alarm1)} / ${yuan(agreement.alarm2)}`,
                },
                {
                  key: 'limits',
                  label: `${t('meter.cutOff')} / ${t('meter.restore')}`,
                  children: `${yuan(agreement.cutOff)} / ${yuan(agreement.restore)}`,
                },
                {
                  key: 'lead',
                  label: t('meter.noticeLead'),
                  children: t('meter.minutes', { count: agreement.noticeLeadMinutes }),
                },
                {
                  key: 'window',
                  label: t('meter.tripWindow'),
                  children: `${agreement.tripWindow.from}–${agreement.tripWindow.to}`,
                },
                { key: 'reconnect', label: t('meter.reconnect'), children: t(`command.${agreement.reconnect}`) },
              ]),
        ]}
      />
    </Card>
  )
}

const Entries = ({ accountId }: { readonly accountId: number }) => {
  const { t, i18n } = useTranslation()
  const { system } = useSite()
  const entries = useQuery({
    queryKey: entriesKey(accountId),
    queryFn: async () => call(listEntries, { params: { id: accountId } }),
  })
  if (entries.isError)
    return <Alert type="error" title={problemText(entries.error, languageOf(i18n)) ?? t('error.unreachable')} />
  return (
    <Card size="small" title={t('meter.entries')}>
      <Table<AccountEntry>
        size="small"
        rowKey="id"
        dataSource={entries.data?.entries ?? []}
        pagination={{ pageSize: 12, simple: true, hideOnSinglePage: true }}
        locale={{ emptyText: t('entry.empty') }}
        columns={[
          {
            title: t('entry.at'),
            className: 'number',
            render: (_, { at }) => formatInstant(at, system.timeZone, 'short'),
          },
          { title: t('entry.kind'), render: (_, { kind }) => t(`entry.kinds.${kind}`) },
          { title: t('entry.amount'), align: 'right', render: (_, { amount }) => <Money amount={amount} /> },
          { title: t('entry.balance'), align: 'right', render: (_, { balance }) => <Money amount={balance} /> },
        ]}
      />
    </Card>
  )
}
