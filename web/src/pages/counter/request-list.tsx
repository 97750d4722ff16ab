import { approveOperation, listOperationRequests, refuseOperation, type OperationRequest } from '@xianfu/contract'
import { Link } from '@tanstack/react-router'
import { Button, Space } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { yuan } from '../../format/decimal.ts'
import { formatInstant } from '../../format/time.ts'
import { liveKeys, requestsKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { DeedDialog } from '../../parts/deed-dialog.tsx'
import { Problem } from '../../parts/problem.tsx'
import { useSaying } from '../../words/saying.ts'

type Deciding = Readonly<{ request: OperationRequest; how: 'approve' | 'refuse' | 'withdraw' }>

/** What waits for a second person: to agree to, to refuse, or to withdraw by who asked. */
export const RequestList = () => {
  const { t } = useTranslation()
  const say = useSaying()
  const { system, operator } = useSite()
  const [deciding, setDeciding] = useState<Deciding | null>(null)
  const { data, error, again } = useRead(requestsKey, async () => call(listOperationRequests))
  const requests = data?.requests ?? []
  if (error !== null) return <Problem error={error} onRetry={again} />
  if (requests.length === 0) return null
  const mayDecide = operator.permissions.includes('refund')
  const whatOf = ({ kind, amount, about }: OperationRequest): string => {
    const money = amount ?? about?.amount ?? null
    return [say.operation(kind), ...(money === null ? [] : [`¥ ${yuan(money)}`])].join(' ')
  }
  return (
    <section className="requests" aria-label={t('counter.requests')}>
      <h2>{t('counter.requests')}</h2>
      {requests.map((request) => {
        const own = request.requestedBy.login === operator.login
        return (
          <article key={request.id}>
            <p>
              <strong>{whatOf(request)}</strong>{' '}
              {request.to !== null && `→ ${request.to.number} ${request.to.customer}`}{' '}
              <Link to="/counter" search={{ account: request.account.id }}>
                {request.account.number} {request.account.customer}
              </Link>
            </p>
            <p className="small">
              {request.requestedBy.name} · {formatInstant(request.at, system.timeZone, 'short')} · {request.reason}
            </p>
            <Space size={4}>
              {mayDecide && !own && (
                <Button size="small" type="primary" onClick={() => setDeciding({ request, how: 'approve' })}>
                  {t('counter.decide.approve')}
                </Button>
              )}
              {(own || mayDecide) && (
                <Button size="small" onClick={() => setDeciding({ request, how: own ? 'withdraw' : 'refuse' })}>
                  {own ? t('counter.decide.withdraw') : t('counter.decide.refuse')}
                </Button>
              )}
            </Space>
          </article>
        )
      })}
      {deciding !== null && (
        <DeedDialog
          deed={{
            title: `${t(`counter.decide.${deciding.how}`)} · ${whatOf(deciding.request)}`,
            ok: t(`counter.decide.${deciding.how}`),
            danger: deciding.how === 'approve',
            hint: t(`counter.decideHint.${deciding.how}`),
            fields: [{ name: 'reason', label: t('counter.note'), kind: 'text', optional: deciding.how === 'approve' }],
            send: async ({ reason = '' }) => {
              const params = { id: deciding.request.id }
              const body = { reason: reason.trim() }
              return deciding.how === 'approve'
                ? call(approveOperation, { params, body })
                : call(refuseOperation, { params, body })
            },
            touches: liveKeys,
          }}
          onClose={() => setDeciding(null)}
        />
      )}
    </section>
  )
}
