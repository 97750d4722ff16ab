import type { MeterDetail } from '@xianfu/contract'
import { Card, Descriptions } from 'antd'
import { useTranslation } from 'react-i18next'
import { yuan } from '../../format/decimal.ts'

type Agreement = NonNullable<MeterDetail['agreement']>
/** By number, from 0. */
const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const
/** In the order of the prices of a four-rate plan. */
const rates = ['sharp', 'peak', 'flat', 'valley'] as const

/** What was agreed: prices, thresholds, and when and how supply is stopped and given back. */
export const AgreementPanel = ({ agreement }: { readonly agreement: Agreement | null }) => {
  const { t } = useTranslation()
  if (agreement === null)
    return (
      <Card size="small" title={t('meter.agreement')}>
        {t('meter.noAgreement')}
      </Card>
    )
  const { planName, settlementMode, version, tripWindow, reconnect, noticeLeadMinutes } = agreement
  const items = [
    [t('meter.plan'), planName],
    [t('meter.mode'), t(`meter.modes.${settlementMode}`)],
    [t('meter.price'), <Prices key="prices" prices={agreement.prices} />],
    [`${t('meter.alarm1')} / ${t('meter.alarm2')}`, `${yuan(agreement.alarm1)} / ${yuan(agreement.alarm2)}`],
    [`${t('meter.cutOff')} / ${t('meter.restore')}`, `${yuan(agreement.cutOff)} / ${yuan(agreement.restore)}`],
    [t('meter.noticeLead'), t('meter.minutes', { count: noticeLeadMinutes })],
    [t('meter.tripWindow'), <Window key="window" window={tripWindow} />],
    [t('meter.reconnect'), t(`command.${reconnect}`)],
  ] as const
  return (
    <Card size="small" title={t('meter.agreement')} extra={t('meter.agreementVersion', { version })}>
      <Descriptions
        size="small"
        column={1}
        items={items.map(([label, children]) => ({ key: label, label, children }))}
      />
    </Card>
  )
}

const Prices = ({ prices }: { readonly prices: readonly string[] }) => {
  const { t } = useTranslation()
  if (prices.length !== rates.length) return <span className="number">{prices.join(' / ')}</span>
  return (
    <span className="prices">
      {rates.map((rate, index) => (
        <span key={rate} className={`rate ${rate}`}>
          {t(`meter.rate.${rate}`)} <b className="number">{prices[index]}</b>
        </span>
      ))}
    </span>
  )
}

const Window = ({ window }: { readonly window: Agreement['tripWindow'] }) => {
  const { t } = useTranslation()
  const days =
    window.weekdays.length === weekdays.length
      ? t('meter.everyDay')
      : weekdays
          .filter((_, day) => window.weekdays.includes(day))
          .map((day) => t(`meter.weekday.${day}`))
          .join(' ')
  return (
    <>
      {window.from}–{window.to} {days}
    </>
  )
}
