import { paymentMeans, reconcileChannel, type PaymentMeans, type ResponseOf } from '@xianfu/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Input, Modal, Select, Space } from 'antd'
import { useState, type ChangeEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { yuan } from '../../format/decimal.ts'
import { formatInstant } from '../../format/time.ts'
import { differencesKey, workItemsKey } from '../../live/query-keys.ts'
import { Problem } from '../../parts/problem.tsx'
import { DifferenceTable } from './difference-table.tsx'

type Compared = ResponseOf<typeof reconcileChannel>

const widthPx = 860
const dayMs = 86_400_000

/** Our payments of a channel against the channel's file (渠道对账), and the differences that are still open. */
export const ReconcileDialog = ({ onClose }: { readonly onClose: () => void }) => {
  const { t } = useTranslation()
  const { now, system } = useSite()
  const queries = useQueryClient()
  // Channels send the file of a day when it is over.
  const [yesterday] = useState(() => formatInstant(now() - dayMs, system.timeZone, 'minute').slice(0, 10))
  const [channel, setChannel] = useState<PaymentMeans>('card-terminal')
  const [text, setText] = useState({
    firstDay: yesterday,
    lastDay: yesterday,
    reference: 'reference',
    amount: 'amount',
  })
  const [unit, setUnit] = useState<'yuan' | 'fen'>('yuan')
  const [file, setFile] = useState<Readonly<{ name: string; text: string }> | null>(null)
  const comparing = useMutation({
    mutationFn: async () => call(reconcileChannel, { body: { channel, file: file?.text ?? '', unit, ...text } }),
    onSettled: async () => {
      await queries.invalidateQueries({ queryKey: [...differencesKey] })
      await queries.invalidateQueries({ queryKey: [...workItemsKey] })
    },
  })
  const read = async ({ target }: ChangeEvent<HTMLInputElement>): Promise<void> => {
    const picked = target.files?.[0]
    if (picked !== undefined) setFile({ name: picked.name, text: await picked.text() })
  }
  const field = (name: keyof typeof text, type: 'text' | 'date') => (
    <label>
      <span className="small">{t(`counter.reconcile.${name}`)}</span>
      <Input type={type} value={text[name]} onChange={({ target }) => setText({ ...text, [name]: target.value })} />
    </label>
  )
  const ready = file !== null && Object.values(text).every((one) => one.trim() !== '') && !comparing.isPending
  return (
    <Modal open width={widthPx} title={t('counter.reconcile.title')} onCancel={onClose} footer={null}>
      <p className="small">{t('counter.reconcile.hint')}</p>
      <div className="reconcile">
        <label>
          <span className="small">{t('counter.reconcile.channel')}</span>
          <Select<PaymentMeans>
            aria-label={t('counter.reconcile.channel')}
            value={channel}
            onChange={setChannel}
            options={paymentMeans.options.map((value) => ({ value, label: t(`channel.${value}`) }))}
          />
        </label>
        {field('firstDay', 'date')}
        {field('lastDay', 'date')}
        {field('reference', 'text')}
        {field('amount', 'text')}
        <label>
          <span className="small">{t('counter.reconcile.unit')}</span>
          <Select<'yuan' | 'fen'>
            aria-label={t('counter.reconcile.unit')}
            value={unit}
            onChange={setUnit}
            options={[
              { value: 'yuan', label: t('counter.reconcile.yuan') },
              { value: 'fen', label: t('counter.reconcile.fen') },
            ]}
          />
        </label>
      </div>
      <Space className="deed-field">
        <input
          type="file"
          accept=".csv,.txt"
          aria-label={t('counter.reconcile.file')}
          onChange={(event) => void read(event)}
        />
        <Button type="primary" disabled={!ready} loading={comparing.isPending} onClick={() => comparing.mutate()}>
          {t('counter.reconcile.compare')}
        </Button>
      </Space>
      {comparing.isError && <Problem error={comparing.error} />}
      {comparing.data !== undefined && <Result compared={comparing.data} />}
      <DifferenceTable />
    </Modal>
  )
}

const Result = ({ compared }: { readonly compared: Compared }) => {
  const { t } = useTranslation()
  const { matched, matchedAmount, ours, theirs, differences, more, known, fresh } = compared
  const count = differences.length + more
  return (
    <Alert
      className="answered"
      type={count === 0 ? 'success' : 'warning'}
      showIcon
      role="status"
      title={t('counter.reconcile.result', { matched, amount: yuan(matchedAmount), count })}
      description={
        <>
          {t('counter.reconcile.sides', {
            ours: ours.count,
            oursAmount: yuan(ours.amount),
            theirs: theirs.count,
            theirsAmount: yuan(theirs.amount),
          })}{' '}
          {known ? t('counter.reconcile.known') : t('counter.reconcile.fresh', { count: fresh })}
        </>
      }
    />
  )
}
