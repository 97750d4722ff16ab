import { judgeReading, listHeldReadings, type HeldReading } from '@xianfu/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Input, Modal, Space, Table } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { kilowattHours } from '../../format/decimal.ts'
import { formatInstant } from '../../format/time.ts'
import { completenessKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { MeterLink } from '../../parts/meter-link.tsx'
import { Problem } from '../../parts/problem.tsx'
import { useSaying } from '../../words/saying.ts'
import { tablePages } from '../../parts/table-pages.ts'

type Verdict = 'release' | 'reject'
type Judging = Readonly<{ reading: HeldReading; verdict: Verdict }>

const noReadings: readonly HeldReading[] = []
const pageSize = 20

/** Readings that are not believed until a person has looked at them. */
export const HeldTable = () => {
  const { t } = useTranslation()
  const say = useSaying()
  const { system, operator } = useSite()
  const [judging, setJudging] = useState<Judging | null>(null)
  const { data, error, isPending, again } = useRead([...completenessKey, 'held'], async () => call(listHeldReadings))
  const mayJudge = operator.permissions.includes('control-trip')
  const time = (at: number): string => formatInstant(at, system.timeZone, 'short')
  return (
    <section>
      <h2>{t('held.title', { count: data?.count ?? 0 })}</h2>
      {error !== null && <Problem error={error} onRetry={again} />}
      <Table<HeldReading>
        size="small"
        aria-label={t('held.title', { count: data?.count ?? 0 })}
        rowKey={({ meter, at }) => `${String(meter.id)} ${String(at)}`}
        loading={isPending}
        dataSource={data?.readings ?? noReadings}
        pagination={tablePages(pageSize)}
        locale={{ emptyText: isPending ? ' ' : t('held.none') }}
        columns={[
          {
            title: t('completeness.meter'),
            render: (_, { meter }) => <MeterLink meterId={meter.id}>{meter.place}</MeterLink>,
          },
          {
            title: t('held.customer'),
            responsive: ['md'],
            render: (_, { account }) => (account === null ? '–' : `${account.customer} · ${account.number}`),
          },
          { title: t('held.at'), className: 'number', render: (_, { at }) => time(at) },
          {
            title: t('held.total'),
            className: 'number',
            align: 'right',
            render: (_, { totalWh }) => kilowattHours(totalWh),
          },
          {
            title: t('held.lastGood'),
            className: 'number',
            render: (_, { lastGood }) =>
              lastGood === null ? '–' : `${kilowattHours(lastGood.totalWh)} · ${time(lastGood.at)}`,
          },
          { title: t('held.because'), render: (_, { heldBecause }) => say.bilingual(heldBecause) },
          {
            title: '',
            render: (_, reading) =>
              mayJudge && (
                <Space size="small">
                  <Button size="small" onClick={() => setJudging({ reading, verdict: 'release' })}>
                    {t('held.release')}
                  </Button>
                  <Button size="small" danger onClick={() => setJudging({ reading, verdict: 'reject' })}>
                    {t('held.reject')}
                  </Button>
                </Space>
              ),
          },
        ]}
      />
      {judging !== null && <JudgeDialog judging={judging} onDone={() => setJudging(null)} />}
    </section>
  )
}

/** Says what a verdict does, and asks why. */
const JudgeDialog = ({ judging, onDone }: { readonly judging: Judging; readonly onDone: () => void }) => {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const { reading, verdict } = judging
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () =>
      call(judgeReading, { params: { id: reading.meter.id }, body: { at: reading.at, verdict, reason } }),
    onSettled: async () => queries.invalidateQueries({ queryKey: [...completenessKey] }),
    onSuccess: onDone,
  })
  const ready = reason.trim() !== '' && !isPending
  return (
    <Modal
      open
      title={t(`held.${verdict}Title`, { place: reading.meter.place, total: kilowattHours(reading.totalWh) })}
      okText={t(`held.${verdict}`)}
      cancelText={t('work.cancel')}
      okButtonProps={{ disabled: !ready, loading: isPending, danger: verdict === 'reject' }}
      onOk={() => mutate()}
      onCancel={onDone}
    >
      <p>{t(`held.${verdict}Hint`)}</p>
      <Input
        autoFocus
        maxLength={200}
        aria-label={t('held.reason')}
        placeholder={t('held.reason')}
        value={reason}
        onChange={({ target }) => setReason(target.value)}
        onPressEnter={() => ready && mutate()}
      />
      {error !== null && <Problem error={error} />}
    </Modal>
  )
}
