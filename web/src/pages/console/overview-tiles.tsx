import { readOverview, type Overview } from '@xianfu/contract'
import { Link } from '@tanstack/react-router'
import { Skeleton } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { yuan } from '../../format/decimal.ts'
import { overviewKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { Flash } from '../../parts/flash.tsx'
import { Problem } from '../../parts/problem.tsx'
import { useSaying } from '../../words/saying.ts'
import type { Show } from './meter-list.ts'
import { PowerTile } from './power-tile.tsx'

type Choice = Readonly<{ show: Show; onShow: (show: Show) => void }>

/** The site in ten figures; those that count meters choose what the list shows. */
export const OverviewTiles = (choice: Choice) => {
  const { t } = useTranslation()
  const { data, error, again } = useRead(overviewKey, async () => call(readOverview))
  if (data === undefined)
    return (
      <div className="tiles-place">
        {error === null ? <Skeleton active title={false} /> : <Problem error={error} onRetry={again} />}
      </div>
    )
  const { meters, accounts, alarms, gateways, readsToday, paymentToPower } = data
  const reads = readsToday.good + readsToday.held + readsToday.failed
  const online = gateways.filter((gateway) => gateway.online).length
  return (
    <section className="tiles" aria-label={t('overview.label')}>
      <Tile
        {...choice}
        shows="all"
        name={t('overview.meters')}
        note={t('overview.metersNote', { open: meters.relayOpen, unknown: meters.relayUnknown })}
      >
        {meters.total}
      </Tile>
      <Tile {...choice} shows="cut-off" name={t('overview.cutOff')} tone={accounts.cutOff > 0 ? 'bad' : undefined}>
        {accounts.cutOff}
      </Tile>
      <Tile
        {...choice}
        shows="stop-notified"
        name={t('overview.stopNotified')}
        tone={accounts.stopNotified > 0 ? 'bad' : undefined}
      >
        {accounts.stopNotified}
      </Tile>
      <Tile {...choice} shows="warned" name={t('overview.warned')} tone={accounts.warned > 0 ? 'warn' : undefined}>
        {accounts.warned}
      </Tile>
      <Tile
        {...choice}
        shows={online < gateways.length ? 'offline' : 'silent'}
        name={t('overview.gateways')}
        note={meters.notAnswering > 0 ? t('overview.silentNote', { count: meters.notAnswering }) : undefined}
        tone={online < gateways.length || meters.notAnswering > 0 ? 'bad' : undefined}
      >
        {online}/{gateways.length}
      </Tile>
      <AlarmTile alarms={alarms} />
      <Tile
        {...choice}
        shows="held"
        name={t('overview.readsToday')}
        note={t('overview.readsTodayNote', readsToday)}
        tone={readsToday.held > 0 ? 'warn' : undefined}
      >
        {reads === 0 ? '—' : `${((readsToday.good / reads) * 100).toFixed(1)} %`}
      </Tile>
      <Tile name={t('overview.moneyInToday')}>
        <Flash value={data.moneyInToday}>{yuan(data.moneyInToday)}</Flash>
      </Tile>
      <Tile name={t('overview.chargedToday')}>{yuan(data.chargedToday)}</Tile>
      <PowerTile times={paymentToPower} />
    </section>
  )
}

/** Open alarms about the field, the gravest kinds by name; it leads to the list of what waits for a person. */
const AlarmTile = ({ alarms }: { readonly alarms: Overview['alarms'] }) => {
  const { t } = useTranslation()
  const say = useSaying()
  const open = alarms.reduce((sum, alarm) => sum + alarm.open, 0)
  const note = alarms.map(({ kind, open: count }) => t('alarms.note', { kind: say.workItem(kind), count })).join(' · ')
  const tone = alarms.some(({ severity }) => severity === 'critical') ? 'bad' : open > 0 ? 'warn' : ''
  return (
    <Link className="tile" to="/work" title={t('alarms.open')}>
      <span className="name">{t('alarms.tile')}</span>
      <span className={`figure ${tone}`}>{open}</span>
      <span className="note" title={note}>
        {note === '' ? t('alarms.none') : note}
      </span>
    </Link>
  )
}

type TileProps = Readonly<{
  name: string
  note?: string | undefined
  tone?: 'bad' | 'warn' | undefined
  shows?: Show
  show?: Show
  onShow?: (show: Show) => void
  children: ReactNode
}>

const Tile = ({ name, note, tone, shows, show, onShow, children }: TileProps) => {
  const { t } = useTranslation()
  const content = (
    <>
      <span className="name">{name}</span>
      <span className={`figure ${tone ?? ''}`}>{children}</span>
      <span className="note" title={note}>
        {note ?? ' '}
      </span>
    </>
  )
  if (shows === undefined || onShow === undefined) return <div className="tile">{content}</div>
  const label = t('overview.showThese', { name: t(`show.${shows}`) })
  return (
    <button
      type="button"
      className={show === shows ? 'tile chosen' : 'tile'}
      aria-pressed={show === shows}
      title={label}
      onClick={() => onShow(show === shows ? 'all' : shows)}
    >
      {content}
    </button>
  )
}
