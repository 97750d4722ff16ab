import { useCallback, useEffect, useRef, type ReactNode, type RefObject } from 'react'

type First = Readonly<{ place: RefObject<HTMLDivElement | null>; onOpened: (open: boolean) => void }>

/** Typing goes into the first field of a dialog from its first moment, whatever had the focus before it. */
export const useFirstField = (): First => {
  const place = useRef<HTMLDivElement>(null)
  // A dialog takes the focus for itself when it has come up: then the field gets it back.
  const onOpened = useCallback((open: boolean) => {
    if (open && place.current?.contains(document.activeElement) === false) focusFirst(place.current)
  }, [])
  return { place, onOpened }
}

const focusFirst = (place: HTMLElement): void => {
  const field = place.querySelector('input')
  field?.focus()
  field?.select()
}

export const FirstField = ({ place, children }: { readonly place: First['place']; readonly children: ReactNode }) => {
  useEffect(() => {
    if (place.current !== null) focusFirst(place.current)
  }, [place])
  return <div ref={place}>{children}</div>
}
