import { App, Button, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { hexOf, splitFrame } from '../format/frame.ts'

/** A frame with its fields in colours; each says what it is when it is pointed at or read aloud. */
export const Frame = ({ hex }: { readonly hex: string }) => {
  const { t } = useTranslation()
  return (
    <code className="bytes">
      {splitFrame(hex).map(({ field, bytes, value }, index) => {
        const says = value === null ? t(`frameField.${field}`) : `${t(`frameField.${field}`)} ${value}`
        return (
          // The parts of one frame stand in a fixed order and never change.
          <Tooltip key={`${String(index)} ${field}`} title={says}>
            <span className={`byte ${field}`}>{hexOf(bytes)}</span>
          </Tooltip>
        )
      })}
    </code>
  )
}

const CopyIcon = () => (
  <svg viewBox="0 0 16 16" width={13} height={13} fill="none" stroke="currentColor" strokeWidth={1.4} aria-hidden>
    <rect x={5.5} y={5.5} width={8} height={8} rx={1.5} />
    <path d="M10.5 3v-.5A1.5 1.5 0 0 0 9 1H3.5A1.5 1.5 0 0 0 2 2.5V9a1.5 1.5 0 0 0 1.5 1.5" />
  </svg>
)

const CopyButton = ({ text }: { readonly text: string }) => {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
      message.success(t('bytes.copied'))
    } catch {
      // Plain HTTP inside a local network has no clipboard; the bytes can still be marked by hand.
      message.warning(t('bytes.copyFailed'))
    }
  }
  return (
    <Button size="small" type="text" className="copy" onClick={() => void copy()} aria-label={t('bytes.copy')}>
      <CopyIcon />
    </Button>
  )
}

/** What went out and what came back. */
export const Exchange = ({ request, response }: { readonly request: string; readonly response: string | null }) => {
  const { t } = useTranslation()
  return (
    <div className="exchange">
      <div>
        <span className="way" title={t('bytes.request')}>
          →
        </span>
        <Frame hex={request} />
        <CopyButton text={request} />
      </div>
      <div>
        <span className="way" title={t('bytes.response')}>
          ←
        </span>
        {response === null ? <span className="negative">{t('bytes.none')}</span> : <Frame hex={response} />}
        {response !== null && <CopyButton text={response} />}
      </div>
    </div>
  )
}
