import { approveBatch, refuseBatch, stopBatch, type BatchSummary } from '@xianfu/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Checkbox, Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { batchesKey, batchKey } from '../../live/query-keys.ts'
import { Problem } from '../../parts/problem.tsx'

export type Deed = 'approve' | 'refuse' | 'withdraw' | 'stop'

/** Approving, refusing, withdrawing, stopping: each with a reason, and the dangerous approvals with one's own password. */
export const BatchDeed = ({
  batch,
  deed,
  onClose,
}: {
  readonly batch: BatchSummary
  readonly deed: Deed
  readonly onClose: () => void
}) => {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const [password, setPassword] = useState('')
  const [overrideSeen, setOverrideSeen] = useState(false)
  const needsPassword = deed === 'approve' && batch.approval === 'second-person-with-password'
  const needsSeen = deed === 'approve' && batch.override
  const doing = useMutation({
    mutationFn: async (): Promise<unknown> => {
      const params = { id: batch.id }
      if (deed === 'stop') return call(stopBatch, { params, body: { reason } })
      if (deed !== 'approve') return call(refuseBatch, { params, body: { reason } })
      return call(approveBatch, { params, body: { reason, overrideSeen, ...(needsPassword ? { password } : {}) } })
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: [...batchesKey] })
      await queries.invalidateQueries({ queryKey: [...batchKey(batch.id)] })
      onClose()
    },
  })
  const ready = reason.trim() !== '' && (!needsPassword || password !== '') && (!needsSeen || overrideSeen)
  const title =
    deed === 'approve'
      ? t('batch.approveTitle', { what: t(`command.${batch.kind}`), count: batch.counts.waiting })
      : deed === 'stop'
        ? t('batch.stopTitle')
        : t('batch.refuseTitle')
  return (
    <Modal
      open
      title={title}
      okText={t(`batch.${deed}`)}
      cancelText={t('batch.cancel')}
      okButtonProps={{ danger: deed !== 'refuse', disabled: !ready, loading: doing.isPending }}
      onOk={() => doing.mutate()}
      onCancel={onClose}
    >
      {deed === 'approve' && <Alert type="warning" title={t('batch.approveConsequence')} />}
      {deed === 'stop' && <Alert type="warning" title={t('batch.stopConsequence')} />}
      <p>
        <Input
          autoFocus
          aria-label={t('batch.reason')}
          placeholder={t('batch.noteNeeded')}
          maxLength={200}
          value={reason}
          onChange={({ target }) => setReason(target.value)}
        />
      </p>
      {needsSeen && (
        <p>
          <Checkbox checked={overrideSeen} onChange={({ target }) => setOverrideSeen(target.checked)}>
            {t('batch.overrideSeen')}
          </Checkbox>
        </p>
      )}
      {needsPassword && (
        <p>
          <Input.Password
            aria-label={t('batch.password')}
            placeholder={`${t('batch.password')} · ${t('batch.passwordHint')}`}
            autoComplete="current-password"
            value={password}
            onChange={({ target }) => setPassword(target.value)}
          />
        </p>
      )}
      {doing.isError && <Problem error={doing.error} />}
    </Modal>
  )
}
