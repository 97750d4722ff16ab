import { listCommands, readHistory, type MeterDetail } from '@xianfu/contract'
import { Empty, Segmented, Skeleton } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { commandsKey, historyKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { Chart } from '../../parts/chart.tsx'
import { Problem } from '../../parts/problem.tsx'
import { useSaying } from '../../words/saying.ts'
import { historyOption } from './history-option.ts'

const spans = [12, 48, 168] as const
const hourMs = 3_600_000
const heightPx = 280

/** What was used and what it did to the balance. */
export const HistoryChart = ({ meter }: { readonly meter: MeterDetail }) => {
  const { t } = useTranslation()
  const { system, now } = useSite()
  const say = useSaying()
  const [hours, setHours] = useState<number>(12)
  const [view, setView] = useState<'energy' | 'power'>('energy')
  const { data, error, isPending, again } = useRead(
    historyKey(meter.id, hours),
    async () => ({ ...(await call(readHistory, { params: { id: meter.id }, query: { hours } })), at: now() }),
    { placeholderData: (before) => before },
  )
  const commands = useRead(commandsKey(meter.id), async () => call(listCommands, { params: { id: meter.id } }))
  const option = useMemo(
    () =>
      data === undefined
        ? null
        : historyOption({
            history: data,
            commands: commands.data?.commands ?? [],
            meter,
            view,
            from: data.at - hours * hourMs,
            now: data.at,
            timeZone: system.timeZone,
            words: {
              energy: t('chart.energy'),
              power: t('chart.power'),
              balance: t('chart.balance'),
              payment: t('chart.payment'),
              held: t('chart.held'),
              open: t('chart.open'),
              alarm1: t('meter.alarm1'),
              alarm2: t('meter.alarm2'),
              cutOff: t('meter.cutOff'),
            },
            heldWords: say.bilingual,
            paidWords: (amount) => t('chart.paid', { amount }),
          }),
    [commands.data, data, hours, meter, say, system.timeZone, t, view],
  )
  return (
    <>
      <div className="chart-head">
        <Segmented
          size="small"
          value={hours}
          onChange={setHours}
          options={spans.map((value) => ({
            value,
            label: value === 168 ? t('meter.week') : t('meter.hours', { count: value }),
          }))}
        />
        <Segmented
          size="small"
          value={view}
          onChange={setView}
          options={(['energy', 'power'] as const).map((value) => ({ value, label: t(`chart.view.${value}`) }))}
        />
      </div>
      {error !== null && <Problem error={error} onRetry={again} />}
      {isPending && <Skeleton active style={{ height: heightPx }} />}
      {data?.points.length === 0 && <Empty description={t('chart.empty')} />}
      {option !== null && <Chart option={option} height={heightPx} label={t('meter.history')} />}
    </>
  )
}
