import { listDifferences, resolveDifference, type Difference } from '@xianfu/contract'
import { Button, Space, Table } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { yuan } from '../../format/decimal.ts'
import { differencesKey, workItemsKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { DeedDialog } from '../../parts/deed-dialog.tsx'
import { Problem } from '../../parts/problem.tsx'
import { useSaying } from '../../words/saying.ts'
import { tablePages } from '../../parts/table-pages.ts'

type Settling = Readonly<{ difference: Difference; state: 'explained' | 'corrected' }>

const pageSize = 10

/** Differences with payment channels that nobody has explained or put right yet. */
export const DifferenceTable = () => {
  const { t } = useTranslation()
  const say = useSaying()
  const [settling, setSettling] = useState<Settling | null>(null)
  const { data, error, isPending, again } = useRead(differencesKey, async () => call(listDifferences))
  const money = (amount: string | null): string => (amount === null ? '—' : yuan(amount))
  return (
    <>
      {error !== null && <Problem error={error} onRetry={again} />}
      <Table<Difference>
        size="small"
        aria-label={t('counter.reconcile.open')}
        rowKey="id"
        loading={isPending}
        dataSource={data?.differences ?? []}
        pagination={tablePages(pageSize)}
        locale={{ emptyText: data === undefined ? ' ' : t('counter.reconcile.none') }}
        columns={[
          { title: t('counter.reconcile.channel'), render: (_, { channel }) => say.channel(channel) },
          {
            title: t('counter.reconcile.difference'),
            render: (_, { kind, reference, account }) => (
              <>
                {t(`counter.reconcile.kind.${kind}`)}{' '}
                <span className="small">{[reference, ...(account === null ? [] : [account])].join(' · ')}</span>
              </>
            ),
          },
          {
            title: t('counter.reconcile.ours'),
            className: 'number',
            align: 'right',
            render: (_, { ours }) => money(ours),
          },
          {
            title: t('counter.reconcile.theirs'),
            className: 'number',
            align: 'right',
            render: (_, { theirs }) => money(theirs),
          },
          {
            render: (_, difference) => (
              <Space size={4}>
                {(['explained', 'corrected'] as const).map((state) => (
                  <Button key={state} size="small" onClick={() => setSettling({ difference, state })}>
                    {t(`counter.reconcile.state.${state}`)}
                  </Button>
                ))}
              </Space>
            ),
          },
        ]}
      />
      {settling !== null && (
        <DeedDialog
          deed={{
            title: `${t(`counter.reconcile.state.${settling.state}`)} · ${settling.difference.reference}`,
            ok: t(`counter.reconcile.state.${settling.state}`),
            fields: [{ name: 'reason', label: t('counter.reason'), kind: 'text' }],
            send: async ({ reason = '' }) =>
              call(resolveDifference, {
                params: { id: settling.difference.id },
                body: { state: settling.state, reason: reason.trim() },
              }),
            touches: [differencesKey, workItemsKey],
          }}
          onClose={() => setSettling(null)}
        />
      )}
    </>
  )
}
