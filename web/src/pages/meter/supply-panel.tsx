import type { MeterDetail } from '@xianfu/contract'
import { Card, Descriptions, Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { useSite } from '../../app/site.ts'
import { yuan } from '../../format/decimal.ts'
import { formatInstant } from '../../format/time.ts'
import { Flash } from '../../parts/flash.tsx'
import { Money } from '../../parts/states.tsx'
import { useSaying } from '../../words/saying.ts'
import { balanceScale } from './balance-scale.ts'

/** Why the account stands where it stands: balance among the thresholds, the reasons, and what they rest on. */
export const SupplyPanel = ({ meter }: { readonly meter: MeterDetail }) => {
  const { t } = useTranslation()
  const { system } = useSite()
  const say = useSaying()
  const { account, agreement, decision, lastReading } = meter
  if (account === null) return <Card size="small">{t('table.noAccount')}</Card>
  const isLocal = agreement?.settlementMode === 'local'
  const instant = (at: number): string => formatInstant(at, system.timeZone, 'minute')
  return (
    <Card size="small" title={t('meter.why')}>
      <div className="big-balance">
        <span className="small">{t('meter.balance')}</span>
        <Flash value={account.balance}>
          <Money amount={account.balance} />
        </Flash>
      </div>
      {agreement !== null && <Scale balance={account.balance} agreement={agreement} />}
      {decision === null ? (
        <p className="small">{t('meter.noDecision')}</p>
      ) : (
        <p className="reasons">
          {decision.reasons.map((code) => (
            // The credit policy has no terms of a meter that settles by itself: it is the meter that decides.
            <Tag key={code}>{say.reason(code === 'no-agreement' && isLocal ? 'settled-by-meter' : code)}</Tag>
          ))}
        </p>
      )}
      <Descriptions
        size="small"
        column={1}
        items={[
          { key: 'customer', label: t('meter.customer'), children: account.customerName },
          { key: 'account', label: t('meter.account'), children: account.number },
          ...(decision === null
            ? []
            : [{ key: 'decided', label: t('meter.decidedAt'), children: instant(decision.at) }]),
          ...(lastReading === null
            ? []
            : [{ key: 'read', label: t('meter.readAt'), children: instant(lastReading.at) }]),
          ...(decision?.earliestStopAt
            ? [{ key: 'stop', label: t('meter.earliestStop'), children: instant(decision.earliestStopAt) }]
            : []),
        ]}
      />
    </Card>
  )
}

const Scale = ({
  balance,
  agreement,
}: {
  readonly balance: string
  readonly agreement: NonNullable<MeterDetail['agreement']>
}) => {
  const { t } = useTranslation()
  const { percent, marks } = balanceScale(balance, agreement)
  const words = marks.map(({ name }) => `${t(`meter.${name}`)} ${yuan(agreement[name])}`)
  return (
    <div className="scale" role="img" aria-label={`${t('meter.balance')} ${yuan(balance)}; ${words.join(', ')}`}>
      {marks.map(({ name, percent: left }, index) => (
        <span key={name} className={`mark ${name}`} style={{ left: `${String(left)}%` }} title={words[index]} />
      ))}
      <span className="here" style={{ left: `${String(percent)}%` }} />
    </div>
  )
}
