import { listShifts, type Shift } from '@xianfu/contract'
import { Button, Modal, Table, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { yuan } from '../../format/decimal.ts'
import { formatInstant } from '../../format/time.ts'
import { shiftKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { Problem } from '../../parts/problem.tsx'
import { Money } from '../../parts/states.tsx'
import { isOff } from './counter-deeds.ts'
import { ShiftReport } from './shift-report.tsx'
import { ShiftTotals } from './shift-totals.tsx'
import { tablePages } from '../../parts/table-pages.ts'

const widthPx = 760
const pageSize = 10

/** Past shifts; each is opened to look at and printed again as it was closed. */
export const ShiftsDialog = ({ onClose }: { readonly onClose: () => void }) => {
  const { t } = useTranslation()
  const { system } = useSite()
  const [chosen, setChosen] = useState<Shift | null>(null)
  const { data, error, isPending, again } = useRead([...shiftKey, 'all'], async () => call(listShifts))
  return (
    <Modal
      open
      width={widthPx}
      title={t('counter.shift.past')}
      onCancel={onClose}
      footer={chosen === null ? null : <Button onClick={() => window.print()}>{t('counter.shift.print')}</Button>}
    >
      {error !== null && <Problem error={error} onRetry={again} />}
      <Table<Shift>
        size="small"
        aria-label={t('counter.shift.past')}
        rowKey="id"
        loading={isPending}
        dataSource={data?.shifts ?? []}
        pagination={tablePages(pageSize)}
        locale={{ emptyText: data === undefined ? ' ' : t('counter.shift.noPast') }}
        rowClassName={({ id }) => (id === chosen?.id ? 'row chosen' : 'row')}
        onRow={(shift) => ({ onClick: () => setChosen(shift) })}
        columns={[
          {
            title: t('counter.shift.since'),
            className: 'number',
            render: (_, { openedAt }) => formatInstant(openedAt, system.timeZone, 'minute'),
          },
          {
            title: t('counter.report.until'),
            className: 'number',
            render: (_, { closed }) =>
              closed === null ? (
                <Tag color="green">{t('counter.shift.running')}</Tag>
              ) : (
                formatInstant(closed.at, system.timeZone, 'minute')
              ),
          },
          { title: t('receipt.operator'), render: (_, { cashier }) => cashier },
          {
            title: t('counter.shift.line.expected'),
            className: 'number',
            align: 'right',
            render: (_, { expected }) => yuan(expected),
          },
          {
            title: t('counter.shift.difference'),
            align: 'right',
            render: (_, { closed }) =>
              closed === null || !isOff(closed.difference) ? '—' : <Money amount={closed.difference} signed />,
          },
          { title: t('counter.note'), render: (_, { closed }) => closed?.note ?? '' },
        ]}
      />
      {chosen !== null && (
        <>
          <ShiftTotals shift={chosen} />
          <ShiftReport shift={chosen} />
        </>
      )}
    </Modal>
  )
}
