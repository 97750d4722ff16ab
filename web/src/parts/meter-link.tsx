import { useNavigate } from '@tanstack/react-router'
import type { MouseEvent, ReactNode } from 'react'

/** A link to a meter. The router's own is drawn anew at every change of the address, which costs in long lists. */
export const MeterLink = ({ meterId, children }: { readonly meterId: number; readonly children: ReactNode }) => {
  const navigate = useNavigate()
  const follow = (event: MouseEvent): void => {
    // A new tab or window is the browser's to open.
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    void navigate({ to: '/meters/$meterId', params: { meterId: String(meterId) } })
  }
  return (
    <a href={`/meters/${String(meterId)}`} onClick={follow}>
      {children}
    </a>
  )
}
