import type { MeterRow } from '@xianfu/contract'
import { Alert, Button } from 'antd'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { yuan } from '../format/decimal.ts'
import { RestorationClock } from './restoration-clock.tsx'
import { Receipt } from './receipt.tsx'
import { Money } from './states.tsx'
import type { Account } from './supply-in.ts'
import type { Paid } from './top-up-dialog.tsx'
import { usePrinting } from './use-printing.ts'

/** Credited: the new balance, supply coming back against the clock, and the receipt. */
export const TopUpResult = ({
  meter,
  account,
  paid,
  onClose,
}: {
  readonly meter: MeterRow
  readonly account: Account
  readonly paid: Paid
  readonly onClose: () => void
}) => {
  const { t } = useTranslation()
  const done = useRef<HTMLButtonElement>(null)
  usePrinting(done)
  return (
    <>
      <Alert
        type={paid.fresh ? 'success' : 'info'}
        showIcon
        role="status"
        title={paid.fresh ? t('topUp.done', { amount: yuan(paid.amount) }) : t('topUp.repeated')}
      />
      <dl className="balances">
        <div>
          <dt>{t('topUp.balanceNow')}</dt>
          <dd>
            <Money amount={paid.balance} />
          </dd>
        </div>
      </dl>
      {paid.restoring.map(({ meterId, commandId }) => (
        <RestorationClock key={commandId} meterId={meterId} commandId={commandId} since={paid.sentAt} />
      ))}
      <div className="actions">
        <span className="small">{t('topUp.doneHint')}</span>
        <Button onClick={() => window.print()}>{t('receipt.print')}</Button>
        <Button ref={done} type="primary" autoFocus onClick={onClose}>
          {t('topUp.close')}
        </Button>
      </div>
      <Receipt meter={meter} account={account} paid={paid} />
    </>
  )
}
