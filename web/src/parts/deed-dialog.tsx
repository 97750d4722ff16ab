import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isAmount } from '../format/decimal.ts'
import type { QueryKey } from '../live/query-keys.ts'
import { AccountPick } from './account-pick.tsx'
import { FirstField, useFirstField } from './first-field.tsx'
import { Problem } from './problem.tsx'

export type DeedField = Readonly<{
  name: string
  label: string
  /** `days`: a whole number above zero; `day`: YYYY-MM-DD; `money`: yuan, `cash` in whole fen; `account`: by a search. */
  kind: 'text' | 'days' | 'day' | 'choice' | 'money' | 'cash' | 'account'
  optional?: boolean
  choices?: readonly Readonly<{ value: string; label: string }>[]
  start?: string
}>

export type Deed = Readonly<{
  title: string
  ok: string
  danger?: boolean
  /** What it will do, said before. */
  hint?: string
  fields: readonly DeedField[]
  send: (values: Readonly<Record<string, string>>) => Promise<unknown>
  /** What to read again afterwards. */
  touches: readonly QueryKey[]
}>

const isReady = ({ kind, optional }: DeedField, value: string): boolean => {
  if (value.trim() === '') return optional === true
  if (kind === 'money' || kind === 'cash') return isAmount(value.trim(), kind === 'cash' ? 2 : 6)
  if (kind === 'days') return /^[1-9]\d{0,2}$/u.test(value.trim())
  return kind !== 'day' || /^\d{4}-\d{2}-\d{2}$/u.test(value)
}

/** One deed with its reason: a few fields, Enter sends, the server's words when it refuses. */
export const DeedDialog = ({ deed, onClose }: { readonly deed: Deed; readonly onClose: () => void }) => {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const { place, onOpened } = useFirstField()
  const [values, setValues] = useState<Readonly<Record<string, string>>>(
    Object.fromEntries(deed.fields.map(({ name, start = '' }) => [name, start])),
  )
  const sending = useMutation({
    mutationFn: async () => deed.send(values),
    onSuccess: onClose,
    onSettled: async () =>
      Promise.all(deed.touches.map(async (queryKey) => queries.invalidateQueries({ queryKey: [...queryKey] }))),
  })
  const ready = deed.fields.every((field) => isReady(field, values[field.name] ?? '')) && !sending.isPending
  const set = (name: string, value: string): void => setValues({ ...values, [name]: value })
  return (
    <Modal
      open
      title={deed.title}
      okText={deed.ok}
      cancelText={t('stop.cancel')}
      okButtonProps={{ disabled: !ready, loading: sending.isPending, danger: deed.danger === true }}
      onOk={() => sending.mutate()}
      onCancel={onClose}
      afterOpenChange={onOpened}
    >
      {deed.hint !== undefined && <p className="small">{deed.hint}</p>}
      <FirstField place={place}>
        {deed.fields.map(({ name, label, kind, choices }) =>
          kind === 'account' ? (
            <AccountPick key={name} label={label} onPick={({ id }) => set(name, String(id))} />
          ) : kind === 'choice' ? (
            <Select
              key={name}
              className="deed-field"
              aria-label={label}
              value={values[name] ?? ''}
              onChange={(value) => set(name, value)}
              options={(choices ?? []).map((choice) => ({ ...choice }))}
            />
          ) : (
            <Input
              key={name}
              className="deed-field"
              maxLength={200}
              type={kind === 'day' ? 'date' : 'text'}
              inputMode={kind === 'days' ? 'numeric' : kind === 'money' || kind === 'cash' ? 'decimal' : 'text'}
              aria-label={label}
              placeholder={label}
              value={values[name] ?? ''}
              onChange={({ target }) => set(name, target.value)}
              onPressEnter={() => ready && sending.mutate()}
            />
          ),
        )}
      </FirstField>
      {sending.isError && <Problem error={sending.error} />}
    </Modal>
  )
}
