import { Button, Result } from 'antd'
import { Component, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { NotLoaded } from './not-loaded.ts'

/** What is shown instead of a page that has thrown, or that the server no longer has. */
export const Crashed = ({ error }: { readonly error: unknown }) => {
  const { t } = useTranslation()
  const notLoaded = error instanceof NotLoaded
  return (
    <Result
      status={notLoaded ? 'warning' : 'error'}
      title={notLoaded ? t('error.notLoaded') : t('error.crashed')}
      subTitle={notLoaded ? t('error.notLoadedHint') : t('error.crashedHint')}
      extra={
        <Button type="primary" onClick={() => window.location.reload()}>
          {t('error.reload')}
        </Button>
      }
    >
      {!notLoaded && <code>{error instanceof Error ? error.message : String(error)}</code>}
    </Result>
  )
}

type State = Readonly<{ error: unknown; failed: boolean }>

type Props = Readonly<{ children: ReactNode; /** Instead of the words for a whole page. */ fallback?: ReactNode }>

/** A net around what may throw: React asks for a class here. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null, failed: false }

  static getDerivedStateFromError(error: unknown): State {
    return { error, failed: true }
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children
    return this.props.fallback ?? <Crashed error={this.state.error} />
  }
}
