import { listGuards, releaseTrips, type TripGuard } from '@xianfu/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Alert, Button, Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatInstant } from '../format/time.ts'
import { guardsKey } from '../live/query-keys.ts'
import { languageOf } from '../words/i18n.ts'
import { call, problemText } from './call.ts'
import { useSite } from './site.ts'

/** More than these are one line: a page must stay readable when everything has been stopped. */
const mostSingly = 3
const mostNames = 8

const namesOf = (guards: readonly TripGuard[]): string => {
  const names = guards.slice(0, mostNames).map(({ site }) => site.name)
  return guards.length > mostNames ? `${names.join(', ')} …` : names.join(', ')
}

/** Says on every page that automatic trips are frozen, why, and lets who may trip release them. */
export const GuardBanner = () => {
  const { t } = useTranslation()
  const { system, operator } = useSite()
  const { data } = useQuery({ queryKey: [...guardsKey], queryFn: async () => call(listGuards) })
  const [releasing, setReleasing] = useState<TripGuard | null>(null)
  const frozen = (data?.guards ?? []).flatMap((guard) => (guard.frozen === null ? [] : [{ guard, ...guard.frozen }]))
  return (
    <>
      {frozen.length > mostSingly && (
        <Alert
          banner
          type="warning"
          role="alert"
          title={t('guard.many', { count: frozen.length, names: namesOf(frozen.map(({ guard }) => guard)) })}
          action={
            <Link to="/sites" search={{}}>
              {t('nav.sites')}
            </Link>
          }
        />
      )}
      {(frozen.length > mostSingly ? [] : frozen).map(({ guard, at, because }) => (
        <Alert
          key={guard.site.id}
          banner
          type="warning"
          role="alert"
          title={t('guard.frozen', {
            site: guard.site.name,
            because: t(`guard.because.${because}`),
            at: formatInstant(at, system.timeZone, 'minute'),
            count: guard.sentToday,
          })}
          action={
            operator.permissions.includes('control-trip') && (
              <Button size="small" onClick={() => setReleasing(guard)}>
                {t('guard.release')}
              </Button>
            )
          }
        />
      ))}
      {releasing !== null && <ReleaseDialog guard={releasing} onClose={() => setReleasing(null)} />}
    </>
  )
}

/** Also of the page of a site: who releases has looked first, and says so with their password. */
export const ReleaseDialog = ({ guard, onClose }: { readonly guard: TripGuard; readonly onClose: () => void }) => {
  const { t, i18n } = useTranslation()
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const [password, setPassword] = useState('')
  const releasing = useMutation({
    mutationFn: async () => call(releaseTrips, { params: { id: guard.site.id }, body: { reason, password } }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: [...guardsKey] })
      onClose()
    },
  })
  const ready = reason.trim() !== '' && password !== ''
  return (
    <Modal
      open
      title={t('guard.releaseTitle', { site: guard.site.name })}
      okText={t('guard.release')}
      cancelText={t('guard.cancel')}
      okButtonProps={{ disabled: !ready, loading: releasing.isPending, danger: true }}
      onOk={() => releasing.mutate()}
      onCancel={onClose}
    >
      <p>
        {t('guard.consequence')}{' '}
        <Link to="/dry-run" search={{ site: guard.site.id }} onClick={onClose}>
          {t('guard.dryRun')}
        </Link>
      </p>
      <Input
        autoFocus
        maxLength={200}
        aria-label={t('guard.reason')}
        placeholder={t('guard.reason')}
        value={reason}
        onChange={({ target }) => setReason(target.value)}
      />
      <Input.Password
        style={{ marginTop: 8 }}
        aria-label={t('batch.password')}
        placeholder={`${t('batch.password')} · ${t('batch.passwordHint')}`}
        autoComplete="current-password"
        value={password}
        onChange={({ target }) => setPassword(target.value)}
      />
      {releasing.isError && (
        <Alert
          style={{ marginTop: 12 }}
          type="error"
          showIcon
          title={problemText(releasing.error, languageOf(i18n)) ?? t('error.unreachable')}
        />
      )}
    </Modal>
  )
}
