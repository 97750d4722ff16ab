import type { WorkItem } from '@xianfu/contract'
import { Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '../../parts/problem.tsx'
import { useSaying } from '../../words/saying.ts'
import type { Handling } from './use-handle-item.ts'
import { whereOf } from './work-columns.tsx'

type Props = Readonly<{ item: WorkItem; handling: Handling; onDone: () => void }>

/** Closing says why: the next one who looks must know what was found. */
export const CloseDialog = ({ item, handling, onDone }: Props) => {
  const { t } = useTranslation()
  const say = useSaying()
  const [reason, setReason] = useState('')
  const ready = reason.trim() !== '' && !handling.isPending
  const close = (): void => handling.handle(item, 'close', reason, onDone)
  return (
    <Modal
      open
      title={t('work.closeTitle', { kind: say.workItem(item.kind), where: whereOf(item) })}
      okText={t('work.close')}
      cancelText={t('work.cancel')}
      okButtonProps={{ disabled: !ready, loading: handling.isPending }}
      onOk={close}
      onCancel={onDone}
    >
      <Input
        autoFocus
        maxLength={200}
        aria-label={t('work.reason')}
        placeholder={t('work.reason')}
        value={reason}
        onChange={({ target }) => setReason(target.value)}
        onPressEnter={() => ready && close()}
      />
      {handling.error !== null && <Problem error={handling.error} />}
    </Modal>
  )
}
