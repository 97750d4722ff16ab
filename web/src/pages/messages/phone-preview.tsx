import type { Message } from '@xianfu/contract'
import { Descriptions } from 'antd'
import { useTranslation } from 'react-i18next'
import { useSite } from '../../app/site.ts'
import { formatInstant } from '../../format/time.ts'
import { useSaying } from '../../words/saying.ts'
import { smsLength } from './message-list.ts'
import { StateTag } from './message-state.tsx'

/** A message as its reader sees it, and what became of it. */
export const PhonePreview = ({ message }: { readonly message: Message | undefined }) => {
  const { t } = useTranslation()
  const { system } = useSite()
  const say = useSaying()
  if (message === undefined) return <aside className="preview small">{t('message.previewHint')}</aside>
  const instant = (at: number): string => formatInstant(at, system.timeZone, 'second')
  const items = [
    [t('message.recipient'), message.recipient],
    [t('message.customer'), `${message.account.customerName} · ${message.account.number}`],
    [t('message.notice'), say.notice(message.notice)],
    [t('message.channel'), say.channel(message.channel)],
    [t('message.state'), <StateTag key="state" state={message.state} />],
    [t('message.created'), instant(message.at)],
    [t('message.sent'), message.sentAt === null ? '—' : instant(message.sentAt)],
    ...(message.attempts > 1 ? [['', t('message.attempts', { count: message.attempts })] as const] : []),
  ] as const
  return (
    <aside className="preview" aria-label={t('message.preview')}>
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
      {message.channel === 'outbox' && <p className="small">{t('message.outboxHint')}</p>}
    </aside>
  )
}
