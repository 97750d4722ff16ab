import { closeShift, listShifts, openShift, type Shift } from '@xianfu/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Input, Modal } from 'antd'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { microOf, yuan } from '../../format/decimal.ts'
import { shiftKey } from '../../live/query-keys.ts'
import { FirstField, useFirstField } from '../../parts/first-field.tsx'
import { Problem } from '../../parts/problem.tsx'
import { Money } from '../../parts/states.tsx'
import { usePrinting } from '../../parts/use-printing.ts'
import { differenceOf, isCounted, isOff } from './counter-deeds.ts'
import { ShiftReport } from './shift-report.tsx'
import { ShiftTotals } from './shift-totals.tsx'

const Counted = ({
  label,
  value,
  onChange,
  onEnter,
}: Readonly<{ label: string; value: string; onChange: (value: string) => void; onEnter: () => void }>) => {
  const { t } = useTranslation()
  const wrong = value.trim() !== '' && !isCounted(value)
  return (
    <>
      <Input
        size="large"
        className="deed-field"
        autoComplete="off"
        inputMode="decimal"
        aria-label={label}
        placeholder={label}
        suffix={t('topUp.unit.amount')}
        status={wrong ? 'error' : ''}
        value={value}
        onChange={({ target }) => onChange(target.value)}
        onPressEnter={onEnter}
      />
      {wrong && <p className="late">{t('counter.shift.invalid')}</p>}
    </>
  )
}

/** Begins a shift with the cash that was counted. */
export const OpenShiftDialog = ({ drawer, onClose }: { readonly drawer: string; readonly onClose: () => void }) => {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [key] = useState(() => crypto.randomUUID())
  const [counted, setCounted] = useState('')
  const { place, onOpened } = useFirstField()
  const opening = useMutation({
    mutationFn: async () => call(openShift, { body: { key, counted: counted.trim() } }),
    onSuccess: onClose,
    onSettled: async () => queries.invalidateQueries({ queryKey: [...shiftKey] }),
  })
  const ready = isCounted(counted) && !opening.isPending
  const more = differenceOf(counted, drawer)
  return (
    <Modal
      open
      title={t('counter.shift.open')}
      okText={t('counter.shift.open')}
      cancelText={t('topUp.cancel')}
      okButtonProps={{ disabled: !ready, loading: opening.isPending }}
      onOk={() => opening.mutate()}
      onCancel={onClose}
      afterOpenChange={onOpened}
    >
      <p className="small">{t('counter.shift.openHint', { drawer: yuan(drawer) })}</p>
      <FirstField place={place}>
        <Counted
          label={t('counter.shift.float')}
          value={counted}
          onChange={setCounted}
          onEnter={() => ready && opening.mutate()}
        />
      </FirstField>
      {more !== null && microOf(more) !== 0n && (
        <Alert
          type={microOf(more) > 0n ? 'info' : 'warning'}
          showIcon
          role="status"
          title={
            microOf(more) > 0n
              ? t('counter.shift.drawn', { amount: yuan(more) })
              : t('counter.shift.lost', { amount: yuan(more.slice(1)) })
          }
        />
      )}
      {opening.isError && <Problem error={opening.error} />}
    </Modal>
  )
}

/** Ends a shift: counted, compared, said why where it differs; then the report to print. */
export const CloseShiftDialog = ({
  running,
  onClose,
}: {
  readonly running: Shift | null
  readonly onClose: () => void
}) => {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [key] = useState(() => crypto.randomUUID())
  const [counted, setCounted] = useState('')
  const { place, onOpened } = useFirstField()
  const [note, setNote] = useState('')
  const closing = useMutation({
    mutationFn: async (): Promise<Shift | null> => {
      const { shiftId } = await call(closeShift, { body: { key, counted: counted.trim(), note: note.trim() } })
      const { shifts } = await call(listShifts)
      return shifts.find(({ id }) => id === shiftId) ?? null
    },
    onSettled: async () => queries.invalidateQueries({ queryKey: [...shiftKey] }),
  })
  if (closing.data !== undefined && closing.data !== null) return <Closed shift={closing.data} onClose={onClose} />
  const difference = running === null ? null : differenceOf(counted, running.expected)
  const off = difference !== null && isOff(difference)
  const ready = isCounted(counted) && (!off || note.trim() !== '') && !closing.isPending
  const submit = (): void => {
    if (ready) closing.mutate()
  }
  return (
    <Modal
      open
      title={t('counter.shift.close')}
      okText={t('counter.shift.close')}
      cancelText={t('topUp.cancel')}
      okButtonProps={{ disabled: !ready, loading: closing.isPending, danger: off }}
      onOk={submit}
      onCancel={onClose}
      afterOpenChange={onOpened}
    >
      {running !== null && <ShiftTotals shift={running} />}
      <p className="small">{t('counter.shift.closeHint')}</p>
      <FirstField place={place}>
        <Counted label={t('counter.shift.counted')} value={counted} onChange={setCounted} onEnter={submit} />
      </FirstField>
      {difference !== null && (
        <Alert
          type={off ? 'warning' : 'success'}
          showIcon
          role="status"
          title={
            off ? (
              <>
                {t('counter.shift.difference')} <Money amount={difference} signed />
              </>
            ) : (
              t('counter.shift.fits')
            )
          }
        />
      )}
      {off && (
        <Input
          className="deed-field shift-note"
          aria-label={t('counter.shift.note')}
          placeholder={t('counter.shift.note')}
          maxLength={200}
          value={note}
          onChange={({ target }) => setNote(target.value)}
          onPressEnter={submit}
        />
      )}
      {closing.isError && <Problem error={closing.error} />}
    </Modal>
  )
}

const Closed = ({ shift, onClose }: { readonly shift: Shift; readonly onClose: () => void }) => {
  const { t } = useTranslation()
  const done = useRef<HTMLButtonElement>(null)
  usePrinting(done)
  return (
    <Modal
      open
      title={t('counter.shift.closedTitle')}
      onCancel={onClose}
      footer={[
        <Button key="print" onClick={() => window.print()}>
          {t('counter.shift.print')} <kbd>P</kbd>
        </Button>,
        <Button key="done" ref={done} type="primary" autoFocus onClick={onClose}>
          {t('topUp.close')}
        </Button>,
      ]}
    >
      <ShiftTotals shift={shift} />
      <ShiftReport shift={shift} />
    </Modal>
  )
}
