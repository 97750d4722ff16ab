import { readMeter, type MeterDetail } from '@xianfu/contract'
import { useNavigate, useParams, useRouter } from '@tanstack/react-router'
import { Button, Card, Skeleton, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { useKeys } from '../../keys/use-keys.ts'
import { meterKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { Flash } from '../../parts/flash.tsx'
import { Problem } from '../../parts/problem.tsx'
import { CommandTag, RelayTag, StageTag } from '../../parts/states.tsx'
import { TopUpDialog } from '../../parts/top-up-dialog.tsx'
import { AgreementPanel } from './agreement-panel.tsx'
import { CommandButtons } from './command-buttons.tsx'
import { CommandLog } from './command-log.tsx'
import { EntriesPanel } from './entries-panel.tsx'
import { EventsPanel } from './events-panel.tsx'
import { HistoryChart } from './history-chart.tsx'
import { LoadPanel } from './load-panel.tsx'
import { LossPanel } from './loss-panel.tsx'
import { MeasurementsPanel } from './measurements-panel.tsx'
import { MeasuredPanel } from './measured-panel.tsx'
import { PursePanel } from './purse-panel.tsx'
import { useReadNow } from './read-now.tsx'
import { StopPanel } from './stop-panel.tsx'
import { SupplyPanel } from './supply-panel.tsx'
import './meter.css'

/** All about one meter: where it stands and why, what was used and paid, what it was told and what proves it. */
export const MeterPage = () => {
  const { t } = useTranslation()
  const { meterId } = useParams({ from: '/meters/$meterId' })
  const id = Number(meterId)
  const goBack = useGoBack()
  const { data, error, again } = useRead(meterKey(id), async () => call(readMeter, { params: { id } }))
  const back = (
    <Button onClick={goBack} aria-keyshortcuts="Escape">
      ← {t('meter.back')}
    </Button>
  )
  useKeys('meter', { back: goBack })
  if (data !== undefined) return <Meter key={id} meter={data} back={back} />
  if (error === null) return <Skeleton active paragraph={{ rows: 8 }} />
  return (
    <div className="meter-head">
      {back}
      <Problem error={error} onRetry={again} />
    </div>
  )
}

/** Back to the list as it was left, or to the whole list when one came here by a link. */
const useGoBack = (): (() => void) => {
  const navigate = useNavigate()
  const { history } = useRouter()
  return () => {
    if (history.canGoBack()) history.back()
    else void navigate({ to: '/', search: {} })
  }
}

const Meter = ({ meter, back }: { readonly meter: MeterDetail; readonly back: React.ReactNode }) => {
  const { t } = useTranslation()
  const { operator } = useSite()
  const [paying, setPaying] = useState(false)
  const reading = useReadNow(meter.id)
  const { account, openCommand } = meter
  const mayPay = operator.permissions.includes('top-up') && account !== null
  const mayRead = operator.permissions.includes('read-now')
  useKeys('meter', {
    ...(mayPay && { 'top-up': () => setPaying(true) }),
    ...(mayRead && { 'read-now': reading.start }),
  })
  return (
    <>
      <div className="meter-head">
        {back}
        <h1>{meter.place}</h1>
        {account && (
          <Flash value={account.stage}>
            <StageTag stage={account.stage} />
          </Flash>
        )}
        <Flash value={`${meter.relay} ${meter.relayCommand}`}>
          <RelayTag relay={meter.relay} command={meter.relayCommand} />
        </Flash>
        {meter.keepPower && <Tag color="blue">{t('keepPower')}</Tag>}
        {meter.alarm && <Tag color="orange">{t('alarm')}</Tag>}
        {openCommand && <CommandTag {...openCommand} />}
        <span className="space" />
        {mayPay && (
          <Button type="primary" onClick={() => setPaying(true)} aria-keyshortcuts="t">
            {t('topUp.open')} <kbd>T</kbd>
          </Button>
        )}
        {mayRead && (
          <Button loading={reading.pending} onClick={reading.start} aria-keyshortcuts="r">
            {reading.pending ? t('meter.readingNow') : t('meter.readNow')} <kbd>R</kbd>
          </Button>
        )}
        <CommandButtons meter={meter} />
      </div>
      <div className="columns">
        <div className="column">
          <Card size="small" title={t('meter.history')}>
            <HistoryChart meter={meter} />
          </Card>
          <MeasurementsPanel meterId={meter.id} timeZone={meter.site.timeZone} />
          <Card size="small" title={t('meter.commands')}>
            <CommandLog meterId={meter.id} />
          </Card>
          <EventsPanel meterId={meter.id} />
        </div>
        <div className="column">
          <SupplyPanel meter={meter} />
          {account && <StopPanel account={account} />}
          {meter.agreement?.settlementMode === 'local' && <PursePanel meter={meter} />}
          <MeasuredPanel meter={meter} />
          {account && <EntriesPanel accountId={account.id} />}
          <AgreementPanel agreement={meter.agreement} />
          <LoadPanel meterId={meter.id} />
          <LossPanel meterId={meter.id} />
        </div>
      </div>
      {paying && account && <TopUpDialog meter={meter} account={account} onClose={() => setPaying(false)} />}
      {reading.dialog}
    </>
  )
}
