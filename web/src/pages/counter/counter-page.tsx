import { findAccounts, type FoundAccount } from '@xianfu/contract'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Table, Tag, type InputRef } from 'antd'
import { useDeferredValue, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { useKeys } from '../../keys/use-keys.ts'
import { foundKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { Problem } from '../../parts/problem.tsx'
import { SearchField } from '../../parts/search-field.tsx'
import { Money } from '../../parts/states.tsx'
import { stepTo } from '../../parts/row-list/row-step.ts'
import { AccountPanel } from './account-panel.tsx'
import { OpenAccountDialog } from './open-account-dialog.tsx'
import { ReconcileDialog } from './reconcile-dialog.tsx'
import { RequestList } from './request-list.tsx'
import { ShiftBar } from './shift-bar.tsx'
import './counter.css'

const nobody = { accounts: [], more: false }

/** The cashier's page: the shift, a customer, and all that is done with their money. */
export const CounterPage = () => {
  const { t } = useTranslation()
  const { operator } = useSite()
  const navigate = useNavigate()
  const { account = null } = useSearch({ from: '/counter' })
  const [typed, setTyped] = useState('')
  const [opening, setOpening] = useState(false)
  const [reconciling, setReconciling] = useState(false)
  const field = useRef<InputRef>(null)
  const text = useDeferredValue(typed.trim())
  const { data, error, again } = useRead(foundKey(text), async () =>
    text === '' ? nobody : call(findAccounts, { query: { q: text } }),
  )
  const found: readonly FoundAccount[] = data?.accounts ?? []
  const ids = found.map(({ id }) => id)
  const choose = (next: number | null): void => {
    if (next !== null) void navigate({ to: '/counter', search: { account: next }, replace: true })
  }
  useEffect(() => field.current?.focus(), [])
  useKeys('counter', {
    search: () => field.current?.focus({ cursor: 'all' }),
    next: () => choose(stepTo(ids, account, 1)),
    previous: () => choose(stepTo(ids, account, -1)),
    open: () => {
      if (account === null || !ids.includes(account)) choose(ids[0] ?? null)
      // From here on letters are keys.
      field.current?.blur()
    },
    clear: () => {
      setTyped('')
      field.current?.focus()
    },
  })
  const maySign = operator.permissions.includes('sign')
  return (
    <div className="counter">
      <h1 className="unseen">{t('nav.counter')}</h1>
      {operator.permissions.includes('top-up') && <ShiftBar />}
      <section>
        <div className="filters">
          <SearchField field={field} hint={t('counter.search')} value={typed} onChange={setTyped} />
          {maySign && <Button onClick={() => setOpening(true)}>{t('counter.open.title')}</Button>}
          {operator.permissions.includes('refund') && (
            <Button onClick={() => setReconciling(true)}>{t('counter.reconcile.title')}</Button>
          )}
        </div>
        {error !== null && <Problem error={error} onRetry={again} />}
        {text !== '' && (
          <Table<FoundAccount>
            size="small"
            aria-label={t('counter.found')}
            rowKey="id"
            showHeader={false}
            pagination={false}
            dataSource={found}
            locale={{ emptyText: data === undefined ? ' ' : t('counter.nobody') }}
            footer={data?.more === true ? () => t('counter.more') : undefined}
            rowClassName={({ id }) => (id === account ? 'row chosen' : 'row')}
            onRow={({ id }) => ({ onClick: () => choose(id), 'aria-selected': id === account })}
            columns={[
              { render: (_, { number }) => number, className: 'number' },
              {
                render: (_, { customer, places, phone }) => (
                  <>
                    {customer} <span className="small">{[...places, phone].join(' · ')}</span>
                  </>
                ),
              },
              {
                align: 'right',
                render: (_, { closed, balance }) =>
                  closed ? <Tag>{t('counter.closed')}</Tag> : <Money amount={balance} />,
              },
            ]}
          />
        )}
        <RequestList />
      </section>
      <section className="file">
        {account === null ? (
          <p className="small">{t('counter.pick')}</p>
        ) : (
          <AccountPanel key={account} accountId={account} />
        )}
      </section>
      {reconciling && <ReconcileDialog onClose={() => setReconciling(false)} />}
      {opening && (
        <OpenAccountDialog
          onClose={() => setOpening(false)}
          onOpened={(made) => {
            setOpening(false)
            choose(made)
          }}
        />
      )}
    </div>
  )
}
