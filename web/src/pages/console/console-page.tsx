import { listMeters, type MeterRow } from '@xianfu/contract'
import { useNavigate } from '@tanstack/react-router'
import type { InputRef } from 'antd'
import { useCallback, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useChosenMeter } from '../../app/chosen-meter.ts'
import { useSite } from '../../app/site.ts'
import { useKeys } from '../../keys/use-keys.ts'
import { metersKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { Problem } from '../../parts/problem.tsx'
import { TopUpDialog } from '../../parts/top-up-dialog.tsx'
import { DayChart } from './day-chart.tsx'
import { FieldChart } from './field-chart.tsx'
import { FeedPanel } from './feed-panel.tsx'
import { choicesOf, FilterBar } from './filter-bar.tsx'
import { byUrgency, countShown, filterMeters, sortMeters, stepTo, type Sorting } from './meter-list.ts'
import { MeterTable } from './meter-table.tsx'
import { OverviewTiles } from './overview-tiles.tsx'
import { useFilter } from './use-filter.ts'
import './console.css'

const noMeters: readonly MeterRow[] = []

/** The page a cashier keeps open all day: every meter, live, found and paid for from the keyboard. */
export const ConsolePage = () => {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { filter, change, settle } = useFilter()
  const { show = 'all', q = '' } = filter
  const { operator } = useSite()
  const { id: chosen, choose } = useChosenMeter()
  const { data, error, isPending, again } = useRead(metersKey, async () => call(listMeters))
  const [sorting, setSorting] = useState<Sorting>(byUrgency)
  const [paying, setPaying] = useState<number | null>(null)
  const field = useRef<InputRef>(null)
  const all = data?.meters ?? noMeters
  const sorted = useMemo(() => sortMeters(all, sorting), [all, sorting])
  const shown = useMemo(() => filterMeters(sorted, show, q), [sorted, show, q])
  const counts = useMemo(() => countShown(all), [all])
  const chosenRow = shown.find(({ id }) => id === chosen) ?? shown[0]
  const payingRow = all.find(({ id }) => id === paying)
  const mayPay = operator.permissions.includes('top-up')

  const open = (row: MeterRow | undefined): void => {
    if (row === undefined) return
    choose(row.id)
    settle()
    void navigate({ to: '/meters/$meterId', params: { meterId: String(row.id) } })
  }
  const step = (count: number): void =>
    choose(
      stepTo(
        shown.map(({ id }) => id),
        chosenRow?.id ?? null,
        count,
      ),
    )
  const pay = useCallback(({ id }: MeterRow) => setPaying(id), [])

  useKeys('console', {
    search: () => field.current?.focus({ cursor: 'all' }),
    next: () => step(1),
    previous: () => step(-1),
    first: () => step(-shown.length),
    last: () => step(shown.length),
    open: () => open(chosenRow),
    'top-up': () => {
      if (mayPay && chosenRow?.account) setPaying(chosenRow.id)
    },
    show: (key) => {
      const choice = choicesOf(counts, show)[Number(key) - 1]
      if (choice !== undefined) change({ show: choice, q })
    },
    clear: () => {
      change({})
      field.current?.blur()
    },
  })

  return (
    <div className="console">
      <h1 className="unseen">{t('nav.console')}</h1>
      <OverviewTiles show={show} onShow={(next) => change({ show: next, q })} />
      <div className="list">
        <FilterBar
          search={q}
          onSearch={(next) => change({ show, q: next })}
          show={show}
          onShow={(next) => change({ show: next, q })}
          counts={counts}
          shown={shown.length}
          total={all.length}
          field={field}
        />
        {error !== null && <Problem error={error} onRetry={again} />}
        {(data !== undefined || isPending) && (
          <MeterTable
            rows={shown}
            loading={isPending}
            filtered={all.length > 0}
            chosen={chosenRow?.id ?? null}
            onChoose={({ id }) => choose(id)}
            onOpen={open}
            onPay={mayPay ? pay : null}
            sorting={sorting}
            onSort={setSorting}
          />
        )}
      </div>
      <aside className="beside">
        <DayChart />
        <FieldChart />
        <FeedPanel />
      </aside>
      {payingRow?.account && (
        <TopUpDialog meter={payingRow} account={payingRow.account} onClose={() => setPaying(null)} />
      )}
    </div>
  )
}
