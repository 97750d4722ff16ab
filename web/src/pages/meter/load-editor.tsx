import { setLoadRules, type LoadRules } from '@xianfu/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Checkbox, Input, InputNumber, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { loadKey } from '../../live/query-keys.ts'
import { Problem } from '../../parts/problem.tsx'
import { firstRules, formOf, rulesFrom, type LoadForm } from './load-form.ts'

const overloadFields = ['limitWatts', 'forMinutes', 'recloseTimes', 'recloseAfterMinutes'] as const
const malignantFields = [
  'stepWatts',
  'leastPowerFactor',
  'withinSeconds',
  'recloseTimes',
  'recloseAfterMinutes',
] as const

/** Sets the rules of a meter: each is switched on or off and filled in; nothing is sent without a reason. */
export const LoadEditor = ({
  meterId,
  rules,
  onClose,
}: {
  readonly meterId: number
  readonly rules: LoadRules | null
  readonly onClose: () => void
}) => {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [form, setForm] = useState<LoadForm>(() => formOf(rules))
  const [reason, setReason] = useState('')
  const made = rulesFrom(form)
  const sending = useMutation({
    mutationFn: async (next: LoadRules | null) =>
      call(setLoadRules, { params: { id: meterId }, body: { rules: next, reason } }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: [...loadKey(meterId)] })
      onClose()
    },
  })
  const { overload, schedule, singleRun, malignantLoad } = form
  const number = (label: string, value: number | null, change: (value: number | null) => void) => (
    <label key={label}>
      {label}
      <InputNumber min={0} precision={0} value={value} onChange={change} />
    </label>
  )
  return (
    <Modal
      open
      width={620}
      title={t('load.edit')}
      okText={t('load.send')}
      cancelText={t('load.cancel')}
      okButtonProps={{ disabled: reason.trim() === '' || !('rules' in made), loading: sending.isPending }}
      onOk={() => 'rules' in made && sending.mutate(made.rules)}
      onCancel={onClose}
    >
      <section className="load-form">
        <label>
          {t('load.reconnect')}
          <Select
            value={form.reconnect}
            onChange={(reconnect) => setForm({ ...form, reconnect })}
            options={(['permit-close', 'direct-close'] as const).map((value) => ({
              value,
              label: t(`command.${value}`),
            }))}
          />
        </label>
        {number(t('load.sampleEverySeconds'), form.sampleEverySeconds, (sampleEverySeconds) =>
          setForm({ ...form, sampleEverySeconds }),
        )}
      </section>
      <Checkbox
        checked={overload !== null}
        onChange={({ target }) => setForm({ ...form, overload: target.checked ? { ...firstRules.overload } : null })}
      >
        {t('load.overload')}
      </Checkbox>
      {overload !== null && (
        <section className="load-form">
          {overloadFields.map((name) =>
            number(t(`load.${name}`), overload[name], (value) =>
              setForm({ ...form, overload: { ...overload, [name]: value ?? 0 } }),
            ),
          )}
        </section>
      )}
      <Checkbox
        checked={schedule !== null}
        onChange={({ target }) => setForm({ ...form, schedule: target.checked ? firstRules.schedule : null })}
      >
        {t('load.schedule')}
      </Checkbox>
      {schedule !== null && (
        <>
          <Input.TextArea
            aria-label={t('load.spans')}
            placeholder={t('load.spans')}
            autoSize={{ minRows: 2, maxRows: 8 }}
            value={schedule.spans}
            onChange={({ target }) => setForm({ ...form, schedule: { ...schedule, spans: target.value } })}
          />
          <span className="small">{t('load.spans')}</span>
          {'badLine' in made && <Alert type="error" title={t('load.badSpans', { line: made.badLine })} />}
          <Input.TextArea
            aria-label={t('load.holidays')}
            placeholder={t('load.holidays')}
            autoSize={{ minRows: 1, maxRows: 6 }}
            value={schedule.holidays}
            onChange={({ target }) => setForm({ ...form, schedule: { ...schedule, holidays: target.value } })}
          />
        </>
      )}
      <Checkbox
        checked={singleRun !== null}
        onChange={({ target }) => setForm({ ...form, singleRun: target.checked ? { ...firstRules.singleRun } : null })}
      >
        {t('load.singleRun')}
      </Checkbox>
      {singleRun !== null && (
        <section className="load-form">
          {number(t('load.minutes'), singleRun.mostMinutes, (value) =>
            setForm({ ...form, singleRun: { ...singleRun, mostMinutes: value ?? 1 } }),
          )}
          {number(t('load.energy'), singleRun.mostEnergyWh, (mostEnergyWh) =>
            setForm({ ...form, singleRun: { ...singleRun, mostEnergyWh } }),
          )}
          <Checkbox
            checked={singleRun.startsOnPayment}
            onChange={({ target }) =>
              setForm({ ...form, singleRun: { ...singleRun, startsOnPayment: target.checked } })
            }
          >
            {t('load.onPayment')}
          </Checkbox>
        </section>
      )}
      <Checkbox
        checked={malignantLoad !== null}
        onChange={({ target }) =>
          setForm({
            ...form,
            malignantLoad: target.checked ? { ...firstRules.malignantLoad } : null,
            sampleEverySeconds: form.sampleEverySeconds ?? (target.checked ? 60 : null),
          })
        }
      >
        {t('load.malignantLoad')}
      </Checkbox>
      {malignantLoad !== null && (
        <section className="load-form">
          {malignantFields.map((name) =>
            number(t(`load.${name}`), malignantLoad[name], (value) =>
              setForm({ ...form, malignantLoad: { ...malignantLoad, [name]: value ?? 0 } }),
            ),
          )}
          <Select
            aria-label={t('load.malignantLoad')}
            value={malignantLoad.act}
            onChange={(act) => setForm({ ...form, malignantLoad: { ...malignantLoad, act } })}
            options={(['alarm', 'trip'] as const).map((value) => ({ value, label: t(`load.act.${value}`) }))}
          />
          <Checkbox
            checked={malignantLoad.stepAlone}
            onChange={({ target }) =>
              setForm({ ...form, malignantLoad: { ...malignantLoad, stepAlone: target.checked } })
            }
          >
            {t('load.stepAlone')}
          </Checkbox>
        </section>
      )}
      <p>
        <Input
          aria-label={t('load.reason')}
          placeholder={t('load.reason')}
          maxLength={200}
          value={reason}
          onChange={({ target }) => setReason(target.value)}
        />
      </p>
      {rules !== null && (
        <Button danger size="small" disabled={reason.trim() === ''} onClick={() => sending.mutate(null)}>
          {t('load.remove')}
        </Button>
      )}
      {sending.isError && <Problem error={sending.error} />}
    </Modal>
  )
}
