import type { SettingRange } from '@xianfu/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, Input, Modal, Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { guardsKey, sitesKey } from '../../live/query-keys.ts'
import { Problem } from '../../parts/problem.tsx'
import {
  changesOf,
  draftOf,
  mostSpans,
  type AnySettings,
  type CompensationDraft,
  type Draft,
  type DraftProblem,
  type Span,
} from './setting-draft.ts'
import { settingGroups, useSettingWords } from './setting-words.tsx'

export type Saving = Readonly<{
  changes: Readonly<Record<string, unknown>>
  reason: string
  password?: string
}>

type Props = Readonly<{
  title: string
  settings: AnySettings
  ranges: Readonly<Record<string, SettingRange>>
  withPassword: readonly string[]
  save: (saving: Saving) => Promise<unknown>
  onClose: () => void
}>

/** All settings in one form: what can not be is said at its field, and only what differs is sent. */
export const SettingDialog = ({ title, settings, ranges, withPassword, save, onClose }: Props) => {
  const { t } = useTranslation()
  const words = useSettingWords()
  const queries = useQueryClient()
  const [draft, setDraft] = useState<Draft>(() => draftOf(settings))
  const [reason, setReason] = useState('')
  const [password, setPassword] = useState('')
  const { changes, problems } = changesOf(draft, settings, ranges)
  const names = Object.keys(changes)
  const needsPassword = names.some((name) => withPassword.includes(name))
  const saving = useMutation({
    mutationFn: async () => save({ changes, reason, ...(needsPassword && { password }) }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: [...sitesKey] })
      await queries.invalidateQueries({ queryKey: [...guardsKey] })
      onClose()
    },
  })
  const isReady =
    names.length > 0 && problems.length === 0 && reason.trim() !== '' && (!needsPassword || password !== '')
  const problemOf = (name: string): DraftProblem | undefined => problems.find((one) => one.name === name)
  const set = (name: string, text: string): void => setDraft({ ...draft, texts: { ...draft.texts, [name]: text } })
  return (
    <Modal
      open
      width={860}
      style={{ top: 24 }}
      className="setting-dialog"
      title={title}
      okText={t('site.save')}
      cancelText={t('site.cancel')}
      okButtonProps={{ disabled: !isReady, loading: saving.isPending, danger: needsPassword }}
      onOk={() => saving.mutate()}
      onCancel={onClose}
    >
      {settingGroups.map(([group, members]) => {
        const shown = members.filter((name) => name in settings)
        if (shown.length === 0) return null
        return (
          <fieldset key={group}>
            <legend>{t(`siteGroup.${group}`)}</legend>
            {shown.map((name) => {
              const label = words.name(name)
              if (name === 'friendlyHours')
                return (
                  <Field key={name} name={name} label={label} problem={problemOf(name)} isWide>
                    <Hours hours={draft.hours} onChange={(hours) => setDraft({ ...draft, hours })} />
                  </Field>
                )
              if (name === 'compensation')
                return (
                  <Field key={name} name={name} label={label} problem={problemOf(name)} isWide>
                    <CompensationFields
                      draft={draft.compensation}
                      isSite={'servicePhone' in settings}
                      onChange={(compensation) => setDraft({ ...draft, compensation })}
                    />
                  </Field>
                )
              return (
                <Field key={name} name={name} label={label} problem={problemOf(name)}>
                  <Input
                    id={`setting-${name}`}
                    status={problemOf(name) === undefined ? '' : 'error'}
                    inputMode={name in ranges && (ranges[name]?.most ?? 0) > 400 ? 'numeric' : 'text'}
                    placeholder={ranges[name]?.optional === true ? words.value(name, null) : ''}
                    value={draft.texts[name] ?? ''}
                    onChange={({ target }) => set(name, target.value)}
                  />
                </Field>
              )
            })}
          </fieldset>
        )
      })}
      <p className="small" role="status">
        {names.length === 0 ? t('site.nothingYet') : t('site.willChange', { names: names.map(words.name).join(', ') })}
      </p>
      <Input
        maxLength={200}
        aria-label={t('site.reason')}
        placeholder={t('site.reason')}
        value={reason}
        onChange={({ target }) => setReason(target.value)}
        onPressEnter={() => isReady && !saving.isPending && saving.mutate()}
      />
      {needsPassword && (
        <Input.Password
          className="password"
          aria-label={t('batch.password')}
          placeholder={`${t('batch.password')} · ${t('site.passwordWhy')}`}
          autoComplete="current-password"
          value={password}
          onChange={({ target }) => setPassword(target.value)}
        />
      )}
      {saving.isError && <Problem error={saving.error} />}
    </Modal>
  )
}

type FieldProps = Readonly<{
  name: string
  label: string
  problem: DraftProblem | undefined
  isWide?: boolean
  children: React.ReactNode
}>

const Field = ({ name, label, problem, isWide = false, children }: FieldProps) => {
  const { t } = useTranslation()
  return (
    <div className={isWide ? 'setting wide' : 'setting'}>
      <label htmlFor={`setting-${name}`}>{label}</label>
      {children}
      {problem !== undefined && (
        <span className="wrong" role="alert">
          {t(`siteProblem.${problem.problem}`, { least: problem.least, most: problem.most })}
        </span>
      )}
    </div>
  )
}

const everyDay = [1, 2, 3, 4, 5, 6, 0]

type HoursProps = Readonly<{ hours: readonly Span[]; onChange: (hours: readonly Span[]) => void }>

const Hours = ({ hours, onChange }: HoursProps) => {
  const { t } = useTranslation()
  const words = useSettingWords()
  const change = (at: number, part: Partial<Span>): void =>
    onChange(hours.map((span, index) => (index === at ? { ...span, ...part } : span)))
  return (
    <>
      {hours.map((span, index) => (
        // Spans have no names of their own, and are only ever added at the end.
        // oxlint-disable-next-line react/no-array-index-key
        <div className="span" key={index}>
          <Input
            aria-label={t('site.from')}
            placeholder="22:00"
            maxLength={5}
            value={span.from}
            onChange={({ target }) => change(index, { from: target.value })}
          />
          –
          <Input
            aria-label={t('site.to')}
            placeholder="07:00"
            maxLength={5}
            value={span.to}
            onChange={({ target }) => change(index, { to: target.value })}
          />
          <Checkbox.Group
            options={everyDay.map((value) => ({ value, label: words.weekday(value) }))}
            value={[...span.weekdays]}
            onChange={(weekdays) => change(index, { weekdays })}
          />
          <Button
            size="small"
            aria-label={t('site.removeHours')}
            onClick={() => onChange(hours.filter((_, at) => at !== index))}
          >
            ×
          </Button>
        </div>
      ))}
      <Button
        size="small"
        disabled={hours.length >= mostSpans}
        onClick={() => onChange([...hours, { from: '22:00', to: '07:00', weekdays: everyDay }])}
      >
        {t('site.addHours')}
      </Button>
    </>
  )
}

type CompensationProps = Readonly<{
  draft: CompensationDraft
  isSite: boolean
  onChange: (draft: CompensationDraft) => void
}>

const CompensationFields = ({ draft, isSite, onChange }: CompensationProps) => {
  const { t } = useTranslation()
  const kinds = isSite ? (['installation', 'none', 'own'] as const) : (['none', 'own'] as const)
  return (
    <>
      <Radio.Group
        value={draft.kind}
        onChange={({ target }) => onChange({ ...draft, kind: target.value as CompensationDraft['kind'] })}
        options={kinds.map((value) => ({ value, label: t(`siteCompensation.${value}`) }))}
      />
      {draft.kind === 'own' && (
        <div className="span">
          {(['afterSeconds', 'amount', 'perHour', 'most'] as const).map((name) => (
            <Input
              key={name}
              className="amount"
              prefix={<span className="small">{t(`siteRule.${name}`)}</span>}
              aria-label={t(`siteRule.${name}`)}
              value={draft[name]}
              onChange={({ target }) => onChange({ ...draft, [name]: target.value })}
            />
          ))}
        </div>
      )}
    </>
  )
}
