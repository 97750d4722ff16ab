import { listCommands, type CommandDetail } from '@xianfu/contract'
import { Link } from '@tanstack/react-router'
import { Collapse, Empty, Skeleton, Switch, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { yuan } from '../../format/decimal.ts'
import { formatInstant } from '../../format/time.ts'
import { commandsKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { Problem } from '../../parts/problem.tsx'
import { CommandTag } from '../../parts/states.tsx'
import { useSaying } from '../../words/saying.ts'
import { isQuiet } from './command-life.ts'
import { CommandSteps } from './command-steps.tsx'

/** Every command with every step and its bytes: what was sent, what came back, and what proves it. */
export const CommandLog = ({ meterId }: { readonly meterId: number }) => {
  const { t } = useTranslation()
  const [all, setAll] = useState(false)
  const [open, setOpen] = useState<readonly string[] | null>(null)
  const { data, error, again } = useRead(commandsKey(meterId), async () =>
    call(listCommands, { params: { id: meterId } }),
  )
  if (data === undefined && error !== null) return <Problem error={error} onRetry={again} />
  if (data === undefined) return <Skeleton active />
  const quiet = data.commands.filter(isQuiet).length
  const commands = all ? data.commands : data.commands.filter((command) => !isQuiet(command))
  const newest = commands[0]
  return (
    <>
      {quiet > 0 && (
        <label className="small quiet">
          <Switch size="small" checked={all} onChange={setAll} /> {t('log.quiet', { count: quiet })}
        </label>
      )}
      {commands.length === 0 ? (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('log.empty')} />
      ) : (
        <Collapse
          size="small"
          className="log"
          activeKey={open === null ? (newest === undefined ? [] : [newest.id]) : [...open]}
          onChange={setOpen}
          items={commands.map((command) => ({
            key: command.id,
            label: <Headline command={command} />,
            children: (
              <>
                <Evidence command={command} />
                <FromBatch command={command} />
                <CommandSteps command={command} />
              </>
            ),
          }))}
        />
      )}
    </>
  )
}

const Headline = ({ command }: { readonly command: CommandDetail }) => {
  const { t } = useTranslation()
  const { system } = useSite()
  const say = useSaying()
  const { createdAt, kind, state, requestedBy, reason, tookMs, attempts, failure } = command
  return (
    <span className="headline">
      <span className="number">{formatInstant(createdAt, system.timeZone, 'short')}</span>
      <CommandTag kind={kind} state={state} />
      <span>
        {requestedBy === 'policy' ? t('log.policy') : requestedBy === 'load-control' ? t('load.title') : requestedBy} ·{' '}
        {say.detail(reason)}
      </span>
      {tookMs !== null && <span className="small number">{t('log.took', { ms: Math.round(tookMs) })}</span>}
      {attempts > 1 && <span className="small">{t('log.attempts', { count: attempts })}</span>}
      {failure !== null && (
        <Tooltip title={t('log.original', { text: failure })}>
          <span className="negative">{say.detail(failure)}</span>
        </Tooltip>
      )}
    </span>
  )
}

/** The batch that ordered it, with a way to its list and its second person. */
const FromBatch = ({ command: { batch } }: { readonly command: CommandDetail }) => {
  const { t } = useTranslation()
  if (batch === null) return null
  return (
    <p className="evidence">
      <Link to="/batches" search={{ id: batch.id }}>
        {t('log.batch')}
      </Link>{' '}
      {batch.approvedBy !== null && t('log.approvedBy', { who: batch.approvedBy })}
      {batch.override && ` · ${t('batch.override')}`}
    </p>
  )
}

/** What the policy knew when it decided this. */
const Evidence = ({ command: { evidence } }: { readonly command: CommandDetail }) => {
  const { t } = useTranslation()
  const { system } = useSite()
  if (evidence === null) return null
  const instant = (at: number): string => formatInstant(at, system.timeZone, 'short')
  const facts = [
    t('log.evidenceBalance', { balance: yuan(evidence.balance) }),
    t(`stage.${evidence.stage}`),
    ...(evidence.lastReadAt === null ? [] : [t('log.evidenceRead', { at: instant(evidence.lastReadAt) })]),
    ...(evidence.earliestStopAt === null ? [] : [t('log.evidenceEarliest', { at: instant(evidence.earliestStopAt) })]),
  ]
  return (
    <p className="evidence">
      <b>{t('log.evidence')}</b> {facts.join(' · ')}
    </p>
  )
}
