import { useEffect, type RefObject } from 'react'

/** While a slip is there, `P` prints it; the focus goes back to the button that ends the dialog. */
export const usePrinting = (done: RefObject<HTMLButtonElement | null>): void => {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'p' || event.ctrlKey || event.metaKey || event.altKey) return
      event.preventDefault()
      window.print()
    }
    // Printing hides the page, and with it the focus.
    const onPrinted = (): void => done.current?.focus()
    window.addEventListener('keydown', onKey)
    window.addEventListener('afterprint', onPrinted)
    return () => {
      window.removeEventListener('keydown', onKey)
      window.removeEventListener('afterprint', onPrinted)
    }
  }, [done])
}
