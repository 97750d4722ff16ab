import { readBatch, type BatchItem } from '@xianfu/contract'
import { Link } from '@tanstack/react-router'
import { Alert, Button, Skeleton, Space, Table, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { formatInstant } from '../../format/time.ts'
import { batchKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { Problem } from '../../parts/problem.tsx'
import { CommandTag, Money, StageTag } from '../../parts/states.tsx'
import { useSaying } from '../../words/saying.ts'
import { BatchDeed, type Deed } from './batch-deed.tsx'
import { BatchStateTag, isDangerous, KindTag } from './batch-kind.tsx'
import { deedsFor, sortItems } from './batch-list.ts'
import { WrittenSteps } from './written-steps.tsx'
import { tablePages } from '../../parts/table-pages.ts'

const pageSize = 50
const aroundRunning = 2_000

const renderWritten = ({ written }: BatchItem) => <WrittenSteps written={written} />

/** One batch: who asked, who decided, and every meter with what was known of it and what became of it. */
export const BatchDetail = ({ id }: { readonly id: string }) => {
  const { t } = useTranslation()
  const say = useSaying()
  const { system, operator } = useSite()
  const [deed, setDeed] = useState<Deed | null>(null)
  const { data, error, again } = useRead(batchKey(id), async () => call(readBatch, { params: { id } }), {
    // The live stream tells of the batch; the ends of single commands come a little faster by asking.
    refetchInterval: aroundRunning,
  })
  if (data === undefined && error !== null) return <Problem error={error} onRetry={again} />
  if (data === undefined) return <Skeleton active />
  const { counts, decision, stop } = data
  const mayApprove = operator.permissions.includes(isDangerous(data.kind) ? 'control-trip' : 'control')
  const mayControl = operator.permissions.includes('control')
  const deeds = deedsFor(data, { login: operator.login, mayApprove, mayControl })
  const instant = (at: number): string => formatInstant(at, system.timeZone, 'short')
  return (
    <>
      <h2>
        <KindTag kind={data.kind} override={data.override} /> <BatchStateTag state={data.state} />
      </h2>
      <dl className="facts">
        <dt>{t('batch.requester')}</dt>
        <dd>{t('batch.decidedBy', { who: data.requestedBy.name, at: instant(data.at), reason: data.reason })}</dd>
        {decision !== null && (
          <>
            <dt>{t('batch.decided')}</dt>
            <dd>
              {t('batch.decidedBy', { who: decision.by.name, at: instant(decision.at), reason: decision.reason ?? '' })}
            </dd>
          </>
        )}
        {stop !== null && (
          <>
            <dt>{t('batch.stopped')}</dt>
            <dd>
              {t('batch.decidedBy', {
                who: stop.by?.name ?? t('batch.byCommandLine'),
                at: instant(stop.at),
                reason: stop.reason,
              })}
            </dd>
          </>
        )}
        {data.parameters.length > 0 && (
          <>
            <dt>{t('command.write-parameters')}</dt>
            <dd>{data.parameters.map(({ item, value }) => `${t(`parameter.${item}`)} ${value}`).join(' · ')}</dd>
          </>
        )}
        <dt>{t('batch.progress')}</dt>
        <dd role="status">
          {t('batch.progressOf', counts)}
          {counts.waiting + counts.underWay > 0 && ` · ${t('batch.waitingOf', counts)}`}
        </dd>
      </dl>
      {data.state === 'waiting' && deeds.includes('withdraw') && <Alert type="info" title={t('batch.ownBatch')} />}
      <Space className="deeds">
        {deeds.map((one) => (
          <Button
            key={one}
            danger={one === 'stop'}
            type={one === 'approve' ? 'primary' : 'default'}
            onClick={() => setDeed(one)}
          >
            {t(`batch.${one}`)}
          </Button>
        ))}
      </Space>
      <Table<BatchItem>
        size="small"
        aria-label={t('batch.meters')}
        rowKey="meterId"
        dataSource={sortItems(data.items)}
        expandable={{
          rowExpandable: ({ written }) => written.length > 0,
          expandedRowRender: renderWritten,
        }}
        pagination={tablePages(pageSize)}
        columns={[
          {
            title: t('table.place'),
            width: 110,
            render: (_, { place, meterId }) => (
              <Link to="/meters/$meterId" params={{ meterId: String(meterId) }}>
                {place}
              </Link>
            ),
          },
          {
            title: t('batch.seen'),
            render: (_, { seen: { balance, stage, customerName } }) => (
              <>
                {customerName ?? t('table.noAccount')} {balance !== null && <Money amount={balance} />}{' '}
                {stage !== null && <StageTag stage={stage} />}
              </>
            ),
          },
          {
            title: t('batch.result'),
            render: (_, { state, because, command }) =>
              command === null ? (
                <>
                  <Tag>{t(`itemState.${state}`)}</Tag> {because !== null && say.reason(because)}
                </>
              ) : (
                <>
                  <CommandTag kind={data.kind} state={command.state} />
                  {command.failure !== null && say.detail(command.failure)}
                </>
              ),
          },
        ]}
      />
      {deed !== null && <BatchDeed batch={data} deed={deed} onClose={() => setDeed(null)} />}
    </>
  )
}
