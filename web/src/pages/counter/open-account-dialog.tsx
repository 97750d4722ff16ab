import { listOpenings, openAccount } from '@xianfu/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Input, Modal, Segmented, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { liveKeys, openingsKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { AccountPick } from '../../parts/account-pick.tsx'
import { FirstField, useFirstField } from '../../parts/first-field.tsx'
import { Problem } from '../../parts/problem.tsx'
import { languageOf } from '../../words/i18n.ts'
import { isCounted } from './counter-deeds.ts'

type Who = 'known' | 'new'

/** Opens an account for a known or a new customer; nothing is charged until an agreement is signed. */
export const OpenAccountDialog = ({
  onClose,
  onOpened,
}: {
  readonly onClose: () => void
  readonly onOpened: (accountId: number) => void
}) => {
  const { t, i18n } = useTranslation()
  const queries = useQueryClient()
  const [key] = useState(() => crypto.randomUUID())
  const { place, onOpened: onUp } = useFirstField()
  const [who, setWho] = useState<Who>('new')
  const [customerId, setCustomerId] = useState<number | null>(null)
  const [site, setSite] = useState<number | null>(null)
  const [meterIds, setMeterIds] = useState<readonly number[]>([])
  const [text, setText] = useState({ number: '', name: '', phone: '', oldBalance: '', oldDebt: '' })
  const { data, error } = useRead(openingsKey, async () => call(listOpenings))
  const siteId = site ?? data?.sites[0]?.id ?? null
  const opening = useMutation({
    mutationFn: async () =>
      call(openAccount, {
        body: {
          key,
          number: text.number.trim(),
          siteId: siteId ?? 0,
          customer:
            who === 'known'
              ? { id: customerId ?? 0 }
              : { name: text.name.trim(), phone: text.phone.trim(), language: languageOf(i18n) },
          meterIds: [...meterIds],
          oldBalance: text.oldBalance.trim() || '0',
          oldDebt: text.oldDebt.trim() || '0',
        },
      }),
    onSuccess: async ({ accountId }) => {
      for (const queryKey of [...liveKeys, openingsKey]) void queries.invalidateQueries({ queryKey: [...queryKey] })
      onOpened(accountId)
    },
  })
  const knows = who === 'known' ? customerId !== null : text.name.trim() !== ''
  const money = [text.oldBalance, text.oldDebt].every((one) => one.trim() === '' || isCounted(one))
  const ready = text.number.trim() !== '' && siteId !== null && knows && money && !opening.isPending
  const field = (name: keyof typeof text, label: string) => (
    <Input
      className="deed-field"
      aria-label={label}
      placeholder={label}
      maxLength={100}
      value={text[name]}
      onChange={({ target }) => setText({ ...text, [name]: target.value })}
      onPressEnter={() => ready && opening.mutate()}
    />
  )
  return (
    <Modal
      open
      title={t('counter.open.title')}
      okText={t('counter.open.title')}
      cancelText={t('topUp.cancel')}
      okButtonProps={{ disabled: !ready, loading: opening.isPending }}
      onOk={() => opening.mutate()}
      onCancel={onClose}
      afterOpenChange={onUp}
    >
      <p className="small">{t('counter.open.hint')}</p>
      {error !== null && <Problem error={error} />}
      <FirstField place={place}>{field('number', t('counter.open.number'))}</FirstField>
      <Select
        className="deed-field"
        aria-label={t('counter.site')}
        value={siteId}
        onChange={(next) => {
          setSite(next)
          setMeterIds([])
        }}
        options={(data?.sites ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      />
      <Segmented<Who>
        block
        className="deed-field"
        value={who}
        onChange={setWho}
        options={[
          { value: 'new', label: t('counter.open.new') },
          { value: 'known', label: t('counter.open.known') },
        ]}
      />
      {who === 'known' ? (
        <AccountPick
          label={t('counter.open.customer')}
          closedToo
          onPick={({ customerId: found }) => setCustomerId(found)}
        />
      ) : (
        <>
          {field('name', t('counter.open.name'))}
          {field('phone', t('counter.phone'))}
        </>
      )}
      <Select
        className="deed-field"
        mode="multiple"
        aria-label={t('counter.open.meters')}
        placeholder={t('counter.open.meters')}
        notFoundContent={t('counter.open.noMeters')}
        optionFilterProp="label"
        value={[...meterIds]}
        onChange={setMeterIds}
        options={(data?.meters ?? [])
          .filter((meter) => meter.siteId === siteId)
          .map(({ id, place, address }) => ({ value: id, label: `${place} · ${address}` }))}
      />
      {field('oldBalance', t('counter.open.oldBalance'))}
      {field('oldDebt', t('counter.open.oldDebt'))}
      {opening.isError && <Problem error={opening.error} />}
    </Modal>
  )
}
