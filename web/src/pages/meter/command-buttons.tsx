import { requestCommand, type CommandKind, type MeterRow } from '@xianfu/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Input, Modal, Space, type InputRef } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { commandsKey } from '../../live/query-keys.ts'
import { Problem } from '../../parts/problem.tsx'
import { TripForeseen } from './trip-foreseen.tsx'

const kinds: readonly CommandKind[] = ['trip', 'permit-close', 'direct-close', 'keep-power-on', 'keep-power-off']

export const CommandButtons = ({ meter }: { readonly meter: MeterRow }) => {
  const { t } = useTranslation()
  const { operator } = useSite()
  const [asked, setAsked] = useState<CommandKind | null>(null)
  const may = (kind: CommandKind): boolean =>
    operator.permissions.includes(kind === 'trip' ? 'control-trip' : 'control')
  return (
    <Space wrap size={4} role="group" aria-label={t('meter.control')}>
      {kinds.filter(may).map((kind) => (
        <Button key={kind} danger={kind === 'trip'} onClick={() => setAsked(kind)}>
          {t(`command.${kind}`)}
        </Button>
      ))}
      {asked !== null && <CommandDialog meter={meter} kind={asked} onClose={() => setAsked(null)} />}
    </Space>
  )
}

/** Says what will happen before it happens, and asks why; one key per opening, so one command however often it is sent. */
const CommandDialog = ({
  meter,
  kind,
  onClose,
}: {
  readonly meter: MeterRow
  readonly kind: CommandKind
  readonly onClose: () => void
}) => {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const [key] = useState(() => crypto.randomUUID())
  const [reason, setReason] = useState('')
  const field = useRef<InputRef>(null)
  const command = t(`command.${kind}`)
  useEffect(() => field.current?.focus(), [])
  const sending = useMutation({
    mutationFn: async () => call(requestCommand, { params: { id: meter.id }, body: { key, kind, reason } }),
    onSuccess: () => {
      // In the middle: at the side it would lie over the very buttons.
      message.info(t('commandDialog.sent', { command }))
      void queries.invalidateQueries({ queryKey: [...commandsKey(meter.id)] })
      onClose()
    },
  })
  return (
    <Modal
      open
      title={`${command} · ${meter.place}`}
      // The library gives the focus to its closing cross.
      afterOpenChange={(open) => open && field.current?.focus()}
      onCancel={onClose}
      onOk={() => sending.mutate()}
      okText={kind === 'trip' ? t('commandDialog.confirmDanger', { command }) : t('commandDialog.send')}
      cancelText={t('commandDialog.cancel')}
      okButtonProps={{ danger: kind === 'trip', disabled: reason.trim() === '', loading: sending.isPending }}
    >
      <Alert
        type={kind === 'trip' ? 'error' : 'warning'}
        title={t(`consequence.${kind}`, { place: meter.place })}
        style={{ marginBottom: 12 }}
      />
      {kind === 'trip' && <TripForeseen meterId={meter.id} onLeave={onClose} />}
      <Input
        ref={field}
        aria-label={t('commandDialog.reason')}
        placeholder={t('commandDialog.reasonNeeded')}
        maxLength={200}
        onPressEnter={() => {
          // A trip is never sent by the key that ends a line.
          if (kind !== 'trip' && reason.trim() !== '' && !sending.isPending) sending.mutate()
        }}
        value={reason}
        onChange={({ target }) => setReason(target.value)}
      />
      {sending.isError && <Problem error={sending.error} />}
    </Modal>
  )
}
