import { Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'

const rows = 8

/** Instead of a page that is still on its way. */
export const Pending = () => {
  const { t } = useTranslation()
  return (
    <div role="status" aria-label={t('error.loading')}>
      <Skeleton active paragraph={{ rows }} />
    </div>
  )
}
