import { readPurse, type MeterDetail, type MeterPurchase } from '@xianfu/contract'
import { Alert, Button, Card, Descriptions, Table, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { yuan } from '../../format/decimal.ts'
import { formatInstant } from '../../format/time.ts'
import { useKeys } from '../../keys/use-keys.ts'
import { purseKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { Problem } from '../../parts/problem.tsx'
import { Money } from '../../parts/states.tsx'
import { useSaying } from '../../words/saying.ts'
import { BuyForMeterDialog } from './buy-for-meter-dialog.tsx'
import { canBuy, isOpen, purchaseTone } from './purse-state.ts'
import { panelPages } from '../../parts/table-pages.ts'

const rowsShown = 5
/** While a purchase is on its way its steps come from the field, faster than anybody reloads. */
const openRefetchMs = 2_000

const lifeOf = (purchase: MeterPurchase) => <Life purchase={purchase} />

/** What a meter keeps by itself (本地费控): its balance, what is on its way into it, and the life of each purchase. */
export const PursePanel = ({ meter }: { readonly meter: MeterDetail }) => {
  const { t } = useTranslation()
  const { system, operator } = useSite()
  const say = useSaying()
  const [buying, setBuying] = useState(false)
  const [open, setOpen] = useState(false)
  const { data, error, again } = useRead(
    purseKey(meter.id),
    async () => call(readPurse, { params: { id: meter.id } }),
    open ? { refetchInterval: openRefetchMs } : {},
  )
  const isUnderWay = data?.purchases.some(isOpen) ?? false
  if (isUnderWay !== open) setOpen(isUnderWay)
  const mayBuy = operator.permissions.includes('top-up') && data !== undefined && canBuy(data)
  useKeys('meter', mayBuy ? { 'buy-for-meter': () => setBuying(true) } : {})
  if (data === undefined) return error === null ? null : <Problem error={error} onRetry={again} />
  const instant = (at: number): string => formatInstant(at, system.timeZone, 'second')
  const items = [
    [
      t('purse.shown'),
      data.shown === null ? (
        t('purse.neverRead')
      ) : (
        <>
          <Money amount={data.shown.balance} />
          <span className="small shown-at">
            {t('purse.shownAt', { count: data.shown.purchaseCount, at: instant(data.shown.at) })}
          </span>
        </>
      ),
    ],
    [t('purse.booked'), <Money key="booked" amount={data.booked} />],
    [t('purse.pending'), <Money key="pending" amount={data.pending} />],
    [t('purse.available'), <Money key="available" amount={data.available} />],
    ...(data.hoardLimit === null ? [] : [[t('purse.hoardLimit'), yuan(data.hoardLimit)] as const]),
  ] as const
  return (
    <Card
      size="small"
      title={t('purse.title')}
      extra={
        operator.permissions.includes('top-up') && (
          <Button size="small" disabled={!mayBuy} onClick={() => setBuying(true)} aria-keyshortcuts="p">
            {t('purse.buy')} <kbd>P</kbd>
          </Button>
        )
      }
    >
      {data.dispute !== null && (
        <Alert
          type="error"
          showIcon
          role="alert"
          title={t('purse.disputed', { why: say.purchaseReason(data.dispute) })}
        />
      )}
      <Descriptions
        size="small"
        column={1}
        items={items.map(([label, children]) => ({ key: label, label, children }))}
      />
      <Table<MeterPurchase>
        size="small"
        rowKey="id"
        dataSource={[...data.purchases]}
        locale={{ emptyText: t('purse.empty') }}
        pagination={panelPages(rowsShown)}
        expandable={{ expandedRowRender: lifeOf }}
        columns={[
          {
            title: t('purse.at'),
            className: 'number',
            render: (_, { at }) => formatInstant(at, system.timeZone, 'short'),
          },
          { title: t('purse.amount'), align: 'right', render: (_, { amount }) => <Money amount={amount} /> },
          {
            title: t('purse.state'),
            render: (_, purchase) => (
              <Tag color={purchaseTone(purchase)}>
                {purchase.resolving ? t('purse.resolving') : t(`purse.states.${purchase.state}`)}
              </Tag>
            ),
          },
        ]}
      />
      {buying && <BuyForMeterDialog meter={meter} purse={data} onClose={() => setBuying(false)} />}
    </Card>
  )
}

const Life = ({ purchase }: { readonly purchase: MeterPurchase }) => {
  const { t } = useTranslation()
  const { system } = useSite()
  const say = useSaying()
  const at = (instant: number): string => formatInstant(instant, system.timeZone, 'second')
  return (
    <ol className="purchase-life">
      <li>
        <span className="number">{at(purchase.at)}</span> {t('purse.step.bought')}
        {purchase.operator !== null && <span className="small"> {purchase.operator}</span>}
      </li>
      {purchase.life.map((step) => (
        <li key={`${step.step} ${String(step.at)}`}>
          <span className="number">{at(step.at)}</span>{' '}
          {t(`purse.step.${step.step}`, { count: step.attempts, proving: purchase.provingCount ?? 0 })}
          {step.reason !== null && step.step !== 'no-answer' && (
            <span className="small"> {say.purchaseReason(step.reason)}</span>
          )}
        </li>
      ))}
      {isOpen(purchase) && <li className="small">{t('purse.until', { at: at(purchase.expiresAt) })}</li>}
    </ol>
  )
}
