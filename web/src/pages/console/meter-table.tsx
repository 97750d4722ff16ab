import type { MeterRow } from '@xianfu/contract'
import { Grid, type TableProps } from 'antd'
import { useTranslation } from 'react-i18next'
import { RowTable } from '../../parts/row-list/row-table.tsx'
import { useMeterColumns } from './meter-columns.tsx'
import { byUrgency, type Column, type Sorting } from './meter-list.ts'

/** What stands above and below the rows on a page of the usual height: the figures of the whole too. */
const aroundRowsPx = 270

export type MeterTableProps = Readonly<{
  rows: readonly MeterRow[]
  loading: boolean
  filtered: boolean
  chosenId: string | null
  onChoose: (row: MeterRow) => void
  onPay: ((row: MeterRow) => void) | null
  sorting: Sorting
  onSort: (sorting: Sorting) => void
}>

const idOf = ({ id }: MeterRow): string => String(id)
const classOf = ({ account }: MeterRow): string => account?.stage ?? ''

export const MeterTable = (props: MeterTableProps) => {
  const { t } = useTranslation()
  const { rows, sorting } = props
  const screen = Grid.useBreakpoint()
  const room = screen.xxl === true ? 'all' : screen.md === false ? 'little' : 'usual'
  const columns = useMeterColumns({ pay: props.onPay, sorting, room })
  const width = columns.reduce((sum, { width: one }) => sum + Number(one ?? 0), 0)
  const onChange: TableProps<MeterRow>['onChange'] = (_, __, sorter) => {
    const { columnKey, order } = Array.isArray(sorter) ? { columnKey: undefined, order: undefined } : sorter
    props.onSort(order ? { column: columnKey as Column, descending: order === 'descend' } : byUrgency)
  }
  return (
    <RowTable<MeterRow>
      className="meters"
      label={t('table.label')}
      rows={rows}
      columns={columns}
      idOf={idOf}
      chosenId={props.chosenId}
      onChoose={props.onChoose}
      loading={props.loading}
      empty={<Nothing filtered={props.filtered} />}
      classOf={classOf}
      aroundPx={aroundRowsPx}
      onChange={onChange}
      width={width}
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
