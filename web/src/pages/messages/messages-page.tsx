import { listMessages, type Message } from '@xianfu/contract'
import { useQuery } from '@tanstack/react-query'
import { Input, Table, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { formatInstant } from '../../format/time.ts'
import { messagesKey } from '../../live/query-keys.ts'
import type { Words } from '../../words/zh.ts'

const stateColor = { queued: 'processing', shown: 'success', failed: 'error' } as const

/** The outbox: what was told to whom. */
export const MessagesPage = () => {
  const { t } = useTranslation()
  const { system } = useSite()
  const [search, setSearch] = useState('')
  const { data, isPending } = useQuery({ queryKey: messagesKey, queryFn: async () => call(listMessages) })
  const shown = (data?.messages ?? []).filter(
    ({ account, text }) => account.number.includes(search) || text.includes(search),
  )
  return (
    <>
      <Input
        allowClear
        style={{ width: 280, marginBottom: 8 }}
        placeholder={t('message.search')}
        value={search}
        onChange={({ target }) => setSearch(target.value)}
      />
      <Table<Message>
        size="small"
        rowKey="id"
        loading={isPending}
        dataSource={shown}
        pagination={{ defaultPageSize: 50, hideOnSinglePage: true }}
        locale={{ emptyText: t('message.empty') }}
        columns={[
          {
            title: t('message.at'),
            className: 'number',
            render: (_, { at }) => formatInstant(at, system.timeZone, 'short'),
          },
          { title: t('message.account'), render: (_, { account }) => account.number },
          { title: t('message.notice'), render: (_, { notice }) => t(`notice.${notice as keyof Words['notice']}`) },
          { title: t('message.recipient'), dataIndex: 'recipient' },
          { title: t('message.text'), dataIndex: 'text' },
          { title: t('message.channel'), dataIndex: 'channel' },
          {
            title: t('message.state'),
            render: (_, { state }) => <Tag color={stateColor[state]}>{t(`messageState.${state}`)}</Tag>,
          },
        ]}
      />
    </>
  )
}
