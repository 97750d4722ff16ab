import { readFeed, type FeedItem } from '@xianfu/contract'
import { Card, Skeleton } from 'antd'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { yuan } from '../../format/decimal.ts'
import { dayOrClock } from '../../format/time.ts'
import { feedKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { MeterLink } from '../../parts/meter-link.tsx'
import { Problem } from '../../parts/problem.tsx'
import { useSaying } from '../../words/saying.ts'
import { feedTone } from './feed-tone.ts'

/** What has just happened, newest first: payments, relays that moved, notices. */
export const FeedPanel = memo(function FeedPanel() {
  const { t } = useTranslation()
  const { data, error, isPending, again } = useRead(feedKey, async () => call(readFeed))
  return (
    <Card size="small" title={t('feed.title')} className="feed">
      {error !== null && <Problem error={error} onRetry={again} />}
      {isPending && <Skeleton active title={false} />}
      {data?.items.length === 0 && <p className="small">{t('feed.empty')}</p>}
      <ol aria-live="off">
        {(data?.items ?? []).map((item) => (
          <FeedLine key={item.id} item={item} />
        ))}
      </ol>
    </Card>
  )
})

const FeedLine = ({ item }: { readonly item: FeedItem }) => {
  const { system, now } = useSite()
  return (
    <li className={`happening ${feedTone(item)}`}>
      <time className="number">{dayOrClock(item.at, now(), system.timeZone)}</time>
      {item.meterId === null ? (
        <strong>{item.place}</strong>
      ) : (
        <MeterLink meterId={item.meterId}>{item.place}</MeterLink>
      )}
      <span className="what">
        <What item={item} />
      </span>
    </li>
  )
}

const What = ({ item }: { readonly item: FeedItem }) => {
  const { t } = useTranslation()
  const say = useSaying()
  switch (item.kind) {
    case 'payment':
      return t('feed.payment', { amount: yuan(item.amount), balance: yuan(item.balance) })
    case 'command':
      return t(`feed.outcome.${item.outcome}`, { command: t(`command.${item.command}`) })
    case 'alarm':
      return item.over
        ? t('alarms.over', { alarm: say.workItem(item.alarm) })
        : t('alarms.feed', { alarm: say.workItem(item.alarm) })
    case 'notice':
      return t('feed.notice', { notice: say.notice(item.notice) })
  }
}
