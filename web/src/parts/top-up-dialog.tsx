import { topUp, type CounterMeans, type MeterRow, type PurchaseWish, type ResponseOf } from '@xianfu/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../app/call.ts'
import { useSite } from '../app/site.ts'
import { liveKeys } from '../live/query-keys.ts'
import type { Account } from './supply-in.ts'
import { TopUpForm } from './top-up-form.tsx'
import { TopUpResult } from './top-up-result.tsx'

export type Paid = ResponseOf<typeof topUp> &
  Readonly<{ means: CounterMeans; /** Server time. */ at: number; /** Browser time. */ sentAt: number }>

type Asked = Readonly<{ amount: string; wish: PurchaseWish | null; means: CounterMeans }>

const widthPx = 460

/** A payment at the counter. One key per opening of the dialog: however often it is sent, it is credited once. */
export const TopUpDialog = ({
  meter,
  account,
  onClose,
}: {
  readonly meter: MeterRow
  readonly account: Account
  readonly onClose: () => void
}) => {
  const { t } = useTranslation()
  const { now } = useSite()
  const queries = useQueryClient()
  const [key] = useState(() => crypto.randomUUID())
  // As they stood when the dialog was opened: the words must not change under the cashier's hands.
  const [before] = useState(account)
  const paying = useMutation({
    mutationFn: async ({ amount, wish, means }: Asked): Promise<Paid> => {
      const sentAt = performance.now()
      const paid = await call(topUp, {
        params: { id: before.id },
        body: { key, amount, means, ...(wish !== null && { wish }) },
      })
      return { ...paid, means, at: now(), sentAt }
    },
    onSuccess: () => {
      for (const queryKey of liveKeys) void queries.invalidateQueries({ queryKey: [...queryKey] })
    },
  })
  return (
    <Modal
      open
      className="top-up"
      width={widthPx}
      title={`${t('topUp.title', { place: meter.place })} · ${before.customerName} · ${before.number}`}
      onCancel={onClose}
      footer={null}
      mask={{ closable: false }}
    >
      {paying.data === undefined ? (
        <TopUpForm
          meter={meter}
          account={before}
          busy={paying.isPending}
          error={paying.error}
          onSubmit={(amount, wish, means) => paying.mutate({ amount, wish, means })}
          onCancel={onClose}
        />
      ) : (
        <TopUpResult meter={meter} account={before} paid={paying.data} onClose={onClose} />
      )}
    </Modal>
  )
}
