import type { InputRef } from 'antd'
import type { Ref } from 'react'
import { useTranslation } from 'react-i18next'
import { SearchField } from '../../parts/search-field.tsx'
import { shows, type Show } from './meter-list.ts'

export type FilterBarProps = Readonly<{
  search: string
  onSearch: (search: string) => void
  show: Show
  onShow: (show: Show) => void
  counts: Readonly<Record<Show, number>>
  shown: number
  total: number
  field: Ref<InputRef>
}>

/** The choices that would show something, the chosen one, and those that people expect to find. */
export const choicesOf = (counts: Readonly<Record<Show, number>>, show: Show): readonly Show[] =>
  shows.filter((one) => counts[one] > 0 || one === show || one === 'all' || one === 'cut-off' || one === 'warned')

export const FilterBar = ({ search, onSearch, show, onShow, counts, shown, total, field }: FilterBarProps) => {
  const { t } = useTranslation()
  return (
    <div className="filters">
      <SearchField field={field} hint={t('table.search')} value={search} onChange={onSearch} />
      <div className="chips" role="group" aria-label={t('show.label')}>
        {choicesOf(counts, show).map((one, index) => (
          <button
            key={one}
            type="button"
            className={`chip ${one} ${one === show ? 'chosen' : ''}`}
            aria-pressed={one === show}
            aria-keyshortcuts={String(index + 1)}
            onClick={() => onShow(one)}
          >
            {t(`show.${one}`)} <b>{counts[one]}</b>
          </button>
        ))}
      </div>
      <span className="count" role="status">
        {t('table.count', { shown, total })}
      </span>
    </div>
  )
}
