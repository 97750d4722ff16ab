import type { LineRow } from '@xianfu/contract'
import { Input, InputNumber, Modal, type InputRef } from 'antd'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '../../parts/problem.tsx'
import type { Pausing } from './use-pausing.ts'

type Props = Readonly<{ line: LineRow; pausing: Pausing; onDone: () => void }>

const usualHours = 2
/** A month, as the server allows. */
const mostHours = 744

/** How long a line rests, and why: whoever misses readings later must be able to ask. */
export const PauseDialog = ({ line, pausing, onDone }: Props) => {
  const { t } = useTranslation()
  const [hours, setHours] = useState<number | null>(usualHours)
  const [reason, setReason] = useState('')
  const field = useRef<InputRef>(null)
  const ready = hours !== null && reason.trim() !== '' && !pausing.isPending
  const pause = (): void => {
    if (hours !== null) pausing.pause(line, hours, reason, onDone)
  }
  return (
    <Modal
      open
      title={t('line.pauseTitle', { code: line.gateway.code })}
      okText={t('line.pause')}
      cancelText={t('line.cancel')}
      okButtonProps={{ disabled: !ready, loading: pausing.isPending }}
      onOk={pause}
      onCancel={onDone}
      afterOpenChange={(isOpen) => isOpen && field.current?.focus()}
      className="pause-line"
    >
      <p className="small">{t('line.pauseHint')}</p>
      <InputNumber
        min={0.5}
        max={mostHours}
        step={0.5}
        aria-label={t('line.pauseHours')}
        suffix={t('line.pauseHours')}
        value={hours}
        onChange={setHours}
      />
      <Input
        ref={field}
        maxLength={200}
        aria-label={t('line.pauseReason')}
        placeholder={t('line.pauseReason')}
        value={reason}
        onChange={({ target }) => setReason(target.value)}
        onPressEnter={() => ready && pause()}
      />
      {pausing.error !== null && <Problem error={pausing.error} />}
    </Modal>
  )
}
