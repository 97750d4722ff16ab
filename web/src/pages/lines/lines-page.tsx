import { listLines, type LineRow } from '@xianfu/contract'
import { Select, Table, type InputRef } from 'antd'
import { useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useKeys } from '../../keys/use-keys.ts'
import { linesKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { Problem } from '../../parts/problem.tsx'
import { SearchField } from '../../parts/search-field.tsx'
import { stepTo } from '../console/meter-list.ts'
import { useLineColumns } from './line-columns.tsx'
import { LineDetail } from './line-detail.tsx'
import { areElsewhere, everyLine, filterLines, sortLines, type LineFilter } from './line-list.ts'
import { PauseDialog } from './pause-dialog.tsx'
import { usePausing } from './use-pausing.ts'
import './lines.css'

const noLines: readonly LineRow[] = []
const pageSize = 50
/** Counts of the wire are not on the live stream: they change with every exchange. */
const readAgainMs = 10_000
const states = ['down', 'impaired', 'good', 'unknown'] as const

/** All RS-485 lines: what they have to carry, what they carry, and what is likely wrong with them. */
export const LinesPage = () => {
  const { t } = useTranslation()
  const [filter, setFilter] = useState<LineFilter>(everyLine)
  const [chosen, setChosen] = useState<number | null>(null)
  const [resting, setResting] = useState<LineRow | null>(null)
  const field = useRef<InputRef>(null)
  const read = async () => call(listLines)
  const { data, error, isPending, again } = useRead(linesKey, read, { refetchInterval: readAgainMs })
  const pausing = usePausing()
  const all = data?.lines ?? noLines
  const columns = useLineColumns(areElsewhere(all))
  const shown = useMemo(() => sortLines(filterLines(all, filter)), [all, filter])
  const line = shown.find(({ gateway }) => gateway.id === chosen) ?? shown[0]
  const ids = shown.map(({ gateway }) => gateway.id)
  /** It stays chosen, wherever the list puts it when it rests. */
  const askToRest = (one: LineRow): void => {
    setChosen(one.gateway.id)
    setResting(one)
  }
  const step = (count: number): void => setChosen(stepTo(ids, line?.gateway.id ?? null, count))
  useKeys('lines', {
    search: () => field.current?.focus({ cursor: 'all' }),
    next: () => step(1),
    previous: () => step(-1),
    'pause-line': () => {
      if (pausing.mayPause && line?.pausedUntil === null) askToRest(line)
    },
    clear: () => {
      setFilter(everyLine)
      field.current?.blur()
    },
  })
  return (
    <div className="lines">
      <h1 className="unseen">{t('nav.lines')}</h1>
      <div className="filters">
        <SearchField
          field={field}
          hint={t('line.search')}
          value={filter.search}
          onChange={(search) => setFilter({ ...filter, search })}
        />
        <Select
          className="choice"
          aria-label={t('line.state')}
          value={filter.state}
          onChange={(state) => setFilter({ ...filter, state })}
          options={[
            { value: null, label: t('line.allStates') },
            ...states.map((value) => ({ value, label: t(`lineState.${value}`) })),
          ]}
        />
        <span className="count" role="status">
          {t('line.count', { shown: shown.length, total: all.length })}
        </span>
      </div>
      {error !== null && <Problem error={error} onRetry={again} />}
      {pausing.error !== null && resting === null && <Problem error={pausing.error} />}
      <div className="two">
        <Table<LineRow>
          size="small"
          aria-label={t('line.label')}
          rowKey={({ gateway }) => gateway.id}
          loading={isPending}
          dataSource={shown}
          columns={columns}
          pagination={{ defaultPageSize: pageSize, hideOnSinglePage: true, size: 'small' }}
          locale={{
            emptyText: data === undefined ? ' ' : all.length === 0 ? t('line.empty') : t('line.emptyFilter'),
          }}
          rowClassName={({ gateway }) => (gateway.id === line?.gateway.id ? 'row chosen' : 'row')}
          onRow={({ gateway }) => ({
            onClick: () => setChosen(gateway.id),
            'aria-selected': gateway.id === line?.gateway.id,
          })}
        />
        <LineDetail line={line} pausing={pausing} onPause={askToRest} />
      </div>
      {resting !== null && <PauseDialog line={resting} pausing={pausing} onDone={() => setResting(null)} />}
    </div>
  )
}
