import { readFeed, type FeedItem } from '@xianfu/contract'
import { Link } from '@tanstack/react-router'
import { Card, Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { yuan } from '../../format/decimal.ts'
import { formatInstant } from '../../format/time.ts'
import { feedKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { Problem } from '../../parts/problem.tsx'
import { useSaying } from '../../words/saying.ts'
import { feedTone } from './feed-tone.ts'

/** What has just happened, newest first: payments, relays that moved, notices. */
export const FeedPanel = () => {
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
}

const FeedLine = ({ item }: { readonly item: FeedItem }) => {
  const { system } = useSite()
  return (
    <li className={`happening ${feedTone(item)}`}>
      <time className="number">{formatInstant(item.at, system.timeZone, 'minute').slice(11)}</time>
      {item.meterId === null ? (
        <strong>{item.place}</strong>
      ) : (
        <Link to="/meters/$meterId" params={{ meterId: String(item.meterId) }}>
          {item.place}
        </Link>
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
    case 'notice':
      return t('feed.notice', { notice: say.notice(item.notice) })
  }
}
