import { useLocation, useNavigate } from '@tanstack/react-router'
import { Button, Result } from 'antd'
import { useTranslation } from 'react-i18next'

export const NotFound = () => {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { pathname } = useLocation()
  return (
    <Result
      status="404"
      title={t('error.nowhere')}
      subTitle={t('error.nowhereHint', { path: pathname })}
      extra={
        <Button type="primary" autoFocus onClick={() => void navigate({ to: '/', search: {} })}>
          {t('error.home')}
        </Button>
      }
    />
  )
}
