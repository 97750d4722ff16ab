import { Alert, Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { problemText } from '../app/call.ts'
import { languageOf } from '../words/i18n.ts'

/** Why something could not be done or read, and the way to try again. */
export const Problem = ({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) => {
  const { t, i18n } = useTranslation()
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      title={problemText(error, languageOf(i18n)) ?? (isAnswer(error) ? t('error.unexpected') : t('error.unreachable'))}
      action={
        onRetry && (
          <Button size="small" onClick={onRetry}>
            {t('error.retry')}
          </Button>
        )
      }
    />
  )
}

/** An answer came, but not one of ours: its schema did not fit. */
const isAnswer = (error: unknown): boolean => error instanceof Error && error.name === 'ZodError'
