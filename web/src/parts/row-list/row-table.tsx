import { Table, type TableColumnsType, type TableProps, type TableRef } from 'antd'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import './row-list.css'

/** More rows than this are drawn only where they are seen. */
const drawnAtOnce = 150
/** What stands above and below the rows on a page of the usual height. */
const aroundRowsPx = 230
const leastRowsPx = 240
/** Of a column that takes what is left. */
const freeColumnPx = 140

const useRowsHeight = (aroundPx: number): number => {
  const [height, setHeight] = useState(window.innerHeight)
  useEffect(() => {
    const onResize = (): void => setHeight(window.innerHeight)
    window.addEventListener('resize', onResize)
    return () => window.removeEventListener('resize', onResize)
  }, [])
  return Math.max(height - aroundPx, leastRowsPx)
}

type Props<Row> = Readonly<{
  label: string
  rows: readonly Row[]
  columns: TableColumnsType<Row>
  idOf: (row: Row) => string
  chosenId: string | null
  onChoose: (row: Row) => void
  loading: boolean
  empty: ReactNode
  /** More names of a row's class. */
  classOf?: (row: Row) => string
  className?: string
  aroundPx?: number
  onChange?: TableProps<Row>['onChange']
  /** The width that the columns want, where they do not shrink to the room there is. */
  width?: number
}>

/** Rows of which one is chosen and kept in sight; thousands of them are drawn only where they are seen. */
export const RowTable = <Row extends object>(props: Props<Row>) => {
  const { rows, columns, idOf, chosenId, classOf } = props
  const height = useRowsHeight(props.aroundPx ?? aroundRowsPx)
  const virtual = rows.length > drawnAtOnce
  const wanted = columns.reduce((sum, { width }) => sum + (typeof width === 'number' ? width : freeColumnPx), 0)
  const x = props.width ?? wanted
  const table = useRef<TableRef>(null)
  const moved = useRef(chosenId)
  useEffect(() => {
    // Not on the first look: the page begins at its top.
    if (chosenId !== null && moved.current !== chosenId) table.current?.scrollTo({ key: chosenId })
    moved.current = chosenId
  }, [chosenId])
  return (
    <Table<Row>
      ref={table}
      className={`row-table ${props.className ?? ''}`}
      aria-label={props.label}
      size="small"
      rowKey={idOf}
      loading={props.loading}
      dataSource={rows}
      columns={columns}
      {...(props.onChange !== undefined && { onChange: props.onChange })}
      pagination={false}
      virtual={virtual}
      {...(virtual ? { scroll: { x, y: height } } : props.width !== undefined && { scroll: { x } })}
      locale={{ emptyText: props.loading ? ' ' : props.empty }}
      rowClassName={(row) => `row ${classOf?.(row) ?? ''} ${idOf(row) === chosenId ? 'chosen' : ''}`}
      onRow={(row) => ({ 'aria-selected': idOf(row) === chosenId, onClick: () => props.onChoose(row) })}
    />
  )
}
