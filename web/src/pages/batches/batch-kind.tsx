import type { BatchKind, BatchState } from '@xianfu/contract'
import { Tag } from 'antd'
import { useTranslation } from 'react-i18next'

/** The kinds a person may choose from, the frequent ones first. */
export const batchKinds: readonly BatchKind[] = [
  'trip',
  'direct-close',
  'permit-close',
  'keep-power-on',
  'keep-power-off',
  'alarm-on',
  'alarm-off',
  'write-parameters',
]

/** Kinds whose approval asks for the right to trip. */
export const isDangerous = (kind: BatchKind): boolean =>
  kind === 'trip' || kind === 'keep-power-off' || kind === 'write-parameters'

const stateColor: Readonly<Record<BatchState, string>> = {
  waiting: 'gold',
  running: 'processing',
  finished: 'success',
  stopped: 'warning',
  refused: 'default',
  expired: 'default',
}

export const BatchStateTag = ({ state }: { readonly state: BatchState }) => {
  const { t } = useTranslation()
  return <Tag color={stateColor[state]}>{t(`batchState.${state}`)}</Tag>
}

export const KindTag = ({ kind, override }: { readonly kind: BatchKind; readonly override: boolean }) => {
  const { t } = useTranslation()
  return (
    <>
      <Tag color={kind === 'trip' ? 'red' : 'blue'}>{t(`command.${kind}`)}</Tag>
      {override && <Tag color="magenta">{t('batch.override')}</Tag>}
    </>
  )
}
