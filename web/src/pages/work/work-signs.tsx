import { useTranslation } from 'react-i18next'
import { useSite } from '../../app/site.ts'
import { formatInstant } from '../../format/time.ts'
import { useSaying } from '../../words/saying.ts'
import type { Signs } from './work-list.ts'

/** The evidence behind an alarm, the newest first. */
export const WorkSigns = ({ signs }: { readonly signs: Signs }) => {
  const { t } = useTranslation()
  const { system } = useSite()
  const say = useSaying()
  return (
    <ol className="signs">
      {signs.list.map(({ event, kind, phase, at }) => (
        <li key={event}>
          <span className="number">{formatInstant(at, system.timeZone, 'short')}</span> {say.meterEvent(kind)}
          {phase !== null && <span className="small"> {t(`event.phase.${phase}`)}</span>}
        </li>
      ))}
      {signs.total > signs.list.length && <li className="small">{t('event.signsOf', { count: signs.total })}</li>}
    </ol>
  )
}
