import { readOverview } from '@xianfu/contract'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { yuan } from '../../format/decimal.ts'
import { secondsText } from '../../format/time.ts'
import { overviewKey } from '../../live/query-keys.ts'

export const OverviewTiles = () => {
  const { t } = useTranslation()
  const { data } = useQuery({ queryKey: overviewKey, queryFn: async () => call(readOverview) })
  if (data === undefined) return null
  const { meters, accounts, gateways, readsToday, paymentToPower } = data
  const reads = readsToday.good + readsToday.held + readsToday.failed
  return (
    <section className="tiles" aria-label={t('overview.label')}>
      <Tile
        name={t('overview.meters')}
        note={meters.relayUnknown > 0 ? t('overview.relayUnknown', { count: meters.relayUnknown }) : null}
      >
        {meters.total}
      </Tile>
      <Tile name={t('overview.relayOpen')}>{meters.relayOpen}</Tile>
      <Tile name={t('overview.warned')}>{accounts.warned}</Tile>
      <Tile name={t('overview.stopNotified')}>{accounts.stopNotified}</Tile>
      <Tile name={t('overview.cutOff')}>{accounts.cutOff}</Tile>
      <Tile
        name={t('overview.gateways')}
        note={meters.notAnswering > 0 ? `${t('overview.notAnswering')} ${String(meters.notAnswering)}` : null}
      >
        {gateways.filter(({ online }) => online).length}/{gateways.length}
      </Tile>
      <Tile name={t('overview.readsToday')} note={t('overview.readsTodayNote', readsToday)}>
        {reads === 0 ? '—' : `${((readsToday.good / reads) * 100).toFixed(1)} %`}
      </Tile>
      <Tile name={t('overview.moneyInToday')}>{yuan(data.moneyInToday)}</Tile>
      <Tile name={t('overview.chargedToday')}>{yuan(data.chargedToday)}</Tile>
      <Tile
        name={t('overview.paymentToPower')}
        note={
          paymentToPower.worstMs === null
            ? null
            : t('overview.paymentToPowerNote', {
                worst: secondsText(paymentToPower.worstMs),
                count: paymentToPower.count,
              })
        }
      >
        {paymentToPower.p50Ms === null ? '—' : `${secondsText(paymentToPower.p50Ms)} ${t('overview.seconds')}`}
      </Tile>
    </section>
  )
}

const Tile = ({
  name,
  note,
  children,
}: {
  readonly name: string
  readonly note?: string | null
  readonly children: ReactNode
}) => (
  <div className="tile">
    <div className="name">{name}</div>
    <div className="figure">{children}</div>
    {note !== undefined && note !== null && <div className="note">{note}</div>}
  </div>
)
