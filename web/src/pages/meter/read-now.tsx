import { readNow, type ResponseOf } from '@xianfu/contract'
import { useMutation } from '@tanstack/react-query'
import { Alert, Button, Modal } from 'antd'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { Exchange } from '../../parts/frame-bytes.tsx'
import { Problem } from '../../parts/problem.tsx'
import { useSaying } from '../../words/saying.ts'

const widthPx = 860

export type ReadingNow = Readonly<{ pending: boolean; start: () => void; dialog: React.ReactNode }>

/** Reads the meter while somebody waits, and shows every byte of it. */
export const useReadNow = (meterId: number): ReadingNow => {
  const { t } = useTranslation()
  const { mutate, reset, isPending, data, error } = useMutation({
    mutationFn: async () => call(readNow, { params: { id: meterId } }),
  })
  const done = data !== undefined || error !== null
  return {
    pending: isPending,
    start: () => {
      if (!isPending) mutate()
    },
    dialog: done && (
      <Modal
        open
        width={widthPx}
        title={error === null ? t('meter.exchanges') : t('meter.readNowFailed')}
        onCancel={reset}
        footer={
          <Button type="primary" autoFocus onClick={reset}>
            {t('keys.close')}
          </Button>
        }
      >
        {error !== null && <Problem error={error} onRetry={() => mutate()} />}
        {data !== undefined && <Exchanges exchanges={data.exchanges} />}
      </Modal>
    ),
  }
}

const Exchanges = ({ exchanges }: { readonly exchanges: ResponseOf<typeof readNow>['exchanges'] }) => {
  const { t } = useTranslation()
  const say = useSaying()
  const ms = Math.round(exchanges.reduce((sum, { durationMs }) => sum + durationMs, 0))
  return (
    <>
      <Alert type="success" showIcon title={t('meter.readNowDone', { count: exchanges.length, ms })} />
      <ol className="exchanges">
        {exchanges.map(({ meaning, request, response, durationMs }) => (
          <li key={`${meaning} ${request}`}>
            <strong>{say.item(meaning)}</strong>{' '}
            <span className="small number">{t('log.lasted', { ms: Math.round(durationMs) })}</span>
            <Exchange request={request} response={response} />
          </li>
        ))}
      </ol>
    </>
  )
}
