import { foreseeTrip } from '@xianfu/contract'
import { Link } from '@tanstack/react-router'
import { Alert } from 'antd'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { yuan } from '../../format/decimal.ts'
import { foreseenKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { useSaying } from '../../words/saying.ts'

type Props = Readonly<{ meterId: number; onLeave: () => void }>

/** Before a trip is ordered: whether it would be withdrawn or refused, why, and what to do instead. */
export const TripForeseen = ({ meterId, onLeave }: Props) => {
  const { t } = useTranslation()
  const saying = useSaying()
  const { data, error } = useRead(foreseenKey(meterId), async () => call(foreseeTrip, { params: { id: meterId } }))
  if (error !== null) return <Alert className="foreseen" type="info" showIcon title={t('foreseen.unknown')} />
  if (data === undefined || data.outcome === 'goes') return null
  const reasons = saying.reasons(data.because)
  const balance = data.balance === null ? '—' : yuan(data.balance)
  const isRefused = data.outcome === 'refused'
  return (
    <Alert
      className="foreseen"
      type="warning"
      showIcon
      role="alert"
      style={{ marginBottom: 12 }}
      title={isRefused ? t('foreseen.refused') : t('foreseen.takenBack')}
      description={
        isRefused ? (
          <>
            <p>{t('foreseen.refusedWhy', { reasons })}</p>
            <p>{t('foreseen.refusedDo')}</p>
          </>
        ) : (
          <>
            <p>{t('foreseen.takenBackWhy', { reasons, balance })}</p>
            <p>
              {t('foreseen.takenBackDo')}{' '}
              <Link to="/batches" search={{}} onClick={onLeave}>
                {t('foreseen.batch')}
              </Link>
            </p>
          </>
        )
      }
    />
  )
}
