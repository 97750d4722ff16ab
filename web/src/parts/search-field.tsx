import { Input, type InputRef } from 'antd'
import type { Ref } from 'react'

type Props = Readonly<{ field: Ref<InputRef>; hint: string; value: string; onChange: (value: string) => void }>

/** The search of a list, reached by `/`; says so while it is empty. */
export const SearchField = ({ field, hint, value, onChange }: Props) => (
  <Input
    ref={field}
    allowClear
    className="search"
    placeholder={hint}
    aria-label={hint}
    aria-keyshortcuts="/"
    suffix={value === '' ? <kbd>/</kbd> : null}
    value={value}
    onChange={({ target }) => onChange(target.value)}
  />
)
