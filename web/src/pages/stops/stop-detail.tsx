import type { StopRow } from '@xianfu/contract'
import { Descriptions, Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { useSite } from '../../app/site.ts'
import { formatInstant } from '../../format/time.ts'
import { MeterLink } from '../../parts/meter-link.tsx'
import { Money, StageTag } from '../../parts/states.tsx'
import { useSaying } from '../../words/saying.ts'
import { ApprovalCell } from './approval-cell.tsx'

/** Why one account is not stopped yet or may not be, and the decision that somebody owes it. */
export const StopDetail = ({ row }: { readonly row: StopRow | undefined }) => {
  const { t } = useTranslation()
  const { system } = useSite()
  const say = useSaying()
  if (row === undefined) return <p className="small">{t('stop.hint')}</p>
  const { account, meter, stage, since, balance, reasons, earliestStopAt, approval } = row
  const instant = (at: number): string => formatInstant(at, system.timeZone, 'minute')
  const rows = [
    [t('stop.account'), `${account.number} · ${account.customer}`],
    ...(meter === null
      ? []
      : [
          [
            t('stop.place'),
            <MeterLink key="m" meterId={meter.id}>
              {meter.place}
            </MeterLink>,
          ],
        ]),
    [t('stop.balance'), <Money key="b" amount={balance} />],
    [t('stop.since'), instant(since)],
    [t('stop.earliest'), earliestStopAt === null ? '—' : instant(earliestStopAt)],
    ...(reasons.length === 0
      ? []
      : [
          [
            t('stop.why'),
            <span key="r">
              {reasons.map((code) => (
                <Tag key={code}>{say.reason(code)}</Tag>
              ))}
            </span>,
          ],
        ]),
  ] as const
  return (
    <>
      <h2>
        {meter?.place ?? account.number} <StageTag stage={stage} />
      </h2>
      <Descriptions size="small" column={1} items={rows.map(([label, children], key) => ({ key, label, children }))} />
      {approval !== null && (
        <>
          <h3>{t('stop.approval')}</h3>
          <ApprovalCell key={approval.id} approval={approval} account={account} />
        </>
      )}
    </>
  )
}
