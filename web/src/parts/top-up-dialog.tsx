import { paymentText, topUp, type MeterRow } from '@xianfu/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Form, Input, Modal, Space, type InputRef } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call, problemText } from '../app/call.ts'
import { microOf, moneyOf, yuan } from '../format/decimal.ts'
import { liveKeys } from '../live/query-keys.ts'
import { languageOf } from '../words/i18n.ts'
import { Money } from './states.tsx'

const quickAmounts = ['10', '20', '50', '100', '200', '500']

type Account = NonNullable<MeterRow['account']>

/** A payment at the counter. One key per opening of the dialog: however often it is sent, it is credited once. */
export const TopUpDialog = ({
  account,
  place,
  onClose,
}: {
  readonly account: Account
  readonly place: string
  readonly onClose: () => void
}) => {
  const { t, i18n } = useTranslation()
  const { notification } = App.useApp()
  const queries = useQueryClient()
  const [key] = useState(() => crypto.randomUUID())
  const [amount, setAmount] = useState('')
  const field = useRef<InputRef>(null)
  const valid = paymentText.safeParse(amount).success
  const paying = useMutation({
    mutationFn: async () => call(topUp, { params: { id: account.id }, body: { key, amount } }),
    onSuccess: (paid) => {
      const words = { amount: yuan(paid.amount), balance: yuan(paid.balance) }
      notification.success({
        title: paid.fresh ? t('topUp.done', words) : t('topUp.repeated', words),
        description: paid.restoring.length > 0 ? t('topUp.restoring') : undefined,
      })
      for (const queryKey of liveKeys) void queries.invalidateQueries({ queryKey: [...queryKey] })
      onClose()
    },
  })
  useEffect(() => field.current?.focus(), [])
  const submit = (): void => {
    if (valid && !paying.isPending) paying.mutate()
  }
  return (
    <Modal
      open
      title={`${t('topUp.title', { place })} · ${account.customerName}`}
      onCancel={onClose}
      onOk={submit}
      okText={t('topUp.submit')}
      okButtonProps={{ disabled: !valid, loading: paying.isPending }}
      afterOpenChange={() => field.current?.focus()}
    >
      <p>
        {t('topUp.balanceNow')} <Money amount={account.balance} /> {t('topUp.yuan')}
        {valid && (
          <>
            {' → '}
            {t('topUp.balanceAfter')} <Money amount={moneyOf(microOf(account.balance) + microOf(amount))} />{' '}
            {t('topUp.yuan')}
          </>
        )}
      </p>
      <Form.Item
        validateStatus={amount !== '' && !valid ? 'error' : ''}
        help={amount !== '' && !valid ? t('topUp.invalid') : t('topUp.noRepeat')}
      >
        <Input
          ref={field}
          size="large"
          inputMode="decimal"
          aria-label={t('topUp.amount')}
          placeholder={t('topUp.amount')}
          suffix={t('topUp.yuan')}
          value={amount}
          onChange={({ target }) => setAmount(target.value.trim())}
          onPressEnter={submit}
        />
      </Form.Item>
      <Space wrap aria-label={t('topUp.quick')}>
        {quickAmounts.map((quick) => (
          <Button key={quick} onClick={() => setAmount(quick)}>
            {quick}
          </Button>
        ))}
      </Space>
      {paying.isError && (
        <Alert
          style={{ marginTop: 12 }}
          type="error"
          showIcon
          title={problemText(paying.error, languageOf(i18n)) ?? t('error.unreachable')}
        />
      )}
    </Modal>
  )
}
