import { listMeters, type MeterRow } from '@xianfu/contract'
import { useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { useKeys } from '../../keys/use-keys.ts'
import { metersKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { Problem } from '../../parts/problem.tsx'
import { oneOf } from '../../parts/row-list/list-search.ts'
import { useListAddress } from '../../parts/row-list/use-list-address.ts'
import { useRowList } from '../../parts/row-list/use-row-list.ts'
import { TopUpDialog } from '../../parts/top-up-dialog.tsx'
import { DayChart } from './day-chart.tsx'
import { FieldChart } from './field-chart.tsx'
import { FeedPanel } from './feed-panel.tsx'
import { choicesOf, FilterBar } from './filter-bar.tsx'
import { byUrgency, countShown, filterMeters, shows, sortMeters, type Show, type Sorting } from './meter-list.ts'
import { MeterTable } from './meter-table.tsx'
import { OverviewTiles } from './overview-tiles.tsx'
import type { ConsoleSearch } from './console-search.ts'
import './console.css'

const noMeters: readonly MeterRow[] = []
const idOf = ({ id }: MeterRow): string => String(id)
const selectMeters = (rows: readonly MeterRow[], { show, q = '' }: ConsoleSearch): readonly MeterRow[] =>
  filterMeters(rows, oneOf(shows, show) ?? 'all', q)

/** The page a cashier keeps open all day: every meter, live, found and paid for from the keyboard. */
export const ConsolePage = () => {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const address = useListAddress<'show'>()
  const show = oneOf(shows, address.search.show) ?? 'all'
  const { operator } = useSite()
  const { data, error, isPending, again } = useRead(metersKey, async () => call(listMeters))
  const [sorting, setSorting] = useState<Sorting>(byUrgency)
  const [paying, setPaying] = useState<number | null>(null)
  const all = data?.meters ?? noMeters
  const sorted = useMemo(() => sortMeters(all, sorting), [all, sorting])
  const counts = useMemo(() => countShown(all), [all])
  const open = ({ id }: MeterRow): void => void navigate({ to: '/meters/$meterId', params: { meterId: String(id) } })
  const list = useRowList({ place: 'console', address, rows: sorted, select: selectMeters, idOf, onOpen: open })
  const chosenRow = list.chosen
  const payingRow = all.find(({ id }) => id === paying)
  const mayPay = operator.permissions.includes('top-up')
  const choose = (row: MeterRow): void => {
    // Coming back finds the list as it was left.
    address.settle({ id: idOf(row) })
    open(row)
  }
  const showOnly = (next: Show): void => address.change({ show: next === 'all' ? '' : next })
  const pay = useCallback(({ id }: MeterRow) => setPaying(id), [])

  useKeys('console', {
    'top-up': () => {
      if (mayPay && chosenRow?.account) setPaying(chosenRow.id)
    },
    show: (key) => {
      const choice = choicesOf(counts, show)[Number(key) - 1]
      if (choice !== undefined) showOnly(choice)
    },
  })

  return (
    <div className="console">
      <h1 className="unseen">{t('nav.console')}</h1>
      <OverviewTiles show={show} onShow={showOnly} />
      <div className="list">
        <FilterBar
          search={list.searched}
          onSearch={list.searchFor}
          show={show}
          onShow={showOnly}
          counts={counts}
          shown={list.shown.length}
          total={all.length}
          field={list.field}
        />
        {error !== null && <Problem error={error} onRetry={again} />}
        {(data !== undefined || isPending) && (
          <MeterTable
            rows={list.shown}
            loading={isPending}
            filtered={all.length > 0}
            chosenId={list.chosenId}
            onChoose={choose}
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
