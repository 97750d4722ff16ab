import type { Shift } from '@xianfu/contract'
import { createPortal } from 'react-dom'
import { useTranslation } from 'react-i18next'
import { useSite } from '../../app/site.ts'
import { microOf, yuan } from '../../format/decimal.ts'
import { formatInstant } from '../../format/time.ts'
import { shiftLines } from './shift-lines.ts'

/** The report of a shift (日结单) on the slip of receipts, seen on paper only; the figures are those of its closing. */
export const ShiftReport = ({ shift }: { readonly shift: Shift }) => {
  const { t } = useTranslation()
  const { system } = useSite()
  const { closed } = shift
  const instant = (at: number): string => formatInstant(at, system.timeZone, 'second')
  const lines = [
    [t('counter.report.number'), shift.id],
    [t('receipt.operator'), shift.cashier],
    [t('counter.shift.since'), instant(shift.openedAt)],
    ...(closed === null ? [] : [[t('counter.report.until'), instant(closed.at)]]),
    ...shift.totals.flatMap(({ means, payments, taken, refunds, refunded, reversed, net }) => [
      [t(`channel.${means}`), t('counter.report.line', { payments, taken: yuan(taken) })],
      ...(refunds === 0 ? [] : [[t('counter.shift.refunded'), `${String(refunds)} × −${yuan(refunded)}`]]),
      ...(microOf(reversed) === 0n ? [] : [[t('counter.shift.reversed'), yuan(reversed)]]),
      [t('counter.shift.net'), yuan(net)],
    ]),
    ...shiftLines(shift).map(({ name, amount }) => [t(`counter.shift.line.${name}`), yuan(amount)]),
    ...(closed === null || closed.note === '' ? [] : [[t('counter.note'), closed.note]]),
  ]
  return createPortal(
    <div className="receipt" aria-hidden>
      <h1>{system.name}</h1>
      <h2>{t('counter.report.title')}</h2>
      {system.demonstration && <p>{t('receipt.demonstration')}</p>}
      <dl>
        {lines.map(([name, value], index) => (
          // Names come again with each means of payment.
          <div key={`${String(index)} ${name ?? ''}`}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p>{t('counter.report.sign')}</p>
    </div>,
    document.body,
  )
}
