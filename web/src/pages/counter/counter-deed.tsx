import {
  askCounter,
  counterMeans,
  type AccountFile,
  type AccountOperation,
  type CounterOperation,
} from '@xianfu/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { microOf, yuan } from '../../format/decimal.ts'
import { liveKeys } from '../../live/query-keys.ts'
import { DeedDialog, type DeedField } from '../../parts/deed-dialog.tsx'
import { lineOperationOf, operationOf, wholeOf, type DeedName, type LineDeedName } from './counter-deeds.ts'

export type Asking = Readonly<
  | { kind: 'account'; name: DeedName; file: AccountFile }
  | { kind: 'line'; name: LineDeedName; file: AccountFile; line: AccountOperation }
>
export type Answered = Readonly<{ state: 'done' | 'waiting'; words: string }>

type Props = Readonly<{ asking: Asking; onAnswer: (answered: Answered) => void; onClose: () => void }>

/** One deed with its reason. One key per opening: however often it is sent, it is done once. */
export const CounterDeed = ({ asking, onAnswer, onClose }: Props) => {
  const { t } = useTranslation()
  const [key] = useState(() => crypto.randomUUID())
  const fields = useFields(asking)
  const { file } = asking
  const whole = asking.kind === 'account' ? t(`counter.deed.${asking.name}`) : t(`counter.lineDeed.${asking.name}`)
  const send = async (values: Readonly<Record<string, string>>): Promise<void> => {
    const operation: CounterOperation =
      asking.kind === 'account'
        ? operationOf(asking.name, values)
        : lineOperationOf(asking.name, asking.line.id, values)
    const answer = await call(askCounter, {
      params: { id: file.id },
      body: { key, reason: (values['reason'] ?? '').trim(), operation },
    })
    const returned = answer.state === 'done' ? answer.returned : null
    onAnswer({
      state: answer.state,
      words:
        answer.state === 'waiting'
          ? t('counter.asked', { what: whole })
          : returned === null
            ? t('counter.done', { what: whole })
            : t('counter.doneReturned', { what: whole, amount: yuan(returned) }),
    })
  }
  const about = asking.kind === 'line' && asking.line.amount !== null ? ` · ${yuan(asking.line.amount)}` : ''
  return (
    <DeedDialog
      deed={{
        title: `${whole}${about} · ${file.number} ${file.customer.name}`,
        ok: whole,
        danger: asking.name === 'close-account' || asking.name === 'write-off' || asking.name === 'reverse',
        hint: t(`counter.hint.${asking.name}`),
        fields,
        send,
        touches: liveKeys,
      }}
      onClose={onClose}
    />
  )
}

const useFields = (asking: Asking): readonly DeedField[] => {
  const { t } = useTranslation()
  const reason: DeedField = { name: 'reason', label: t('counter.reason'), kind: 'text' }
  const to: DeedField = { name: 'to', label: t('counter.to'), kind: 'account' }
  if (asking.kind === 'line') return asking.name === 'move-payment' ? [to, reason] : [reason]
  const { name, file } = asking
  const amount = (kind: 'money' | 'cash'): DeedField => ({
    name: 'amount',
    label: t('counter.amountYuan'),
    kind,
    start: wholeOf(name, file),
  })
  const means: DeedField = {
    name: 'means',
    label: t('counter.means'),
    kind: 'choice',
    start: 'cash-counter',
    choices: counterMeans.options.map((value) => ({ value, label: t(`channel.${value}`) })),
  }
  switch (name) {
    case 'refund':
      return [amount('cash'), means, reason]
    case 'transfer':
      return [to, amount('money'), reason]
    case 'freeze':
    case 'unfreeze':
      return [amount('money'), reason]
    case 'write-off':
      return [
        amount('money'),
        {
          name: 'of',
          label: t('counter.writeOff.of'),
          kind: 'choice',
          start: microOf(file.balance.prepayment) < 0n ? 'overdraft' : 'debt',
          choices: [
            { value: 'overdraft', label: t('counter.writeOff.overdraft') },
            { value: 'debt', label: t('counter.writeOff.debt') },
          ],
        },
        reason,
      ]
    case 'close-account':
      return [means, reason]
  }
}
