import { useState, type ReactNode } from 'react'

/** Lights up for a moment when its value changes, and not when it first appears. */
export const Flash = ({ value, children }: { readonly value: string; readonly children: ReactNode }) => {
  const [seen, setSeen] = useState({ value, changes: 0 })
  if (value !== seen.value) setSeen({ value, changes: seen.changes + 1 })
  // A new key makes a new element, whose animation begins anew.
  return (
    <span key={seen.changes} className={seen.changes > 0 ? 'flash' : undefined}>
      {children}
    </span>
  )
}
