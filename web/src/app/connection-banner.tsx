import { Alert } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { browserClock } from '../live/browser-clock.ts'

/** A stream that comes back within this was never worth a word. */
const silentForMs = 2_500
const lookEveryMs = 500

/** Says that what is shown may be old, for as long as the server is away. */
export const ConnectionBanner = ({ lostAt }: { readonly lostAt: number }) => {
  const { t } = useTranslation()
  const [now, setNow] = useState(lostAt)
  useEffect(() => browserClock.every(lookEveryMs, () => setNow(browserClock.now())), [])
  const goneMs = now - lostAt
  if (goneMs < silentForMs) return null
  return (
    <Alert
      banner
      type="error"
      role="alert"
      title={`${t('live.gone')} ${t('live.goneFor', { count: Math.floor(goneMs / 1_000) })}`}
    />
  )
}
