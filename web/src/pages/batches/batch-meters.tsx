import type { BatchMeter } from '@xianfu/contract'
import { Table, Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { Money, StageTag } from '../../parts/states.tsx'
import { useSaying } from '../../words/saying.ts'
import { tablePages } from '../../parts/table-pages.ts'

const pageSize = 20

/** The meters that a batch would order, and why the others are left out. */
export const BatchMeters = ({ meters }: { readonly meters: readonly BatchMeter[] }) => {
  const { t } = useTranslation()
  const say = useSaying()
  return (
    <Table<BatchMeter>
      size="small"
      aria-label={t('batch.meters')}
      rowKey="meterId"
      dataSource={meters}
      pagination={tablePages(pageSize)}
      columns={[
        { title: t('table.place'), dataIndex: 'place', width: 110 },
        { title: t('table.customer'), render: (_, one) => one.customerName ?? t('table.noAccount') },
        {
          title: t('batch.balance'),
          align: 'right',
          width: 110,
          render: (_, { balance }) => balance !== null && <Money amount={balance} />,
        },
        { title: t('table.stage'), width: 110, render: (_, { stage }) => stage !== null && <StageTag stage={stage} /> },
        {
          title: t('batch.result'),
          render: (_, { skip }) =>
            skip === null ? <Tag color="blue">{t('itemState.waiting')}</Tag> : <span>{say.reason(skip)}</span>,
        },
      ]}
    />
  )
}
