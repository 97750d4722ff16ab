import { listLines, type LineRow } from '@xianfu/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useKeys } from '../../keys/use-keys.ts'
import { linesKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { Problem } from '../../parts/problem.tsx'
import { Choice } from '../../parts/row-list/choice.tsx'
import { oneOf } from '../../parts/row-list/list-search.ts'
import { RowList } from '../../parts/row-list/row-list.tsx'
import { useListAddress } from '../../parts/row-list/use-list-address.ts'
import { useRowList } from '../../parts/row-list/use-row-list.ts'
import { useLineColumns } from './line-columns.tsx'
import { LineDetail } from './line-detail.tsx'
import { areElsewhere, lineStates, selectLines } from './line-list.ts'
import { PauseDialog } from './pause-dialog.tsx'
import { usePausing } from './use-pausing.ts'
import './lines.css'

const noLines: readonly LineRow[] = []
const idOf = ({ gateway }: LineRow): string => String(gateway.id)
/** Counts of the wire are not on the live stream: they change with every exchange. */
const readAgainMs = 10_000

/** All RS-485 lines: what they have to carry, what they carry, and what is likely wrong with them. */
export const LinesPage = () => {
  const { t } = useTranslation()
  const [resting, setResting] = useState<LineRow | null>(null)
  const address = useListAddress<'state'>()
  const lines = useRead(linesKey, async () => call(listLines), { refetchInterval: readAgainMs })
  const pausing = usePausing()
  const all = lines.data?.lines ?? noLines
  const columns = useLineColumns(areElsewhere(all))
  const list = useRowList({
    place: 'lines',
    address,
    rows: all,
    select: selectLines,
    idOf,
  })
  const line = list.chosen
  /** It stays chosen, wherever the list puts it when it rests. */
  const askToRest = (one: LineRow): void => {
    address.change({ id: idOf(one) })
    setResting(one)
  }
  useKeys('lines', {
    'pause-line': () => {
      if (pausing.mayPause && line?.pausedUntil === null) askToRest(line)
    },
  })
  return (
    <div className="lines">
      <h1 className="unseen">{t('nav.lines')}</h1>
      {pausing.error !== null && resting === null && <Problem error={pausing.error} />}
      <RowList<LineRow>
        list={list}
        read={lines}
        label={t('line.label')}
        columns={columns}
        hint={t('line.search')}
        filters={
          <Choice
            label={t('line.state')}
            all={t('line.allStates')}
            value={oneOf(lineStates, address.search.state)}
            onChange={(state) => address.change({ state })}
            options={lineStates.map((value) => ({ value, label: t(`lineState.${value}`) }))}
          />
        }
        count={t('line.count', { shown: list.shown.length, total: list.all.length })}
        empty={t('line.empty')}
        emptyFilter={t('line.emptyFilter')}
        detail={<LineDetail line={line} pausing={pausing} onPause={askToRest} />}
        detailLabel={t('line.detail')}
      />
      {resting !== null && <PauseDialog line={resting} pausing={pausing} onDone={() => setResting(null)} />}
    </div>
  )
}
