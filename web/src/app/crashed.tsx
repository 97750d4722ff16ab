import { Button, Result } from 'antd'
import { Component, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

/** What is shown instead of a page that has thrown. */
export const Crashed = ({ error }: { readonly error: unknown }) => {
  const { t } = useTranslation()
  return (
    <Result
      status="error"
      title={t('error.crashed')}
      subTitle={t('error.crashedHint')}
      extra={
        <Button type="primary" onClick={() => window.location.reload()}>
          {t('error.reload')}
        </Button>
      }
    >
      <code>{error instanceof Error ? error.message : String(error)}</code>
    </Result>
  )
}

type State = Readonly<{ error: unknown; failed: boolean }>

/** The last net: React asks for a class here. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: null, failed: false }

  static getDerivedStateFromError(error: unknown): State {
    return { error, failed: true }
  }

  override render(): ReactNode {
    return this.state.failed ? <Crashed error={this.state.error} /> : this.props.children
  }
}
