import type { MeterRow } from '@xianfu/contract'
import { Button, Tag, type TableColumnsType } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useSite } from '../../app/site.ts'
import { kilowattHours, kilowatts } from '../../format/decimal.ts'
import { ageOf } from '../../format/time.ts'
import { Flash } from '../../parts/flash.tsx'
import { CommandTag, Money, RelayTag, StageTag } from '../../parts/states.tsx'
import type { Column, Sorting } from './meter-list.ts'

type Options = Readonly<{
  /** Null when the operator may not take payments. */
  pay: ((row: MeterRow) => void) | null
  sorting: Sorting
  /** Room for all columns, for the usual ones, or for what a telephone shows. */
  room: 'all' | 'usual' | 'little'
}>

type Columns = TableColumnsType<MeterRow>

export const useMeterColumns = ({ pay, sorting, room }: Options): Columns => {
  const { t } = useTranslation()
  return useMemo(() => {
    const sortable = (column: Column) => ({
      key: column,
      sorter: true,
      sortOrder: sorting.column === column ? (sorting.descending ? ('descend' as const) : ('ascend' as const)) : null,
    })
    const usual: Columns = [
      { title: t('table.place'), width: 96, ...sortable('place'), render: (_, { place }) => <strong>{place}</strong> },
      {
        title: t('table.customer'),
        width: 142,
        ...sortable('customer'),
        ellipsis: true,
        render: customerOf(t('table.noAccount')),
      },
    ]
    const first: Columns = [{ title: t('table.place'), width: 108, ...sortable('place'), render: placeAndCustomer }]
    const money: Columns = [
      {
        title: t('table.stage'),
        key: 'stage',
        width: room === 'little' ? 90 : 104,
        render: (_, { account }) =>
          account &&
          (account.prepaid ? (
            <Flash value={account.stage}>
              <StageTag stage={account.stage} />
            </Flash>
          ) : (
            <Tag>{t('table.metered')}</Tag>
          )),
      },
      {
        title: t('table.balance'),
        align: 'right',
        width: room === 'little' ? 98 : 104,
        ...sortable('balance'),
        render: (_, { account }) =>
          account && (
            <Flash value={account.balance}>
              <Money amount={account.balance} />
            </Flash>
          ),
      },
      {
        title: t('table.relay'),
        key: 'relay',
        width: room === 'little' ? 66 : 84,
        render: (_, row) => (
          <Flash value={`${row.relay} ${row.relayCommand}`}>
            <RelayTag relay={row.relay} command={row.relayCommand} />
          </Flash>
        ),
      },
    ]
    const field: Columns = [
      { title: t('table.command'), key: 'command', width: 118, render: (_, row) => <Signs row={row} /> },
      { title: t('table.age'), width: 104, ...sortable('reading'), render: (_, row) => <ReadAge row={row} /> },
      {
        title: t('table.power'),
        align: 'right',
        width: 106,
        className: 'number',
        ...sortable('power'),
        render: (_, { powerMilliwatts }) => powerMilliwatts && kilowatts(powerMilliwatts),
      },
    ]
    const rest: Columns = [
      {
        title: t('table.reading'),
        key: 'energy',
        align: 'right',
        width: 110,
        className: 'number',
        render: (_, { lastReading }) => lastReading && kilowattHours(lastReading.totalWh),
      },
      {
        title: t('table.gateway'),
        width: 92,
        ...sortable('gateway'),
        render: (_, { gateway }) => (
          <Tag color={gateway.online ? 'default' : 'red'}>
            {gateway.code}
            {!gateway.online && ` ${t('table.offline')}`}
          </Tag>
        ),
      },
    ]
    const action: Columns = [
      {
        title: <span className="unseen">{t('topUp.open')}</span>,
        key: 'pay',
        width: 76,
        render: (_, row) => pay !== null && <PayButton row={row} pay={pay} />,
      },
    ]
    if (room === 'little') return [...first, ...money]
    return [...usual, ...money, ...field, ...(room === 'all' ? rest : []), ...action]
  }, [pay, room, sorting, t])
}

const customerOf =
  (noAccount: string) =>
  (_: unknown, { account }: MeterRow) =>
    account === null ? <Tag>{noAccount}</Tag> : `${account.customerName} · ${account.number}`

const placeAndCustomer = (_: unknown, { place, account }: MeterRow) => (
  <>
    <strong>{place}</strong>
    <div className="small">{account?.customerName}</div>
  </>
)

const Signs = ({ row: { openCommand, keepPower, alarm } }: { readonly row: MeterRow }) => {
  const { t } = useTranslation()
  return (
    <>
      {openCommand && <CommandTag {...openCommand} />}
      {keepPower && <Tag color="blue">{t('keepPower')}</Tag>}
      {alarm && <Tag color="orange">{t('alarm')}</Tag>}
    </>
  )
}

const ReadAge = ({ row: { lastReading, failedReads } }: { readonly row: MeterRow }) => {
  const { t } = useTranslation()
  const { now } = useSite()
  if (failedReads > 0) return <Tag color="error">{t('table.failedReads', { count: failedReads })}</Tag>
  if (lastReading === null) return t('age.never')
  if (lastReading.quality === 'held') return <Tag color="warning">{t('table.held')}</Tag>
  const { unit, count } = ageOf(lastReading.at, now())
  return <span className="small">{t(`age.${unit}`, { count })}</span>
}

const PayButton = ({ row, pay }: { readonly row: MeterRow; readonly pay: (row: MeterRow) => void }) => {
  const { t } = useTranslation()
  if (row.account === null) return null
  return (
    <Button
      size="small"
      type={row.account.stage === 'normal' ? 'default' : 'primary'}
      tabIndex={-1}
      onClick={(event) => {
        event.stopPropagation()
        pay(row)
      }}
    >
      {t('topUp.open')}
    </Button>
  )
}
