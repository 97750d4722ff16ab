import { Button, type TableColumnsType } from 'antd'
import { useEffect, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Read } from '../../live/use-read.ts'
import { Problem } from '../problem.tsx'
import { SearchField } from '../search-field.tsx'
import { RowTable } from './row-table.tsx'
import type { RowListState } from './use-row-list.ts'

type Props<Row> = Readonly<{
  list: RowListState<Row>
  read: Omit<Read<unknown>, 'data'>
  label: string
  columns: TableColumnsType<Row>
  /** Of the search field; without it there is none. */
  hint?: string
  /** Stands before the search: what decides which list it is. */
  before?: ReactNode
  /** Stands after the search: choices, buttons. */
  filters?: ReactNode
  /** How many are shown, of how many. */
  count?: ReactNode
  /** Nothing there, and nothing that fits what is asked for. */
  empty: string
  emptyFilter: string
  /** What stands beside the list, of the chosen row; without it the list has all the room. */
  detail?: ReactNode
  /** What the detail is called. */
  detailLabel?: string
  /** How wide the detail is; half of the room when it has a list of its own. */
  detailWidth?: 'usual' | 'half'
}>

/** A list and the detail of its chosen row beside it; on a narrow screen one after the other, with a way back. */
export const RowList = <Row extends object>(props: Props<Row>) => {
  const { t } = useTranslation()
  const { list, read, hint, detail } = props
  const { reading, detailPlace: place, field } = list
  useEffect(() => {
    if (!reading) return
    window.scrollTo({ top: 0 })
    place.current?.focus()
  }, [place, reading])
  const room = detail === undefined ? 'full' : list.narrow ? 'narrow' : (props.detailWidth ?? 'usual')
  return (
    <div className={`row-list ${room}`}>
      {!reading && (
        <section className="rows">
          <div className="filters">
            {props.before}
            {hint !== undefined && (
              <SearchField field={field} hint={hint} value={list.searched} onChange={list.searchFor} />
            )}
            {props.filters}
            <span className="count" role="status">
              {props.count}
            </span>
          </div>
          {read.error !== null && <Problem error={read.error} onRetry={read.again} />}
          {(read.error === null || list.all.length > 0) && (
            <RowTable<Row>
              label={props.label}
              rows={list.shown}
              columns={props.columns}
              idOf={list.idOf}
              chosenId={detail !== undefined && list.narrow ? null : list.chosenId}
              onChoose={(row) => list.choose(list.idOf(row))}
              loading={read.isPending}
              empty={
                list.all.length === 0 ? (
                  props.empty
                ) : (
                  <>
                    {props.emptyFilter}
                    <div className="small">{t('table.emptyHint')}</div>
                  </>
                )
              }
            />
          )}
        </section>
      )}
      {detail !== undefined && (reading || !list.narrow) && (
        <aside className="detail" aria-label={props.detailLabel} tabIndex={-1} ref={place}>
          {reading && (
            <Button size="small" className="back" onClick={() => list.back()} aria-keyshortcuts="Escape">
              ← {t('meter.back')}
            </Button>
          )}
          {detail}
        </aside>
      )}
    </div>
  )
}
