import { listGuards, runDryRun, type DryRunOutcome, type DryRunRow, type ResponseOf } from '@xianfu/contract'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Alert, Button, Checkbox, Input, InputNumber, Select, Switch, Table, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { formatInstant } from '../../format/time.ts'
import { guardsKey } from '../../live/query-keys.ts'
import { Problem } from '../../parts/problem.tsx'
import { Money } from '../../parts/states.tsx'
import { useSaying } from '../../words/saying.ts'
import { documentOf, inputOf, isChanged, unchangedForm } from './dry-run-input.ts'
import { tablePages } from '../../parts/table-pages.ts'
import './dry-run.css'

type Report = ResponseOf<typeof runDryRun>
const mostHours = 168
const pageSize = 50
const texts = ['alarm1', 'alarm2', 'cutOff', 'restore', 'lead', 'pricePercent', 'flatPrice'] as const
const switches = ['ignoreNoTrip', 'ignoreProtected', 'liftKeepPower'] as const
const outcomes: readonly DryRunOutcome[] = ['tripped', 'notified', 'held', 'warned-2', 'warned-1', 'nothing']
const outcomeColor: Readonly<Record<DryRunOutcome, string>> = {
  tripped: 'red',
  notified: 'volcano',
  held: 'purple',
  'warned-2': 'orange',
  'warned-1': 'gold',
  nothing: 'default',
}

/** Who would be warned, told and cut, when and why: as things stand, or if something were changed. */
export const DryRunPage = () => {
  const { t } = useTranslation()
  const { site = null } = useSearch({ from: '/dry-run' })
  const [form, setForm] = useState({ ...unchangedForm, siteId: site })
  const { data: guards } = useQuery({ queryKey: [...guardsKey], queryFn: async () => call(listGuards) })
  const running = useMutation({ mutationFn: async () => call(runDryRun, { body: inputOf(form) }) })
  const isBadDocument = form.document.trim() !== '' && documentOf(form.document) === null
  const run = (): void => {
    if (!running.isPending && !isBadDocument) running.mutate()
  }
  return (
    <div className="dry-run">
      <h1 className="unseen">{t('dryRun.go')}</h1>
      <section className="form" aria-label={t('dryRun.go')}>
        <p className="small">{t('dryRun.intro')}</p>
        <Select
          aria-label={t('dryRun.site')}
          value={form.siteId}
          onChange={(siteId) => setForm({ ...form, siteId })}
          options={[
            { value: null, label: t('dryRun.allSites') },
            ...(guards?.guards ?? []).map((guard) => ({ value: guard.site.id, label: guard.site.name })),
          ]}
        />
        <Input
          aria-label={t('dryRun.plan')}
          placeholder={t('dryRun.plan')}
          value={form.planName}
          onChange={({ target }) => setForm({ ...form, planName: target.value })}
        />
        <label>
          {t('dryRun.hours')}
          <InputNumber
            min={1}
            max={mostHours}
            precision={0}
            value={form.hours}
            onChange={(hours) => setForm({ ...form, hours: hours ?? form.hours })}
            onPressEnter={run}
          />
        </label>
        <Checkbox
          checked={form.goesOnUsing}
          onChange={({ target }) => setForm({ ...form, goesOnUsing: target.checked })}
        >
          {t('dryRun.goesOnUsing')}
        </Checkbox>
        <h3>{t('dryRun.change')}</h3>
        {texts.map((name) => (
          <label key={name}>
            {t(`dryRun.${name}`)}
            <Input
              inputMode="decimal"
              value={form[name]}
              onChange={({ target }) => setForm({ ...form, [name]: target.value })}
              onPressEnter={run}
            />
          </label>
        ))}
        <label>
          {t('dryRun.otherPlan')}
          <Input
            placeholder={t('dryRun.otherPlanHint')}
            value={form.otherPlan}
            onChange={({ target }) => setForm({ ...form, otherPlan: target.value })}
            onPressEnter={run}
          />
        </label>
        <Input.TextArea
          rows={3}
          aria-label={t('dryRun.document')}
          placeholder={t('dryRun.document')}
          status={isBadDocument ? 'error' : ''}
          value={form.document}
          onChange={({ target }) => setForm({ ...form, document: target.value })}
        />
        {isBadDocument && (
          <span className="small negative" role="alert">
            {t('dryRun.notJson')}
          </span>
        )}
        {switches.map((name) => (
          <Checkbox
            key={name}
            checked={form[name]}
            onChange={({ target }) => setForm({ ...form, [name]: target.checked })}
          >
            {t(`dryRun.${name}`)}
          </Checkbox>
        ))}
        <Button type="primary" loading={running.isPending} disabled={isBadDocument} onClick={run}>
          {t('dryRun.run')}
        </Button>
      </section>
      <section>
        {running.isError && <Problem error={running.error} />}
        {running.data !== undefined && <Foreseen report={running.data} />}
      </section>
    </div>
  )
}

const Foreseen = ({ report }: { readonly report: Report }) => {
  const { t } = useTranslation()
  const say = useSaying()
  const { system } = useSite()
  const [onlyChanged, setOnlyChanged] = useState(false)
  const instant = (at: number): string => formatInstant(at, system.timeZone, 'short')
  const rows = onlyChanged ? report.rows.filter(isChanged) : report.rows
  const count = (outcome: DryRunOutcome, unchanged = false): number =>
    (unchanged ? report.unchangedCounts : report.counts)[outcome] ?? 0
  const more = count('tripped') - count('tripped', true)
  return (
    <>
      <h2 role="status">
        {t('dryRun.span', { from: instant(report.at), to: instant(report.until), accounts: report.accounts })} ·{' '}
        {more > 0
          ? t('dryRun.more', { count: more })
          : more < 0
            ? t('dryRun.fewer', { count: -more })
            : t('dryRun.same')}
      </h2>
      <p className="counts">
        {outcomes.map((outcome) => (
          <Tag key={outcome} color={outcomeColor[outcome]}>
            {t(`outcome.${outcome}`)} <b className="number">{count(outcome)}</b>{' '}
            <span className="number">({count(outcome, true)})</span>
          </Tag>
        ))}
      </p>
      {report.notPriced > 0 && <Alert type="warning" title={t('dryRun.notPriced', { count: report.notPriced })} />}
      {report.guards
        .filter(({ frozen }) => frozen)
        .map(({ siteId, site }) => (
          <Alert key={siteId} type="info" title={t('dryRun.frozenNow', { site })} />
        ))}
      {report.guards
        .filter(({ wouldFreeze }) => wouldFreeze)
        .map(({ siteId, site, tripped, mostToday }) => (
          <Alert key={siteId} type="warning" title={t('dryRun.wouldFreeze', { site, tripped, most: mostToday })} />
        ))}
      <label className="small">
        <Switch size="small" checked={onlyChanged} onChange={setOnlyChanged} /> {t('dryRun.onlyChanged')}
      </label>
      <Table<DryRunRow>
        size="small"
        aria-label={t('dryRun.list')}
        rowKey="accountId"
        dataSource={rows}
        locale={{ emptyText: t('dryRun.nobody') }}
        pagination={tablePages(pageSize)}
        columns={[
          { title: t('table.place'), render: (_, { place, number }) => `${place} · ${number}` },
          {
            title: t('dryRun.outcome'),
            render: (_, { changed }) => (
              <Tag color={outcomeColor[changed.outcome]}>{t(`outcome.${changed.outcome}`)}</Tag>
            ),
          },
          { title: t('dryRun.at'), className: 'number', render: (_, { changed }) => instant(changed.at) },
          { title: t('dryRun.balance'), align: 'right', render: (_, { balance }) => <Money amount={balance} /> },
          {
            title: t('dryRun.balanceThen'),
            align: 'right',
            render: (_, { changed }) => <Money amount={changed.balanceThen} />,
          },
          { title: t('dryRun.reasons'), render: (_, { changed }) => say.reasons(changed.reasons) },
          {
            title: t('dryRun.unchanged'),
            render: (_, { unchanged }) => (
              <>
                {t(`outcome.${unchanged.outcome}`)}{' '}
                {unchanged.outcome !== 'nothing' && <span className="small number">{instant(unchanged.at)}</span>}
              </>
            ),
          },
        ]}
      />
    </>
  )
}
