import { listEntries, type AccountEntry } from '@xianfu/contract'
import { Card, Table, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { kilowattHours } from '../../format/decimal.ts'
import { formatInstant } from '../../format/time.ts'
import { entriesKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { Problem } from '../../parts/problem.tsx'
import { Money } from '../../parts/states.tsx'
import { useSaying } from '../../words/saying.ts'
import { panelPages } from '../../parts/table-pages.ts'

const rowsShown = 10

/** What moved the balance, newest first. */
export const EntriesPanel = ({ accountId }: { readonly accountId: number }) => {
  const { t } = useTranslation()
  const { system } = useSite()
  const say = useSaying()
  const { data, error, isPending, again } = useRead(entriesKey(accountId), async () =>
    call(listEntries, { params: { id: accountId } }),
  )
  if (data === undefined && error !== null) return <Problem error={error} onRetry={again} />
  return (
    <Card size="small" title={t('entry.title')} className="entries">
      <Table<AccountEntry>
        size="small"
        rowKey="id"
        loading={isPending}
        dataSource={data?.entries ?? []}
        rowClassName={({ kind }) => kind}
        pagination={panelPages(rowsShown)}
        locale={{ emptyText: data === undefined ? ' ' : t('entry.empty') }}
        columns={[
          {
            title: t('entry.at'),
            className: 'number',
            render: (_, { at }) => formatInstant(at, system.timeZone, 'short'),
          },
          {
            title: t('entry.kind'),
            render: (_, { kind, text, usedWh }) => (
              <Tooltip title={say.channel(text)}>
                {t(`entry.kinds.${kind}`)}
                {usedWh !== null && (
                  <span className="small"> {t('entry.used', { energy: kilowattHours(usedWh) })}</span>
                )}
              </Tooltip>
            ),
          },
          { title: t('entry.amount'), align: 'right', render: (_, { amount }) => <Money amount={amount} signed /> },
          { title: t('entry.balance'), align: 'right', render: (_, { balance }) => <Money amount={balance} /> },
        ]}
      />
    </Card>
  )
}
