import type { CommandKind, CommandState, CreditStage, RelayState } from '@xianfu/contract'
import { Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { yuan } from '../format/decimal.ts'

/** Small signs that mean the same wherever they stand. */

const stageColor: Readonly<Record<CreditStage, string>> = {
  normal: 'green',
  'warned-1': 'gold',
  'warned-2': 'orange',
  'stop-due': 'orange',
  'await-approval': 'purple',
  suspended: 'blue',
  'stop-notified': 'volcano',
  'cut-off': 'red',
}
export const StageTag = ({ stage }: { readonly stage: CreditStage }) => {
  const { t } = useTranslation()
  return <Tag color={stageColor[stage]}>{t(`stage.${stage}`)}</Tag>
}

const relayColor = { closed: 'green', open: 'red', unknown: 'default' } as const
/** The relay, and what it was told when that is not where it is. */
export const RelayTag = ({ relay, command }: { readonly relay: RelayState; readonly command: RelayState }) => {
  const { t } = useTranslation()
  return (
    <>
      <Tag color={relayColor[relay]}>{t(`relay.${relay}`)}</Tag>
      {relay !== command && command !== 'unknown' && <Tag color="purple">{t(`relayCommanded.${command}`)}</Tag>}
    </>
  )
}

const commandColor: Readonly<Record<CommandState, string>> = {
  queued: 'default',
  sent: 'processing',
  acknowledged: 'processing',
  verified: 'success',
  refused: 'error',
  failed: 'error',
  expired: 'warning',
  cancelled: 'warning',
}
export const CommandTag = ({ kind, state }: { readonly kind: CommandKind; readonly state: CommandState }) => {
  const { t } = useTranslation()
  return (
    <Tag color={commandColor[state]}>
      {t(`command.${kind}`)} · {t(`commandState.${state}`)}
    </Tag>
  )
}

/** Below zero in red; an amount that moved a balance bears its sign instead, and no alarm. */
export const Money = ({ amount, signed = false }: { readonly amount: string; readonly signed?: boolean }) => {
  const negative = amount.startsWith('-')
  if (signed)
    return <span className={negative ? 'number' : 'number plus'}>{`${negative ? '' : '+'}${yuan(amount)}`}</span>
  return <span className={negative ? 'number negative' : 'number'}>{yuan(amount)}</span>
}
