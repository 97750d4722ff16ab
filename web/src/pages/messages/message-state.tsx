import type { Message } from '@xianfu/contract'
import { Tag } from 'antd'
import { useTranslation } from 'react-i18next'

const stateColor = { queued: 'processing', shown: 'success', failed: 'error', withdrawn: 'default' } as const

export const StateTag = ({ state }: { readonly state: Message['state'] }) => {
  const { t } = useTranslation()
  return <Tag color={stateColor[state]}>{t(`messageState.${state}`)}</Tag>
}
