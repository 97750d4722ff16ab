import { confirmDelivery, type Message } from '@xianfu/contract'
import { Button, Descriptions } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { formatInstant } from '../../format/time.ts'
import { messagesKey, workItemsKey } from '../../live/query-keys.ts'
import { DeedDialog, type Deed } from '../../parts/deed-dialog.tsx'
import { useSaying } from '../../words/saying.ts'
import { smsLength } from './message-list.ts'
import { StateTag } from './message-state.tsx'

/** A message as its reader sees it, and what became of it. */
export const PhonePreview = ({ message }: { readonly message: Message | undefined }) => {
  const { t } = useTranslation()
  const { system, operator } = useSite()
  const [deed, setDeed] = useState<Deed | null>(null)
  const say = useSaying()
  if (message === undefined) return <p className="small">{t('message.previewHint')}</p>
  const instant = (at: number): string => formatInstant(at, system.timeZone, 'second')
  const items = [
    [t('message.recipient'), message.recipient],
    [t('message.customer'), `${message.account.customerName} · ${message.account.number}`],
    [t('message.notice'), say.notice(message.notice)],
    [t('message.channel'), say.channel(message.channel)],
    [t('message.state'), <StateTag key="state" state={message.state} />],
    [t('message.created'), instant(message.at)],
    [t('message.sent'), message.sentAt === null ? '—' : instant(message.sentAt)],
    [t('message.receipt'), message.deliveredAt === null ? '—' : instant(message.deliveredAt)],
    ...(message.notBefore === null || message.sentAt !== null
      ? []
      : [[t('message.notBefore'), instant(message.notBefore)] as const]),
    ...(message.attempts > 1 ? [['', t('message.attempts', { count: message.attempts })] as const] : []),
  ] as const
  return (
    <>
      <div className="phone">
        <div className="speaker" />
        <div className="from">{message.recipient}</div>
        <p className="bubble">{message.text}</p>
        <div className="small">{t('message.length', smsLength(message.text))}</div>
      </div>
      <Descriptions
        size="small"
        column={1}
        items={items.map(([label, children], index) => ({ key: index, label, children }))}
      />
      {message.channel === 'visit' && message.deliveredAt === null && operator.permissions.includes('work') && (
        <Button
          size="small"
          onClick={() =>
            setDeed({
              title: t('stop.byHandTitle', { notice: say.notice(message.notice) }),
              ok: t('stop.byHand'),
              fields: [{ name: 'detail', label: t('stop.byHandDetail'), kind: 'text' }],
              send: async ({ detail = '' }) => call(confirmDelivery, { params: { id: message.id }, body: { detail } }),
              touches: [messagesKey, workItemsKey],
            })
          }
        >
          {t('stop.byHand')}
        </Button>
      )}
      {deed !== null && <DeedDialog deed={deed} onClose={() => setDeed(null)} />}
      {message.channel === 'outbox' && <p className="small">{t('message.outboxHint')}</p>}
    </>
  )
}
