import { paymentText, readMeter, type MeterRow } from '@xianfu/contract'
import { Alert, Button, Form, Input, type InputRef } from 'antd'
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../app/call.ts'
import { roundDecimal, yuan } from '../format/decimal.ts'
import { meterKey } from '../live/query-keys.ts'
import { useRead } from '../live/use-read.ts'
import { Problem } from './problem.tsx'
import { Money } from './states.tsx'
import { supplyIn, type Account } from './supply-in.ts'
import { planTopUp, quickAmounts, type TopUpPlan } from './top-up-plan.ts'

export type TopUpFormProps = Readonly<{
  meter: MeterRow
  account: Account
  busy: boolean
  error: unknown
  onSubmit: (amount: string) => void
  onCancel: () => void
}>

/** The amount, by hand or by one of the usual ones, and what it will bring about. */
export const TopUpForm = ({ meter, account, busy, error, onSubmit, onCancel }: TopUpFormProps) => {
  const { t } = useTranslation()
  const [amount, setAmount] = useState('')
  const field = useRef<InputRef>(null)
  const { data } = useRead(meterKey(meter.id), async () => call(readMeter, { params: { id: meter.id } }))
  const valid = paymentText.safeParse(amount).success
  const agreement = data?.agreement ?? null
  const plan = planTopUp(
    {
      balance: account.balance,
      state: agreement === null ? 'on' : supplyIn(meter.relay, account.stage),
      cutOff: agreement?.cutOff ?? '0',
      restore: agreement?.restore ?? '0',
    },
    valid ? amount : null,
  )
  const quick = quickAmounts(plan.needed)
  useEffect(() => field.current?.focus(), [])
  const submit = (): void => {
    if (valid && !busy) onSubmit(amount)
  }
  const onKey = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    const at = quick.indexOf(amount)
    setAmount(quick[at < 0 ? (step > 0 ? 0 : quick.length - 1) : (at + step + quick.length) % quick.length] ?? '')
  }
  return (
    <>
      <dl className="balances">
        <div>
          <dt>{t('topUp.balanceNow')}</dt>
          <dd>
            <Money amount={account.balance} />
          </dd>
        </div>
        <div>
          <dt>{t('topUp.balanceAfter')}</dt>
          <dd>{valid ? <Money amount={plan.after} /> : '—'}</dd>
        </div>
      </dl>
      <Form.Item
        validateStatus={amount !== '' && !valid ? 'error' : ''}
        help={amount !== '' && !valid ? t('topUp.invalid') : t('topUp.noRepeat')}
      >
        <Input
          ref={field}
          size="large"
          autoComplete="off"
          inputMode="decimal"
          aria-label={t('topUp.amount')}
          placeholder={t('topUp.amount')}
          suffix={t('topUp.yuan')}
          value={amount}
          onChange={({ target }) => setAmount(target.value.trim())}
          onPressEnter={submit}
          onKeyDown={onKey}
        />
      </Form.Item>
      <div className="quick" role="group" aria-label={t('topUp.quick')}>
        {quick.map((one) => (
          <Button
            key={one}
            type={one === amount ? 'primary' : 'default'}
            ghost={one === amount}
            onClick={() => {
              setAmount(one)
              field.current?.focus()
            }}
          >
            {one}
          </Button>
        ))}
      </div>
      <Effect plan={plan} permits={agreement?.reconnect === 'permit-close'} />
      {error !== null && <Problem error={error} />}
      <div className="actions">
        <span className="small">{t('topUp.keysHint')}</span>
        <Button onClick={onCancel}>{t('topUp.cancel')}</Button>
        <Button type="primary" disabled={!valid} loading={busy} onClick={submit}>
          {t('topUp.submit')}
        </Button>
      </div>
    </>
  )
}

const Effect = ({ plan, permits }: { readonly plan: TopUpPlan; readonly permits: boolean }) => {
  const { t } = useTranslation()
  if (plan.effect === 'adds') return null
  const good = plan.effect === 'restores' || plan.effect === 'keeps-supply'
  const needed = plan.needed === null ? '' : yuan(roundDecimal(plan.needed, 0, 2))
  const words =
    plan.effect === 'restores' && permits ? t('topUp.effect.permits') : t(`topUp.effect.${plan.effect}`, { needed })
  return <Alert type={good ? 'success' : 'warning'} showIcon title={words} role="status" />
}
