import type { MeterRow } from '@xianfu/contract'
import { createPortal } from 'react-dom'
import { useTranslation } from 'react-i18next'
import { useSite } from '../app/site.ts'
import { capitalYuan } from '../format/capital-yuan.ts'
import { microOf, moneyOf, yuan } from '../format/decimal.ts'
import { formatInstant } from '../format/time.ts'
import type { Account } from './supply-in.ts'
import type { Paid } from './top-up-dialog.tsx'

/** A slip of 72 mm, seen on paper only. A payment that was made before prints the same slip again. */
export const Receipt = ({
  meter,
  account,
  paid,
}: {
  readonly meter: MeterRow
  readonly account: Account
  readonly paid: Paid
}) => {
  const { t } = useTranslation()
  const { system, operator } = useSite()
  const amount = yuan(paid.amount)
  const lines = [
    [t('receipt.number'), paid.paymentId],
    [t('receipt.at'), formatInstant(paid.at, system.timeZone, 'second')],
    [t('receipt.account'), account.number],
    [t('receipt.customer'), account.customerName],
    [t('receipt.place'), meter.place],
    [t('receipt.meter'), meter.address],
    [t('receipt.paid'), `¥ ${amount}`],
    [t('receipt.capital'), capitalYuan(amount)],
    [t('receipt.means'), t(`channel.${paid.means}`)],
    ...(microOf(paid.toDebt) === 0n
      ? []
      : [
          [t('receipt.toDebt'), `¥ ${yuan(paid.toDebt)}`] as const,
          [t('receipt.toBalance'), `¥ ${yuan(moneyOf(microOf(paid.amount) - microOf(paid.toDebt)))}`] as const,
        ]),
    [t('receipt.balance'), `¥ ${yuan(paid.balance)}`],
    [t('receipt.operator'), operator.name],
  ] as const
  return createPortal(
    <div className="receipt" aria-hidden>
      <h1>{system.name}</h1>
      <h2>{t('receipt.title')}</h2>
      {system.demonstration && <p>{t('receipt.demonstration')}</p>}
      <dl>
        {lines.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p>{t('receipt.thanks')}</p>
    </div>,
    document.body,
  )
}
