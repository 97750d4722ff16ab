import type { MeterRow } from '@xianfu/contract'
import { Grid, Table, type TableProps, type TableRef } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMeterColumns } from './meter-columns.tsx'
import { byUrgency, type Column, type Sorting } from './meter-list.ts'

/** More rows than this are drawn only where they are seen. */
const drawnAtOnce = 150
/** What stands above and below the rows on a page of the usual height. */
const aroundRowsPx = 270
const leastRowsPx = 240

const useRowsHeight = (): number => {
  const [height, setHeight] = useState(window.innerHeight)
  useEffect(() => {
    const onResize = (): void => setHeight(window.innerHeight)
    window.addEventListener('resize', onResize)
    return () => window.removeEventListener('resize', onResize)
  }, [])
  return Math.max(height - aroundRowsPx, leastRowsPx)
}

export type MeterTableProps = Readonly<{
  rows: readonly MeterRow[]
  loading: boolean
  filtered: boolean
  chosen: number | null
  onChoose: (row: MeterRow) => void
  onOpen: (row: MeterRow) => void
  onPay: ((row: MeterRow) => void) | null
  sorting: Sorting
  onSort: (sorting: Sorting) => void
}>

export const MeterTable = (props: MeterTableProps) => {
  const { t } = useTranslation()
  const { rows, chosen, sorting } = props
  const screen = Grid.useBreakpoint()
  const room = screen.xxl === true ? 'all' : screen.md === false ? 'little' : 'usual'
  const columns = useMeterColumns({ pay: props.onPay, sorting, room })
  const height = useRowsHeight()
  const virtual = rows.length > drawnAtOnce
  const width = columns.reduce((sum, { width: one }) => sum + Number(one ?? 0), 0)
  const table = useRef<TableRef>(null)
  const moved = useRef(chosen)
  useEffect(() => {
    // Not on the first look: the page begins at its top.
    if (chosen !== null && moved.current !== chosen) table.current?.scrollTo({ key: chosen })
    moved.current = chosen
  }, [chosen])
  const onChange: TableProps<MeterRow>['onChange'] = (_, __, sorter) => {
    const { columnKey, order } = Array.isArray(sorter) ? { columnKey: undefined, order: undefined } : sorter
    props.onSort(order ? { column: columnKey as Column, descending: order === 'descend' } : byUrgency)
  }
  return (
    <Table<MeterRow>
      ref={table}
      className="meters"
      aria-label={t('table.label')}
      size="small"
      rowKey="id"
      loading={props.loading}
      dataSource={rows}
      columns={columns}
      onChange={onChange}
      pagination={false}
      virtual={virtual}
      scroll={virtual ? { x: width, y: height } : { x: width }}
      locale={{ emptyText: props.loading ? ' ' : <Nothing filtered={props.filtered} /> }}
      rowClassName={({ id, account }) => `row ${account?.stage ?? ''} ${id === chosen ? 'chosen' : ''}`}
      onRow={(row) => ({
        'aria-selected': row.id === chosen,
        onClick: () => {
          props.onChoose(row)
          props.onOpen(row)
        },
      })}
    />
  )
}

const Nothing = ({ filtered }: { readonly filtered: boolean }) => {
  const { t } = useTranslation()
  if (!filtered) return t('table.emptySite')
  return (
    <>
      {t('table.empty')}
      <div className="small">{t('table.emptyHint')}</div>
    </>
  )
}
