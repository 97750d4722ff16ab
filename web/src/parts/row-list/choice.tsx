import { Select } from 'antd'

type Props<T extends string> = Readonly<{
  label: string
  /** What it is called when nothing is chosen. */
  all: string
  value: T | null
  onChange: (value: string) => void
  options: readonly Readonly<{ value: T; label: string }>[]
}>

/** One filter of a list: one of these, or all. */
export const Choice = <T extends string>({ label, all, value, onChange, options }: Props<T>) => (
  <Select<T | null>
    className="choice"
    aria-label={label}
    value={value}
    onChange={(next) => onChange(next ?? '')}
    options={[{ value: null, label: all }, ...options]}
  />
)
