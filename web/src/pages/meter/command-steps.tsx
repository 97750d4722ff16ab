import type { CommandDetail } from '@xianfu/contract'
import { Timeline, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { useSite } from '../../app/site.ts'
import { supplyStateOf } from '../../format/frame.ts'
import { formatInstant } from '../../format/time.ts'
import { Exchange } from '../../parts/frame-bytes.tsx'
import { useSaying } from '../../words/saying.ts'
import { stepsOf, type Step } from './command-life.ts'

const dotColor = { good: 'green', bad: 'red', wait: 'gray', way: 'blue' } as const

/** The life of one command, step by step, with its bytes and what they prove. */
export const CommandSteps = ({ command }: { readonly command: CommandDetail }) => {
  const { system } = useSite()
  return (
    <Timeline
      className="steps"
      items={stepsOf(command, system.clockRate).map((step) => ({
        color: dotColor[step.tone],
        content: <StepLine step={step} />,
      }))}
    />
  )
}

const StepLine = ({ step: { event, afterMs } }: { readonly step: Step }) => {
  const { t } = useTranslation()
  const { system } = useSite()
  const say = useSaying()
  const { at, kind, text, request, response, durationMs } = event
  const detail = say.detail(text)
  return (
    <>
      <div className="step">
        <Tooltip title={formatInstant(at, system.timeZone, 'second')}>
          <span className="number after">{t('log.after', { seconds: (afterMs / 1_000).toFixed(2) })}</span>
        </Tooltip>
        <strong>{say.step(kind)}</strong>
        {detail === text ? <span>{text}</span> : <Tooltip title={t('log.original', { text })}>{detail}</Tooltip>}
        {durationMs !== null && <span className="number small">{t('log.lasted', { ms: Math.round(durationMs) })}</span>}
      </div>
      {request !== null && <Exchange request={request} response={response} />}
      {response !== null && <Proof response={response} />}
    </>
  )
}

/** What the status word in an answer says. */
const Proof = ({ response }: { readonly response: string }) => {
  const { t } = useTranslation()
  const state = supplyStateOf(response)
  if (state === null) return null
  return (
    <div className="proof">
      {t('log.proof', { relay: t(`relay.${state.relay}`), command: t(`relay.${state.relayCommand}`) })}
      {state.keepPower && ` · ${t('log.proofKept')}`}
      {state.alarm && ` · ${t('log.proofAlarm')}`}
    </div>
  )
}
