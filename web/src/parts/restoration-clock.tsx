import { listCommands } from '@xianfu/contract'
import { Alert } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../app/call.ts'
import { browserClock } from '../live/browser-clock.ts'
import { commandsKey } from '../live/query-keys.ts'
import { useRead } from '../live/use-read.ts'
import { useSaying } from '../words/saying.ts'
import { restorationOf, type Restoration } from './restoration.ts'

const tickMs = 100
/** The live stream tells of each step; should it be away, the dialog looks by itself. */
const lookEveryMs = 1_000

const seconds = (ms: number): string => (ms / 1_000).toFixed(1)
const steps = ['queued', 'sent', 'acknowledged', 'verified'] as const

/** From the payment to the verified close, ticking until the status word has proven it. */
export const RestorationClock = ({
  meterId,
  commandId,
  since,
}: {
  readonly meterId: number
  readonly commandId: string
  /** When the payment left, on the browser's running clock. */
  readonly since: number
}) => {
  const { t } = useTranslation()
  const [elapsedMs, setElapsedMs] = useState(0)
  const { data } = useRead(commandsKey(meterId), async () => call(listCommands, { params: { id: meterId } }), {
    refetchInterval: lookEveryMs,
  })
  const restoration = restorationOf(data?.commands.find(({ id }) => id === commandId))
  const running = restoration.state === 'running'
  useEffect(() => {
    if (!running) return
    return browserClock.every(tickMs, () => setElapsedMs(performance.now() - since))
  }, [running, since])
  const done = running ? restoration.steps : 'tookMs' in restoration ? steps.length : 0
  const shownMs = 'tookMs' in restoration ? (restoration.tookMs ?? elapsedMs) : elapsedMs
  return (
    <section className={`restoration ${restoration.state}`}>
      <div className="head">
        <strong>{t('topUp.restoring')}</strong>
        <span className="number clock">{t('topUp.seconds', { seconds: seconds(shownMs) })}</span>
      </div>
      <ol>
        {steps.map((step, index) => (
          <li key={step} className={index < done ? 'done' : index === done && running ? 'now' : ''}>
            {t(`commandState.${step}`)}
          </li>
        ))}
      </ol>
      <Outcome restoration={restoration} />
    </section>
  )
}

const Outcome = ({ restoration }: { readonly restoration: Restoration }) => {
  const { t } = useTranslation()
  const say = useSaying()
  switch (restoration.state) {
    case 'running':
      return null
    case 'restored':
      return <Alert type="success" showIcon role="status" title={t('topUp.restored')} />
    case 'permitted':
      return <Alert type="info" showIcon role="status" title={t('topUp.restorePermitted')} />
    case 'not-yet': {
      const { again, failure, command } = restoration
      const why = failure === null ? t(`commandState.${command}`) : say.detail(failure)
      return (
        <Alert
          type={again ? 'warning' : 'error'}
          showIcon
          role="alert"
          title={again ? t('topUp.restoreLater', { why }) : t('topUp.restoreFailed', { why })}
        />
      )
    }
  }
}
