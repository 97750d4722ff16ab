import { listMeters, type CreditStage, type MeterRow } from '@xianfu/contract'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Button, Input, Select, Space, Table, Tag, type InputRef, type TableColumnsType } from 'antd'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { kilowattHours, kilowatts, microOf } from '../../format/decimal.ts'
import { ageOf } from '../../format/time.ts'
import { metersKey } from '../../live/query-keys.ts'
import { CommandTag, Money, RelayTag, StageTag } from '../../parts/states.tsx'
import { TopUpDialog } from '../../parts/top-up-dialog.tsx'
import { OverviewTiles } from './overview-tiles.tsx'

const stages: readonly CreditStage[] = ['normal', 'warned-1', 'warned-2', 'stop-notified', 'cut-off']

const matches = (row: MeterRow, search: string, stage: CreditStage | 'all'): boolean =>
  (stage === 'all' || row.account?.stage === stage) &&
  [row.place, row.address, row.account?.customerName ?? '', row.account?.number ?? ''].some((text) =>
    text.toLowerCase().includes(search.toLowerCase()),
  )

/** The page a cashier keeps open all day: every meter, live, found and paid for from the keyboard. */
export const ConsolePage = () => {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { operator } = useSite()
  const { data, isPending } = useQuery({ queryKey: metersKey, queryFn: async () => call(listMeters) })
  const [search, setSearch] = useState('')
  const [stage, setStage] = useState<CreditStage | 'all'>('all')
  const [chosen, setChosen] = useState(0)
  const [paying, setPaying] = useState<MeterRow | null>(null)
  const searchField = useRef<InputRef>(null)
  const all = data?.meters ?? []
  const shown = useMemo(() => (data?.meters ?? []).filter((row) => matches(row, search, stage)), [data, search, stage])
  const mayPay = operator.permissions.includes('top-up')
  const open = (row: MeterRow | undefined): void => {
    if (row !== undefined) void navigate({ to: '/meters/$meterId', params: { meterId: String(row.id) } })
  }

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (paying !== null || event.ctrlKey || event.metaKey || event.altKey) return
      const typing = event.target instanceof HTMLInputElement
      if (event.key === '/' && !typing) searchField.current?.focus()
      else if (event.key === 'ArrowDown') setChosen((row) => Math.min(row + 1, shown.length - 1))
      else if (event.key === 'ArrowUp') setChosen((row) => Math.max(row - 1, 0))
      else if (event.key === 'Enter') open(shown[chosen])
      else if (event.key === 't' && !typing && mayPay && shown[chosen]?.account) setPaying(shown[chosen] ?? null)
      else if (event.key === 'Escape' && typing) setSearch('')
      else return
      event.preventDefault()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  })

  return (
    <>
      <OverviewTiles />
      <Space style={{ marginBottom: 8 }} wrap>
        <Input
          ref={searchField}
          allowClear
          style={{ width: 280 }}
          placeholder={`${t('table.search')}  /`}
          aria-label={t('hint.search')}
          value={search}
          onChange={({ target }) => {
            setSearch(target.value)
            setChosen(0)
          }}
        />
        <Select
          style={{ width: 160 }}
          value={stage}
          onChange={setStage}
          options={[
            { value: 'all' as const, label: t('table.allStages') },
            ...stages.map((value) => ({ value, label: t(`stage.${value}`) })),
          ]}
        />
        <span>{t('table.count', { shown: shown.length, total: all.length })}</span>
        <span className="keys">
          / {t('hint.search')} · ↑↓ {t('hint.move')} · Enter {t('hint.open')} · T {t('hint.topUp')}
        </span>
      </Space>
      <Table<MeterRow>
        size="small"
        rowKey="id"
        loading={isPending}
        dataSource={shown}
        columns={useColumns(mayPay ? setPaying : null)}
        pagination={{ defaultPageSize: 50, hideOnSinglePage: true }}
        locale={{ emptyText: t('table.empty') }}
        scroll={{ x: 'max-content' }}
        rowClassName={(_, index) => (index === chosen ? 'chosen' : '')}
        onRow={(row, index) => ({
          onClick: () => {
            setChosen(index ?? 0)
            open(row)
          },
          style: { cursor: 'pointer' },
        })}
      />
      {paying?.account && <TopUpDialog account={paying.account} place={paying.place} onClose={() => setPaying(null)} />}
    </>
  )
}

const useColumns = (pay: ((row: MeterRow) => void) | null): TableColumnsType<MeterRow> => {
  const { t } = useTranslation()
  const { now } = useSite()
  return [
    { title: t('table.place'), dataIndex: 'place', sorter: (a, b) => a.place.localeCompare(b.place) },
    {
      title: t('table.customer'),
      render: (_, { account }) =>
        account === null ? <Tag>{t('table.noAccount')}</Tag> : `${account.customerName}  ${account.number}`,
    },
    { title: t('table.stage'), render: (_, { account }) => account && <StageTag stage={account.stage} /> },
    {
      title: t('table.balance'),
      align: 'right',
      render: (_, { account }) => account && <Money amount={account.balance} />,
      sorter: (a, b) => Number(microOf(a.account?.balance ?? '0') - microOf(b.account?.balance ?? '0')),
    },
    { title: t('table.relay'), render: (_, row) => <RelayTag relay={row.relay} command={row.relayCommand} /> },
    {
      title: t('table.command'),
      render: (_, { openCommand, keepPower, alarm }) => (
        <>
          {openCommand && <CommandTag {...openCommand} />}
          {keepPower && <Tag color="blue">{t('keepPower')}</Tag>}
          {alarm && <Tag color="orange">{t('alarm')}</Tag>}
        </>
      ),
    },
    {
      title: t('table.reading'),
      align: 'right',
      className: 'number',
      render: (_, { lastReading }) => lastReading && kilowattHours(lastReading.totalWh),
    },
    {
      title: t('table.age'),
      render: (_, { lastReading, failedReads }) => {
        if (failedReads > 0) return <Tag color="error">{t('table.failedReads', { count: failedReads })}</Tag>
        if (lastReading === null) return t('age.never')
        const { unit, count } = ageOf(lastReading.at, now())
        return lastReading.quality === 'held' ? (
          <Tag color="warning">{t('table.held')}</Tag>
        ) : (
          t(`age.${unit}`, { count })
        )
      },
    },
    {
      title: t('table.power'),
      align: 'right',
      className: 'number',
      render: (_, { powerMilliwatts }) => powerMilliwatts && kilowatts(powerMilliwatts),
    },
    {
      title: t('table.gateway'),
      render: (_, { gateway }) => <Tag color={gateway.online ? 'green' : 'red'}>{gateway.code}</Tag>,
    },
    {
      title: '',
      render: (_, row) =>
        pay !== null &&
        row.account !== null && (
          <Button
            size="small"
            type="primary"
            onClick={(event) => {
              event.stopPropagation()
              pay(row)
            }}
          >
            {t('topUp.open')}
          </Button>
        ),
    },
  ]
}
