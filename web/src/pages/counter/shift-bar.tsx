import { readShift, type Shift } from '@xianfu/contract'
import { Button, Skeleton } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { yuan } from '../../format/decimal.ts'
import { formatInstant } from '../../format/time.ts'
import { useKeys } from '../../keys/use-keys.ts'
import { shiftKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { Problem } from '../../parts/problem.tsx'
import { CloseShiftDialog, OpenShiftDialog } from './shift-dialogs.tsx'
import { ShiftsDialog } from './shifts-dialog.tsx'

/** Others may move cash in this drawer by approving what was asked; it is looked at now and then. */
const lookEveryMs = 30_000

/** The cashier's own shift: since when, by what means how much, what the drawer must hold; and its beginning and end. */
export const ShiftBar = () => {
  const { t } = useTranslation()
  const [dialog, setDialog] = useState<'open' | 'close' | 'past' | null>(null)
  const { data, error, again } = useRead([...shiftKey, 'own'], async () => call(readShift), {
    refetchInterval: lookEveryMs,
  })
  const shift = data?.shift ?? null
  // As it stood when the dialog was opened it closes on its own terms; it goes on until it is put away.
  useKeys('counter', {
    shift: () => data !== undefined && dialog === null && setDialog(shift === null ? 'open' : 'close'),
  })
  const close = (): void => setDialog(null)
  return (
    <section className="shift" aria-label={t('counter.shift.label')}>
      {error !== null && <Problem error={error} onRetry={again} />}
      {data === undefined ? (
        <Skeleton.Button active size="small" />
      ) : (
        <>
          {shift === null ? (
            <span className="none">{t('counter.shift.none', { drawer: yuan(data.drawer) })}</span>
          ) : (
            <Running shift={shift} />
          )}
          <span className="space" />
          <Button
            type={shift === null ? 'primary' : 'default'}
            aria-keyshortcuts="o"
            onClick={() => setDialog(shift === null ? 'open' : 'close')}
          >
            {shift === null ? t('counter.shift.open') : t('counter.shift.close')} <kbd>O</kbd>
          </Button>
        </>
      )}
      <Button onClick={() => setDialog('past')}>{t('counter.shift.past')}</Button>
      {dialog === 'open' && data !== undefined && <OpenShiftDialog drawer={data.drawer} onClose={close} />}
      {dialog === 'close' && <CloseShiftDialog running={shift} onClose={close} />}
      {dialog === 'past' && <ShiftsDialog onClose={close} />}
    </section>
  )
}

const Running = ({ shift }: { readonly shift: Shift }) => {
  const { t } = useTranslation()
  const { system } = useSite()
  return (
    <dl>
      <div>
        <dt>{t('counter.shift.since')}</dt>
        <dd className="number">{formatInstant(shift.openedAt, system.timeZone, 'short')}</dd>
      </div>
      {shift.totals.map(({ means, net, payments }) => (
        <div key={means}>
          <dt>
            {t(`channel.${means}`)} {t('counter.shift.count', { count: payments })}
          </dt>
          <dd className="number">{yuan(net)}</dd>
        </div>
      ))}
      <div>
        <dt>{t('counter.shift.inDrawer')}</dt>
        <dd className="number strong">{yuan(shift.expected)}</dd>
      </div>
    </dl>
  )
}
