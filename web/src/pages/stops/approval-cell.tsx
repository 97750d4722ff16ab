import { approveStop, askStopAgain, refuseStop, type StopApproval } from '@xianfu/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Space, Tag, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { formatInstant } from '../../format/time.ts'
import { accountStopKey, stopsKey, workItemsKey } from '../../live/query-keys.ts'
import { DeedDialog, type Deed } from '../../parts/deed-dialog.tsx'
import { Problem } from '../../parts/problem.tsx'

const dayMs = 86_400_000
export const approvalColor = { open: 'purple', approved: 'green', refused: 'blue', withdrawn: 'default' } as const

type Props = Readonly<{ approval: StopApproval; account: Readonly<{ id: number; number: string }> }>

/** Who has agreed to a stop, and the buttons of who may. */
export const ApprovalCell = ({ approval, account }: Props) => {
  const { t } = useTranslation()
  const { operator, system, now } = useSite()
  const queries = useQueryClient()
  const [deed, setDeed] = useState<Deed | null>(null)
  const touches = [stopsKey, accountStopKey(account.id), workItemsKey]
  const agreeing = useMutation({
    mutationFn: async () => call(approveStop, { params: { id: approval.id } }),
    onSettled: async () =>
      Promise.all(touches.map(async (queryKey) => queries.invalidateQueries({ queryKey: [...queryKey] }))),
  })
  const mayDecide = operator.permissions.includes('control-trip')
  const { persons, voices, state, until } = approval
  const refuse = (): void =>
    setDeed({
      title: t('stop.refuseTitle', { account: account.number }),
      ok: t('stop.refuse'),
      fields: [
        { name: 'reason', label: t('stop.reason'), kind: 'text' },
        { name: 'days', label: t('stop.days'), kind: 'days', start: '3' },
      ],
      send: async ({ reason = '', days = '' }) =>
        call(refuseStop, { params: { id: approval.id }, body: { reason, until: now() + Number(days) * dayMs } }),
      touches,
    })
  const ask = (): void =>
    setDeed({
      title: t('stop.askAgainTitle', { account: account.number }),
      ok: t('stop.askAgain'),
      fields: [{ name: 'reason', label: t('stop.reason'), kind: 'text' }],
      send: async ({ reason = '' }) => call(askStopAgain, { params: { id: account.id }, body: { reason } }),
      touches,
    })
  return (
    <>
      <Space size={4} wrap>
        <Tooltip title={`${t('stop.notice')}: ${approval.notice}`}>
          <Tag color={approvalColor[state]}>{t(`approvalState.${state}`)}</Tag>
        </Tooltip>
        {state === 'open' && (
          <span className="small">
            {voices.length === 0
              ? t('stop.nobodyYet', { persons })
              : t('stop.voices', { given: voices.length, persons, names: voices.join(', ') })}
          </span>
        )}
        <span className="small">
          {approval.requestedBy === null ? t('stop.byPolicy') : t('stop.requestedBy', { name: approval.requestedBy })}
        </span>
        {until !== null && (
          <span className="small">{t('stop.until', { at: formatInstant(until, system.timeZone, 'short') })}</span>
        )}
        {approval.because !== null && <span className="small">{approval.because}</span>}
        {mayDecide && state === 'open' && (
          <>
            <Button size="small" danger loading={agreeing.isPending} onClick={() => agreeing.mutate()}>
              {t('stop.approve')}
            </Button>
            <Button size="small" onClick={refuse}>
              {t('stop.refuse')}
            </Button>
          </>
        )}
        {mayDecide && state === 'refused' && (
          <Button size="small" onClick={ask}>
            {t('stop.askAgain')}
          </Button>
        )}
      </Space>
      {agreeing.isError && <Problem error={agreeing.error} />}
      {deed !== null && <DeedDialog deed={deed} onClose={() => setDeed(null)} />}
    </>
  )
}
