import type { AccountFile, AccountOperation } from '@xianfu/contract'
import { Button, Space, Table, Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { useSite } from '../../app/site.ts'
import { yuan } from '../../format/decimal.ts'
import { formatInstant } from '../../format/time.ts'
import { useSaying } from '../../words/saying.ts'
import { lineDeedsOf, type LineDeedName } from './counter-deeds.ts'
import { tablePages } from '../../parts/table-pages.ts'

type Props = Readonly<{
  file: AccountFile
  /** Null for who may only look. */
  onAsk: ((name: LineDeedName, line: AccountOperation) => void) | null
}>

const pageSize = 12

/** The newest business of an account, and what can still be done about each line. */
export const OperationsTable = ({ file, onAsk }: Props) => {
  const { t } = useTranslation()
  const say = useSaying()
  const { system } = useSite()
  const waiting = file.requests.filter(({ state }) => state === 'waiting' || state === 'approved')
  return (
    <>
      {waiting.map(({ id, kind, at, requestedBy }) => (
        <p key={id} className="small">
          <Tag color="gold">{t('counter.waiting')}</Tag>
          {say.operation(kind)} · {requestedBy.name} · {formatInstant(at, system.timeZone, 'short')}
        </p>
      ))}
      <Table<AccountOperation>
        size="small"
        aria-label={t('counter.operations')}
        rowKey="id"
        dataSource={file.operations}
        pagination={tablePages(pageSize)}
        locale={{ emptyText: t('counter.noOperations') }}
        rowClassName={({ reversedBy }) => (reversedBy === null ? '' : 'undone')}
        columns={[
          {
            title: t('counter.at'),
            className: 'number',
            width: 105,
            render: (_, { at }) => formatInstant(at, system.timeZone, 'short'),
          },
          {
            title: t('counter.what'),
            render: (_, { kind, reason, to, reversedBy, unpaid }) => (
              <>
                {say.operation(kind)} {to !== null && `→ ${to.number} ${to.customer}`}{' '}
                {reversedBy !== null && <Tag>{t('counter.reversed')}</Tag>}
                {unpaid && <Tag color="orange">{t('counter.unpaid')}</Tag>}
                {reason !== '' && <span className="small">{reason}</span>}
              </>
            ),
          },
          {
            title: t('counter.amount'),
            className: 'number',
            align: 'right',
            width: 100,
            render: (_, { amount }) => (amount === null ? '—' : yuan(amount)),
          },
          {
            title: t('counter.by'),
            width: 130,
            render: (_, { means, by }) => (
              <>
                {means !== null && say.channel(means)} <span className="small">{by ?? ''}</span>
              </>
            ),
          },
          {
            width: 150,
            render: (_, line) =>
              onAsk === null ? null : (
                <Space size={4}>
                  {lineDeedsOf(line).map((name) => (
                    <Button key={name} size="small" onClick={() => onAsk(name, line)}>
                      {t(`counter.lineDeed.${name}`)}
                    </Button>
                  ))}
                </Space>
              ),
          },
        ]}
      />
    </>
  )
}
