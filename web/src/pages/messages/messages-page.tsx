import { listMessages, type Message } from '@xianfu/contract'
import { Select, Table, Tag, type InputRef } from 'antd'
import { useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { formatInstant } from '../../format/time.ts'
import { useKeys } from '../../keys/use-keys.ts'
import { messagesKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { Problem } from '../../parts/problem.tsx'
import { SearchField } from '../../parts/search-field.tsx'
import { useSaying } from '../../words/saying.ts'
import { stepTo } from '../console/meter-list.ts'
import { everyMessage, filterMessages, noticesIn, type MessageFilter } from './message-list.ts'
import { messageStates, StateTag } from './message-state.tsx'
import { PhonePreview } from './phone-preview.tsx'
import './messages.css'

const noMessages: readonly Message[] = []
/** As many as the server gives. */
const mostGiven = 200
const pageSize = 50

/** The outbox: what was told to whom, and how it looks on the telephone. */
export const MessagesPage = () => {
  const { t } = useTranslation()
  const { system } = useSite()
  const say = useSaying()
  const [filter, setFilter] = useState<MessageFilter>(everyMessage)
  const [chosen, setChosen] = useState<number | null>(null)
  const field = useRef<InputRef>(null)
  const { data, error, isPending, again } = useRead(messagesKey, async () => call(listMessages))
  const all = data?.messages ?? noMessages
  const shown = useMemo(() => filterMessages(all, filter), [all, filter])
  const chosenMessage = shown.find(({ id }) => id === chosen) ?? shown[0]
  const step = (count: number): void =>
    setChosen(
      stepTo(
        shown.map(({ id }) => id),
        chosenMessage?.id ?? null,
        count,
      ),
    )
  useKeys('messages', {
    search: () => field.current?.focus({ cursor: 'all' }),
    next: () => step(1),
    previous: () => step(-1),
    clear: () => {
      setFilter(everyMessage)
      field.current?.blur()
    },
  })
  return (
    <div className="messages">
      <h1 className="unseen">{t('nav.messages')}</h1>
      <div className="filters">
        <SearchField
          field={field}
          hint={t('message.search')}
          value={filter.search}
          onChange={(search) => setFilter({ ...filter, search })}
        />
        <Select
          className="choice"
          aria-label={t('message.notice')}
          value={filter.notice}
          onChange={(notice) => setFilter({ ...filter, notice })}
          options={[
            { value: null, label: t('message.allNotices') },
            ...noticesIn(all).map((value) => ({ value, label: say.notice(value) })),
          ]}
        />
        <Select
          className="choice"
          aria-label={t('message.state')}
          value={filter.state}
          onChange={(state) => setFilter({ ...filter, state })}
          options={[
            { value: null, label: t('message.allStates') },
            ...messageStates.map((value) => ({ value, label: t(`messageState.${value}`) })),
          ]}
        />
        <span className="count" role="status">
          {t('message.count', { shown: shown.length, total: all.length })}
          {all.length === mostGiven && ` · ${t('message.last', { count: mostGiven })}`}
        </span>
      </div>
      {error !== null && <Problem error={error} onRetry={again} />}
      <div className="two">
        <Table<Message>
          size="small"
          aria-label={t('message.label')}
          rowKey="id"
          loading={isPending}
          dataSource={shown}
          pagination={{ defaultPageSize: pageSize, hideOnSinglePage: true, size: 'small' }}
          locale={{
            emptyText: data === undefined ? ' ' : all.length === 0 ? t('message.empty') : t('message.emptyFilter'),
          }}
          rowClassName={({ id }) => (id === chosenMessage?.id ? 'row chosen' : 'row')}
          onRow={({ id }) => ({ onClick: () => setChosen(id), 'aria-selected': id === chosenMessage?.id })}
          columns={[
            {
              title: t('message.at'),
              className: 'number',
              width: 100,
              render: (_, { at }) => formatInstant(at, system.timeZone, 'short'),
            },
            {
              title: t('message.customer'),
              width: 150,
              responsive: ['md'],
              render: (_, { account }) => `${account.customerName} · ${account.number}`,
            },
            {
              title: t('message.notice'),
              width: 110,
              render: (_, { notice }) => <Tag color={noticeColor[notice] ?? 'default'}>{say.notice(notice)}</Tag>,
            },
            { title: t('message.text'), dataIndex: 'text', ellipsis: true },
            {
              title: t('message.state'),
              width: 110,
              responsive: ['md'],
              render: (_, { state }) => <StateTag state={state} />,
            },
          ]}
        />
        <PhonePreview message={chosenMessage} />
      </div>
    </div>
  )
}

const noticeColor: Readonly<Record<string, string>> = Object.freeze({
  'warning-1': 'gold',
  'warning-2': 'orange',
  reminder: 'blue',
  'emergency-offer': 'orange',
  'pre-stop': 'volcano',
  'pre-stop-again': 'volcano',
  'authority-copy': 'purple',
  stopped: 'red',
  'reconnect-permitted': 'cyan',
  reconnected: 'green',
  failed: 'magenta',
})
