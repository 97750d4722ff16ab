import { findAccounts, type FoundAccount } from '@xianfu/contract'
import { Select } from 'antd'
import { useDeferredValue, useState } from 'react'
import { call } from '../app/call.ts'
import { foundKey } from '../live/query-keys.ts'
import { useRead } from '../live/use-read.ts'

type Props = Readonly<{
  label: string
  /** Also those that are closed. */
  closedToo?: boolean
  onPick: (account: FoundAccount) => void
}>

/** Finds another account and shows whose it is, so that nobody sends money by a mistyped number. */
export const AccountPick = ({ label, closedToo = false, onPick }: Props) => {
  const [typed, setTyped] = useState('')
  const text = useDeferredValue(typed.trim())
  const { data } = useRead(foundKey(text), async () =>
    text === '' ? { accounts: [], more: false } : call(findAccounts, { query: { q: text } }),
  )
  const accounts = (data?.accounts ?? []).filter(({ closed }) => closedToo || !closed)
  return (
    <Select
      className="deed-field"
      showSearch={{ filterOption: false, onSearch: setTyped }}
      aria-label={label}
      placeholder={label}
      notFoundContent={null}
      onChange={(id: number) => {
        const picked = accounts.find((one) => one.id === id)
        if (picked !== undefined) onPick(picked)
      }}
      options={accounts.map(({ id, number, customer, places }) => ({
        value: id,
        label: [number, customer, places.join(' ')].join(' · '),
      }))}
    />
  )
}
