import { resetLoad, startRun, stopRun } from '@xianfu/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Input, InputNumber, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { loadKey } from '../../live/query-keys.ts'
import { Problem } from '../../parts/problem.tsx'

export type Deed = 'start' | 'stop' | 'reset'

/** Starting or ending a single run, and resetting after an overload: each with its reason. */
export const LoadDeed = ({
  meterId,
  deed,
  onClose,
}: {
  readonly meterId: number
  readonly deed: Deed
  readonly onClose: () => void
}) => {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const [minutes, setMinutes] = useState<number | null>(null)
  const [energyWh, setEnergyWh] = useState<number | null>(null)
  const doing = useMutation({
    mutationFn: async (): Promise<unknown> => {
      const params = { id: meterId }
      if (deed === 'stop') return call(stopRun, { params, body: { reason } })
      if (deed === 'reset') return call(resetLoad, { params, body: { reason } })
      return call(startRun, {
        params,
        body: { reason, ...(minutes === null ? {} : { minutes }), ...(energyWh === null ? {} : { energyWh }) },
      })
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: [...loadKey(meterId)] })
      onClose()
    },
  })
  const ready = reason.trim() !== '' && !doing.isPending
  return (
    <Modal
      open
      title={t(`load.${deed}`)}
      okText={t('load.send')}
      cancelText={t('load.cancel')}
      okButtonProps={{ disabled: !ready, loading: doing.isPending }}
      onOk={() => doing.mutate()}
      onCancel={onClose}
    >
      {deed === 'start' && (
        <p className="load-form">
          <label>
            {t('load.minutes')}
            <InputNumber min={1} precision={0} value={minutes} onChange={setMinutes} />
          </label>
          <label>
            {t('load.energy')}
            <InputNumber min={1} precision={0} value={energyWh} onChange={setEnergyWh} />
          </label>
        </p>
      )}
      <Input
        autoFocus
        aria-label={t('load.reason')}
        placeholder={t('load.reason')}
        maxLength={200}
        value={reason}
        onChange={({ target }) => setReason(target.value)}
        onPressEnter={() => ready && doing.mutate()}
      />
      {doing.isError && <Problem error={doing.error} />}
    </Modal>
  )
}
