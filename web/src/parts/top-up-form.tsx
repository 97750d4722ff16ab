import {
  counterMeans,
  quoteTopUp,
  readMeter,
  type CounterMeans,
  type MeterRow,
  type PurchaseWish,
  type TopUpQuote,
} from '@xianfu/contract'
import { useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Input, Segmented, type InputRef } from 'antd'
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../app/call.ts'
import { microOf, roundDecimal, yuan } from '../format/decimal.ts'
import { meterKey, quoteKey } from '../live/query-keys.ts'
import { useRead } from '../live/use-read.ts'
import { Problem } from './problem.tsx'
import { Money } from './states.tsx'
import { supplyIn, type Account } from './supply-in.ts'
import { planTopUp, quickAmounts, type TopUpPlan } from './top-up-plan.ts'
import { TopUpQuoted } from './top-up-quoted.tsx'
import { buyingKinds, isWanted, quoteQuery, wishOf, type BuyingKind, type Wanted } from './top-up-wish.ts'

export type TopUpFormProps = Readonly<{
  meter: MeterRow
  account: Account
  busy: boolean
  error: unknown
  onSubmit: (amount: string, wish: PurchaseWish | null, means: CounterMeans) => void
  onCancel: () => void
}>

/** Asked for before anything is typed: what is owed, and what of a purchase goes to it. */
const nothingTyped: Wanted = { kind: 'amount', value: '1' }

const keyOf = (accountId: number, { kind, value }: Wanted) => quoteKey(accountId, kind, value)
const readQuote = (accountId: number, wanted: Wanted) => async (): Promise<TopUpQuote> =>
  call(quoteTopUp, { params: { id: accountId }, query: quoteQuery(wanted) })

/** What the plan makes of it: read by the server, because only it knows debt, limits and prices. */
const useQuote = (accountId: number, wanted: Wanted): { quote: TopUpQuote | null; error: unknown } => {
  const asked = isWanted(wanted) ? wanted : nothingTyped
  const { data, error } = useRead(keyOf(accountId, asked), readQuote(accountId, asked))
  return { quote: data ?? null, error }
}

/** How much, by amount, energy or days, by hand or by one of the usual ones, and what it will bring about. */
export const TopUpForm = ({ meter, account, busy, error, onSubmit, onCancel }: TopUpFormProps) => {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [wanted, setWanted] = useState<Wanted>({ kind: 'amount', value: '' })
  const [means, setMeans] = useState<CounterMeans>('cash-counter')
  const { kind, value } = wanted
  const field = useRef<InputRef>(null)
  const { data } = useRead(meterKey(meter.id), async () => call(readMeter, { params: { id: meter.id } }))
  const valid = isWanted(wanted)
  const { quote, error: notQuoted } = useQuote(account.id, wanted)
  const quoted = valid ? quote : null
  const agreement = data?.agreement ?? null
  const plan = planTopUp(
    {
      balance: quote?.balance ?? account.balance,
      state: agreement === null ? 'on' : supplyIn(meter.relay, account.stage),
      cutOff: agreement?.cutOff ?? '0',
      restore: agreement?.restore ?? '0',
      debt: quote?.debt ?? '0',
      debtPercent: quote?.debtPercent ?? null,
    },
    quoted?.amount ?? null,
  )
  const quick = kind === 'amount' ? quickAmounts(plan.needed, quote?.minimum ?? null) : usualOf[kind]
  useEffect(() => field.current?.focus(), [])
  const ready = quoted !== null && quoted.refusal === null
  const set = (next: string): void => setWanted({ kind, value: next })
  const send = (found: TopUpQuote): void => {
    if (found.refusal === null && !busy) onSubmit(amountText(found.amount), wishOf(wanted), means)
  }
  // Whoever types faster than the server answers need not press again, unless there is something to be told first.
  const askAndSend = async (): Promise<void> => {
    const found = await queries.fetchQuery({
      queryKey: keyOf(account.id, wanted),
      queryFn: readQuote(account.id, wanted),
    })
    const stillThere = field.current?.input?.value.trim() === value
    if (stillThere && kind === 'amount' && microOf(found.toDebt) === 0n) send(found)
  }
  const submit = (): void => {
    if (quoted !== null) send(quoted)
    // A refused question is shown by the form itself.
    else if (valid) askAndSend().catch(() => undefined)
  }
  const onKey = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    const at = quick.indexOf(value)
    set(quick[at < 0 ? (step > 0 ? 0 : quick.length - 1) : (at + step + quick.length) % quick.length] ?? '')
  }
  return (
    <>
      <dl className="balances">
        <div>
          <dt>{t('topUp.balanceNow')}</dt>
          <dd>
            <Money amount={quote?.balance ?? account.balance} />
          </dd>
        </div>
        <div>
          <dt>{t('topUp.balanceAfter')}</dt>
          <dd>{quoted === null ? '—' : <Money amount={quoted.balanceAfter} />}</dd>
        </div>
      </dl>
      <Segmented<BuyingKind>
        block
        value={kind}
        aria-label={t('topUp.by')}
        options={buyingKinds.map((one) => ({ value: one, label: t(`topUp.kind.${one}`) }))}
        onChange={(next) => {
          setWanted({ kind: next, value: '' })
          field.current?.focus()
        }}
      />
      <Form.Item
        validateStatus={value !== '' && !valid ? 'error' : ''}
        help={value !== '' && !valid ? t(`topUp.invalid.${kind}`) : t('topUp.noRepeat')}
      >
        <Input
          ref={field}
          size="large"
          autoComplete="off"
          inputMode="decimal"
          aria-label={t(`topUp.field.${kind}`)}
          placeholder={t(`topUp.field.${kind}`)}
          suffix={t(`topUp.unit.${kind}`)}
          value={value}
          onChange={({ target }) => set(target.value.trim())}
          onPressEnter={submit}
          onKeyDown={onKey}
        />
      </Form.Item>
      <div className="quick" role="group" aria-label={t('topUp.quick')}>
        {quick.map((one) => (
          <Button
            key={one}
            type={one === value ? 'primary' : 'default'}
            ghost={one === value}
            onClick={() => {
              set(one)
              field.current?.focus()
            }}
          >
            {one}
          </Button>
        ))}
      </div>
      <Segmented<CounterMeans>
        block
        className="means"
        value={means}
        aria-label={t('topUp.means')}
        options={counterMeans.options.map((one) => ({ value: one, label: t(`channel.${one}`) }))}
        onChange={(next) => {
          setMeans(next)
          field.current?.focus()
        }}
      />
      {quoted !== null && <TopUpQuoted quote={quoted} byAmount={kind === 'amount'} />}
      {valid && notQuoted !== null && <Problem error={notQuoted} />}
      {quoted?.refusal == null && <Effect plan={plan} permits={agreement?.reconnect === 'permit-close'} />}
      {error !== null && <Problem error={error} />}
      <div className="actions">
        <span className="small">{t('topUp.keysHint')}</span>
        <Button onClick={onCancel}>{t('topUp.cancel')}</Button>
        <Button type="primary" disabled={!ready} loading={busy} onClick={submit}>
          {quoted === null ? t('topUp.submit') : t('topUp.submitAmount', { amount: yuan(quoted.amount) })}
        </Button>
      </div>
    </>
  )
}

const usualOf = { energy: ['50', '100', '200', '500'], time: ['7', '30', '90'] } as const

/** Whole fen, as the counter takes them. */
const amountText = (amount: string): string => roundDecimal(amount, 0, 2)

const Effect = ({ plan, permits }: { readonly plan: TopUpPlan; readonly permits: boolean }) => {
  const { t } = useTranslation()
  if (plan.effect === 'adds') return null
  const good = plan.effect === 'restores' || plan.effect === 'keeps-supply'
  const needed = plan.needed === null ? '' : yuan(roundDecimal(plan.needed, 0, 2))
  const words =
    plan.effect === 'restores' && permits ? t('topUp.effect.permits') : t(`topUp.effect.${plan.effect}`, { needed })
  return <Alert type={good ? 'success' : 'warning'} showIcon title={words} role="status" />
}
