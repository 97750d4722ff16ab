import { readAccount, readMeter, type AccountFile, type AccountOperation } from '@xianfu/contract'
import { Alert, Button, Descriptions, Skeleton, Space, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { formatInstant } from '../../format/time.ts'
import { useKeys } from '../../keys/use-keys.ts'
import { accountFileKey, meterKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { MeterLink } from '../../parts/meter-link.tsx'
import { Problem } from '../../parts/problem.tsx'
import { Money, StageTag } from '../../parts/states.tsx'
import { TopUpDialog } from '../../parts/top-up-dialog.tsx'
import { CounterDeed, type Answered, type Asking } from './counter-deed.tsx'
import { deedsOf, newestPayment, type DeedName, type LineDeedName } from './counter-deeds.ts'
import { OperationsTable } from './operations-table.tsx'

/** One account at the counter: what stands on it, what was done, and what can be done. */
export const AccountPanel = ({ accountId }: { readonly accountId: number }) => {
  const { data, error, again } = useRead(accountFileKey(accountId), async () =>
    call(readAccount, { params: { id: accountId } }),
  )
  if (data === undefined && error !== null) return <Problem error={error} onRetry={again} />
  return data === undefined ? <Skeleton active /> : <File file={data} />
}

const File = ({ file }: { readonly file: AccountFile }) => {
  const { t } = useTranslation()
  const { operator } = useSite()
  const [asking, setAsking] = useState<Asking | null>(null)
  const [answered, setAnswered] = useState<Answered | null>(null)
  const [paying, setPaying] = useState(false)
  const may = operator.permissions.includes('top-up')
  const deeds = may ? deedsOf(file) : []
  const newest = newestPayment(file.operations)
  const open = file.closedAt === null
  const begin = (next: Asking): void => {
    setAnswered(null)
    setAsking(next)
  }
  const ask = (name: DeedName): void => begin({ kind: 'account', name, file })
  const askLine = (name: LineDeedName, line: AccountOperation): void => begin({ kind: 'line', name, file, line })
  useKeys('counter', {
    'top-up': () => may && open && file.meters.length > 0 && setPaying(true),
    refund: () => deeds.includes('refund') && ask('refund'),
    reverse: () => may && newest !== null && askLine('reverse', newest),
  })
  return (
    <>
      <h2>
        {file.number} · {file.customer.name} {open ? <StageTag stage={file.stage} /> : <Tag>{t('counter.closed')}</Tag>}
      </h2>
      <Parts file={file} />
      {may && open && (
        <Space wrap className="deeds">
          <Button
            type="primary"
            aria-keyshortcuts="t"
            disabled={file.meters.length === 0}
            title={file.meters.length === 0 ? t('counter.noMeter') : undefined}
            onClick={() => setPaying(true)}
          >
            {t('counter.pay')} <kbd>T</kbd>
          </Button>
          {deeds.map((name) => (
            <Button
              key={name}
              danger={name === 'write-off' || name === 'close-account'}
              aria-keyshortcuts={name === 'refund' ? 'r' : undefined}
              onClick={() => ask(name)}
            >
              {t(`counter.deed.${name}`)} {name === 'refund' && <kbd>R</kbd>}
            </Button>
          ))}
        </Space>
      )}
      {answered !== null && (
        <Alert
          className="answered"
          type={answered.state === 'waiting' ? 'info' : 'success'}
          showIcon
          role="status"
          closable
          title={answered.words}
        />
      )}
      <OperationsTable file={file} onAsk={may ? askLine : null} />
      {asking !== null && (
        <CounterDeed
          asking={asking}
          onAnswer={(answer) => {
            setAnswered(answer)
          }}
          onClose={() => setAsking(null)}
        />
      )}
      {paying && <Paying meterId={file.meters[0]?.id ?? 0} onClose={() => setPaying(false)} />}
    </>
  )
}

/** The payment dialog knows an account by a meter of it. */
const Paying = ({ meterId, onClose }: { readonly meterId: number; readonly onClose: () => void }) => {
  const { data } = useRead(meterKey(meterId), async () => call(readMeter, { params: { id: meterId } }))
  if (data === undefined || data.account === null) return null
  return <TopUpDialog meter={data} account={data.account} onClose={onClose} />
}

const Parts = ({ file }: { readonly file: AccountFile }) => {
  const { t } = useTranslation()
  const { system } = useSite()
  const { balance, customer, meters, openedAt, closedAt } = file
  const parts = (['prepayment', 'frozen', 'debt', 'pending', 'wallet'] as const).filter(
    (part) => part === 'prepayment' || Number(balance[part]) !== 0,
  )
  const day = (at: number): string => formatInstant(at, system.timeZone, 'minute')
  const rows = [
    [t('counter.site'), file.site],
    [t('counter.phone'), customer.phone],
    [
      t('counter.meters'),
      meters.length === 0
        ? '—'
        : meters.map(({ id, place, address }) => (
            <span key={id} className="meter">
              <MeterLink meterId={id}>{place}</MeterLink> <span className="small">{address}</span>
            </span>
          )),
    ],
    ...(openedAt === null ? [] : [[t('counter.openedAt'), day(openedAt)]]),
    ...(closedAt === null ? [] : [[t('counter.closedAt'), day(closedAt)]]),
    ...(file.prepaid || closedAt !== null ? [] : [[t('counter.agreement'), t('counter.noAgreement')]]),
  ] as const
  return (
    <>
      <dl className="parts" aria-label={t('counter.balance')}>
        {parts.map((part) => (
          <div key={part}>
            <dt>{t(`counter.part.${part}`)}</dt>
            <dd>
              <Money amount={balance[part]} />
            </dd>
          </div>
        ))}
      </dl>
      <Descriptions size="small" column={2} items={rows.map(([label, children], key) => ({ key, label, children }))} />
    </>
  )
}
