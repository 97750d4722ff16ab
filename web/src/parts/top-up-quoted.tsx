import type { TopUpQuote } from '@xianfu/contract'
import { Alert } from 'antd'
import { useTranslation } from 'react-i18next'
import { microOf, yuan } from '../format/decimal.ts'

/** What is to be paid and where it goes, before the money is taken; and why it would be refused. */
export const TopUpQuoted = ({ quote, byAmount }: { readonly quote: TopUpQuote; readonly byAmount: boolean }) => {
  const { t } = useTranslation()
  const { amount, toDebt, toBalance, debtAfter, debtPercent, refusal, minimum, hoardLimit } = quote
  const limit = refusal === 'below-minimum' ? minimum : hoardLimit
  const rows = [
    ...(byAmount ? [] : [[t('topUp.toPay'), `¥ ${yuan(amount)}`] as const]),
    ...(microOf(toDebt) === 0n
      ? []
      : [
          [t('topUp.toDebt', { percent: debtPercent ?? '' }), `¥ ${yuan(toDebt)}`] as const,
          [t('topUp.toBalance'), `¥ ${yuan(toBalance)}`] as const,
          [t('topUp.debtAfter'), `¥ ${yuan(debtAfter)}`] as const,
        ]),
  ]
  return (
    <>
      {rows.length > 0 && (
        <dl className="split" aria-live="polite">
          {rows.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {refusal !== null && (
        <Alert
          type="error"
          showIcon
          role="alert"
          title={t(`topUp.refusal.${refusal}`, { limit: limit === null ? '' : yuan(limit) })}
        />
      )}
    </>
  )
}
