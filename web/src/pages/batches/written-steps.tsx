import type { BatchItem } from '@xianfu/contract'
import { Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { Exchange } from '../../parts/frame-bytes.tsx'

const outcomeColor = {
  verified: 'success',
  already: 'success',
  withdrawn: 'warning',
  'not-sent': 'warning',
  refused: 'error',
  unverified: 'error',
} as const

/** What was written into one meter: each parameter, what became of it, and every exchange with its bytes. */
export const WrittenSteps = ({ written }: { readonly written: BatchItem['written'] }) => {
  const { t } = useTranslation()
  return (
    <>
      {written.map(({ item, value, outcome, detail, before, exchanges }) => (
        <section key={item} className="written">
          <b>{t(`parameter.${item}`)}</b> <span className="number">{value}</span>{' '}
          <Tag color={outcomeColor[outcome]}>{t(`writeOutcome.${outcome}`)}</Tag> {detail}
          {before !== null && <span className="small number"> {t('batch.stoodBefore', { before })}</span>}
          {exchanges.map((exchange) => (
            <Exchange
              key={`${String(exchange.at)} ${exchange.meaning}`}
              request={exchange.request}
              response={exchange.response}
            />
          ))}
        </section>
      ))}
    </>
  )
}
