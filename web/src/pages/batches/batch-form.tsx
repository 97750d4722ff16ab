import {
  listGuards,
  parameterName,
  previewBatch,
  requestBatch,
  type BatchKind,
  type BatchSelection,
  type CreditStage,
} from '@xianfu/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Checkbox, Input, Modal, Select, Space } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { batchesKey, guardsKey } from '../../live/query-keys.ts'
import { Problem } from '../../parts/problem.tsx'
import { batchKinds, isDangerous } from './batch-kind.tsx'
import { emptySelection, parametersOf, selectionOf, type ParameterForm } from './batch-list.ts'
import { BatchMeters } from './batch-meters.tsx'

const stages: readonly CreditStage[] = ['normal', 'warned-1', 'warned-2', 'stop-notified', 'cut-off']

/** Asks for a batch: which meters, a look at each of them, why. One key per opening, so one batch however often it is sent. */
export const BatchForm = ({
  onClose,
  onMade,
}: {
  readonly onClose: () => void
  readonly onMade: (id: string) => void
}) => {
  const { t } = useTranslation()
  const { operator } = useSite()
  const queries = useQueryClient()
  const [key] = useState(() => crypto.randomUUID())
  const may = (kind: BatchKind): boolean =>
    operator.permissions.includes(isDangerous(kind) ? 'control-trip' : 'control')
  const kinds = batchKinds.filter(may)
  const [kind, setKind] = useState<BatchKind>(kinds[0] ?? 'alarm-on')
  const [form, setForm] = useState(emptySelection)
  const [override, setOverride] = useState(false)
  const [values, setValues] = useState<ParameterForm>({})
  const [reason, setReason] = useState('')
  const parameters = kind === 'write-parameters' ? parametersOf(values) : []
  const { data: guards } = useQuery({ queryKey: [...guardsKey], queryFn: async () => call(listGuards) })
  const looking = useMutation({
    mutationFn: async (selection: BatchSelection) =>
      call(previewBatch, { body: { kind, selection, override, parameters } }),
  })
  const sending = useMutation({
    mutationFn: async (selection: BatchSelection) =>
      call(requestBatch, { body: { kind, selection, override, parameters, key, reason } }),
    onSuccess: async ({ id }) => {
      await queries.invalidateQueries({ queryKey: [...batchesKey] })
      onMade(id)
    },
  })
  const selection = selectionOf(form)
  /** What is sent is what was looked at: any change asks for a new look. */
  const change = (apply: () => void): void => {
    apply()
    looking.reset()
    sending.reset()
  }
  const seen = looking.data
  const ready = seen !== undefined && seen.included > 0 && reason.trim() !== '' && selection !== null
  return (
    <Modal
      open
      width={900}
      title={t('batch.new')}
      onCancel={onClose}
      okText={t('batchForm.submit', { count: seen?.included ?? 0 })}
      cancelText={t('batch.cancel')}
      okButtonProps={{ danger: isDangerous(kind), disabled: !ready, loading: sending.isPending }}
      onOk={() => selection !== null && sending.mutate(selection)}
    >
      <Space wrap size={6} className="batch-form">
        <Select<BatchKind>
          autoFocus
          aria-label={t('batchForm.kind')}
          value={kind}
          onChange={(next) => change(() => setKind(next))}
          options={kinds.map((value) => ({ value, label: t(`command.${value}`) }))}
        />
        <Select
          aria-label={t('batchForm.site')}
          value={form.siteId}
          onChange={(siteId) => change(() => setForm({ ...form, siteId }))}
          options={[
            { value: null, label: t('batchForm.allSites') },
            ...(guards?.guards ?? []).map(({ site }) => ({ value: site.id, label: site.name })),
          ]}
        />
        <Select
          aria-label={t('batchForm.stage')}
          value={form.stage}
          onChange={(stage) => change(() => setForm({ ...form, stage }))}
          options={[
            { value: null, label: t('batchForm.anyStage') },
            ...stages.map((value) => ({ value, label: t(`stage.${value}`) })),
          ]}
        />
        <Input
          className="prefix"
          aria-label={t('batchForm.prefix')}
          placeholder={t('batchForm.prefix')}
          maxLength={64}
          value={form.prefix}
          onChange={({ target }) => change(() => setForm({ ...form, prefix: target.value }))}
        />
      </Space>
      <Input.TextArea
        aria-label={t('batchForm.names')}
        placeholder={t('batchForm.names')}
        autoSize={{ minRows: 1, maxRows: 6 }}
        value={form.names}
        onChange={({ target }) => change(() => setForm({ ...form, names: target.value }))}
      />
      {kind === 'write-parameters' ? (
        <section className="parameters">
          {parameterName.options.map((item) => (
            <label key={item}>
              {t(`parameter.${item}`)}
              <Input
                value={values[item] ?? ''}
                placeholder={item === 'rate-price-switch-time' ? '2026-12-01T00:00' : ''}
                maxLength={32}
                onChange={({ target }) => change(() => setValues({ ...values, [item]: target.value }))}
              />
            </label>
          ))}
        </section>
      ) : (
        <p>
          <Checkbox checked={override} onChange={({ target }) => change(() => setOverride(target.checked))}>
            {t('batch.override')}
          </Checkbox>{' '}
          <span className="small">{t('batch.overrideHint')}</span>
        </p>
      )}
      <Input
        aria-label={t('batch.reason')}
        placeholder={t('batch.noteNeeded')}
        maxLength={200}
        value={reason}
        onChange={({ target }) => setReason(target.value)}
      />
      <p>
        <Button
          disabled={selection === null}
          loading={looking.isPending}
          onClick={() => selection !== null && looking.mutate(selection)}
        >
          {t('batchForm.preview')}
        </Button>{' '}
        {selection === null && <span className="small">{t('batchForm.chooseFirst')}</span>}
      </p>
      {looking.isError && <Problem error={looking.error} />}
      {sending.isError && <Problem error={sending.error} />}
      {seen !== undefined && (
        <>
          <Alert
            type={seen.included === 0 || isDangerous(kind) ? 'warning' : 'info'}
            title={`${t('batchForm.previewOf', { included: seen.included, leftOut: seen.leftOut })} · ${t(`batchForm.needs.${seen.approval}`)}`}
          />
          <BatchMeters meters={seen.meters} />
        </>
      )}
    </Modal>
  )
}
