import { buyForMeter, paymentText, type MeterDetail, type MeterPurse } from '@xianfu/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Modal, type InputRef } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { microOf, moneyOf, yuan } from '../../format/decimal.ts'
import { liveKeys } from '../../live/query-keys.ts'
import { Problem } from '../../parts/problem.tsx'
import { Money } from '../../parts/states.tsx'
import { mostToBuy } from './purse-state.ts'

const widthPx = 440

/** Out of the account's prepayment into the meter. One key per opening: however often it is sent, it is bought once. */
export const BuyForMeterDialog = ({
  meter,
  purse,
  onClose,
}: {
  readonly meter: MeterDetail
  readonly purse: MeterPurse
  readonly onClose: () => void
}) => {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [key] = useState(() => crypto.randomUUID())
  const [before] = useState(purse)
  const most = mostToBuy(before)
  const [amount, setAmount] = useState(() => (most === 0n ? '' : yuan(moneyOf(most))))
  const field = useRef<InputRef>(null)
  useEffect(() => field.current?.select(), [])
  const buying = useMutation({
    mutationFn: async () => call(buyForMeter, { params: { id: meter.id }, body: { key, amount } }),
    onSuccess: () => {
      for (const queryKey of liveKeys) void queries.invalidateQueries({ queryKey: [...queryKey] })
      onClose()
    },
  })
  const isMoney = paymentText.safeParse(amount).success
  const valid = isMoney && microOf(amount) <= most
  const submit = (): void => {
    if (valid && !buying.isPending) buying.mutate()
  }
  return (
    <Modal
      open
      className="top-up"
      width={widthPx}
      title={t('purse.dialog', { place: meter.place })}
      onCancel={onClose}
      footer={null}
      mask={{ closable: false }}
    >
      <dl className="balances">
        <div>
          <dt>{t('purse.available')}</dt>
          <dd>
            <Money amount={before.available} />
          </dd>
        </div>
        <div>
          <dt>{t('purse.after')}</dt>
          <dd>
            {isMoney ? (
              <Money amount={moneyOf(microOf(before.shown?.balance ?? before.booked) + microOf(amount))} />
            ) : (
              '—'
            )}
          </dd>
        </div>
      </dl>
      <Form.Item
        validateStatus={amount !== '' && !valid ? 'error' : ''}
        help={amount !== '' && !valid ? t('purse.atMost', { most: yuan(moneyOf(most)) }) : t('purse.noRepeat')}
      >
        <Input
          ref={field}
          size="large"
          autoComplete="off"
          inputMode="decimal"
          aria-label={t('purse.amount')}
          placeholder={t('purse.amount')}
          suffix={t('topUp.unit.amount')}
          value={amount}
          onChange={({ target }) => setAmount(target.value.trim())}
          onPressEnter={submit}
        />
      </Form.Item>
      {buying.error !== null && <Problem error={buying.error} />}
      <div className="actions">
        <span className="small">{t('purse.keysHint')}</span>
        <Button onClick={onClose}>{t('topUp.cancel')}</Button>
        <Button type="primary" disabled={!valid} loading={buying.isPending} onClick={submit}>
          {t('purse.submit')}
        </Button>
      </div>
    </Modal>
  )
}
