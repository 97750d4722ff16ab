import type { Overview } from '@xianfu/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { secondsText } from '../../format/time.ts'
import { PowerDialog } from './power-dialog.tsx'

/** From the payment to power: the middle case, and how bad it gets; opens the cases. */
export const PowerTile = ({ times }: { readonly times: Overview['paymentToPower'] }) => {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const { p50Ms, p95Ms, p99Ms, running, late } = times
  const note =
    running > 0
      ? t('overview.restoring', { count: running })
      : late > 0
        ? t('overview.restoredLate', { count: late })
        : p95Ms === null || p99Ms === null
          ? ' '
          : t('overview.paymentToPowerNote', { p95: secondsText(p95Ms), p99: secondsText(p99Ms) })
  const tone = late > 0 ? 'bad' : running > 0 ? 'warn' : ''
  return (
    <>
      <button type="button" className="tile" title={t('power.open')} onClick={() => setOpen(true)}>
        <span className="name">{t('overview.paymentToPower')}</span>
        <span className={`figure ${tone}`}>
          {p50Ms === null ? '—' : `${secondsText(p50Ms)} ${t('overview.seconds')}`}
        </span>
        <span className="note" title={note}>
          {note}
        </span>
      </button>
      {open && <PowerDialog onClose={() => setOpen(false)} />}
    </>
  )
}
