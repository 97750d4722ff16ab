import type { Shift, ShiftTotal } from '@xianfu/contract'
import { Table } from 'antd'
import { useTranslation } from 'react-i18next'
import { microOf, yuan } from '../../format/decimal.ts'
import { shiftLines } from './shift-lines.ts'

/** What a shift came to, by means, and how the cash adds up. */
export const ShiftTotals = ({ shift }: { readonly shift: Shift }) => {
  const { t } = useTranslation()
  const money = (name: 'taken' | 'refunded' | 'reversed' | 'net', title: string) => ({
    title,
    className: 'number',
    align: 'right' as const,
    render: (_: unknown, total: ShiftTotal) => (microOf(total[name]) === 0n ? '—' : yuan(total[name])),
  })
  return (
    <>
      <Table<ShiftTotal>
        size="small"
        aria-label={t('counter.shift.totals')}
        rowKey="means"
        pagination={false}
        dataSource={shift.totals}
        locale={{ emptyText: t('counter.shift.nothing') }}
        columns={[
          { title: t('counter.means'), render: (_, { means }) => t(`channel.${means}`) },
          { title: t('counter.shift.payments'), align: 'right', render: (_, { payments }) => payments },
          money('taken', t('counter.shift.taken')),
          money('refunded', t('counter.shift.refunded')),
          money('reversed', t('counter.shift.reversed')),
          money('net', t('counter.shift.net')),
        ]}
      />
      <dl className="shift-cash">
        {shiftLines(shift).map(({ name, amount }) => (
          <div key={name}>
            <dt>{t(`counter.shift.line.${name}`)}</dt>
            <dd className="number">{yuan(amount)}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}
