import { listMessages, type Message } from '@xianfu/contract'
import { Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { formatInstant } from '../../format/time.ts'
import { messagesKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { Choice } from '../../parts/row-list/choice.tsx'
import { oneOf } from '../../parts/row-list/list-search.ts'
import { RowList } from '../../parts/row-list/row-list.tsx'
import { useListAddress } from '../../parts/row-list/use-list-address.ts'
import { useRowList } from '../../parts/row-list/use-row-list.ts'
import { useSaying } from '../../words/saying.ts'
import { messageStates, noticesIn, selectMessages } from './message-list.ts'
import { StateTag } from './message-state.tsx'
import { PhonePreview } from './phone-preview.tsx'
import './messages.css'

const noMessages: readonly Message[] = []
/** As many as the server gives. */
const mostGiven = 200
const idOf = ({ id }: Message): string => String(id)

/** The outbox: what was told to whom, and how it looks on the telephone. */
export const MessagesPage = () => {
  const { t } = useTranslation()
  const { system } = useSite()
  const say = useSaying()
  const address = useListAddress<'notice' | 'state'>()
  const messages = useRead(messagesKey, async () => call(listMessages))
  const all = messages.data?.messages ?? noMessages
  const list = useRowList({ place: 'messages', address, rows: all, select: selectMessages, idOf })
  return (
    <div className="messages">
      <h1 className="unseen">{t('nav.messages')}</h1>
      <RowList<Message>
        list={list}
        read={messages}
        label={t('message.label')}
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
        hint={t('message.search')}
        filters={
          <>
            <Choice
              label={t('message.notice')}
              all={t('message.allNotices')}
              value={address.search.notice ?? null}
              onChange={(notice) => address.change({ notice })}
              options={noticesIn(all).map((value) => ({ value, label: say.notice(value) }))}
            />
            <Choice
              label={t('message.state')}
              all={t('message.allStates')}
              value={oneOf(messageStates, address.search.state)}
              onChange={(state) => address.change({ state })}
              options={messageStates.map((value) => ({ value, label: t(`messageState.${value}`) }))}
            />
          </>
        }
        count={
          <>
            {t('message.count', { shown: list.shown.length, total: all.length })}
            {all.length === mostGiven && ` · ${t('message.last', { count: mostGiven })}`}
          </>
        }
        empty={t('message.empty')}
        emptyFilter={t('message.emptyFilter')}
        detail={<PhonePreview message={list.chosen} />}
        detailLabel={t('message.preview')}
      />
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
