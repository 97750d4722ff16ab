import { listCommands, type CommandDetail } from '@xianfu/contract'
import { useQuery } from '@tanstack/react-query'
import { Collapse, Empty, Timeline } from 'antd'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { formatInstant } from '../../format/time.ts'
import { commandsKey } from '../../live/query-keys.ts'
import { CommandTag } from '../../parts/states.tsx'
import type { Words } from '../../words/zh.ts'

/** Every command with every step and its bytes: what was sent, what came back, and what proves it. */
export const CommandLog = ({ meterId }: { readonly meterId: number }) => {
  const { t } = useTranslation()
  const { system } = useSite()
  const { data } = useQuery({
    queryKey: commandsKey(meterId),
    queryFn: async () => call(listCommands, { params: { id: meterId } }),
  })
  const commands = data?.commands ?? []
  if (commands.length === 0) return <Empty description={t('meter.noCommands')} />
  return (
    <Collapse
      size="small"
      defaultActiveKey={commands[0]?.id ?? ''}
      items={commands.map((command) => ({
        key: command.id,
        label: (
          <>
            <span className="number">{formatInstant(command.createdAt, system.timeZone, 'short')}</span>{' '}
            <CommandTag kind={command.kind} state={command.state} />
            {command.requestedBy === 'policy' ? t('meter.policy') : command.requestedBy} · {command.reason}
            {command.tookMs !== null && ` · ${t('meter.took')} ${String(Math.round(command.tookMs))} ms`}
            {command.failure !== null && <span className="negative"> · {command.failure}</span>}
          </>
        ),
        children: <Steps command={command} />,
      }))}
    />
  )
}

const Steps = ({ command }: { readonly command: CommandDetail }) => {
  const { t, i18n } = useTranslation()
  const { system } = useSite()
  const nameOf = (kind: string): string =>
    i18n.exists(`step.${kind}`) ? t(`step.${kind as keyof Words['step']}`) : kind
  return (
    <Timeline
      items={command.events.map((event) => ({
        content: (
          <>
            <span className="number">{formatInstant(event.at, system.timeZone, 'clock')}</span>{' '}
            <strong>{nameOf(event.kind)}</strong> {event.text}
            {event.durationMs !== null && ` · ${String(Math.round(event.durationMs))} ms`}
            {event.request !== null && <div className="bytes">→ {event.request}</div>}
            {event.request !== null && <div className="bytes">← {event.response ?? t('meter.noResponse')}</div>}
          </>
        ),
      }))}
    />
  )
}
