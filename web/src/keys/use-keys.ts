import { useEffect, useRef } from 'react'
import { actionOf, type KeyAction, type Place } from './keymap.ts'

export type KeyHandlers = Readonly<Partial<Record<KeyAction, (key: string) => void>>>

/** Inputs into which nothing is typed. */
const choices = new Set(['radio', 'checkbox', 'button'])

const isTyping = (target: EventTarget | null): boolean =>
  (target instanceof HTMLInputElement && !choices.has(target.type)) ||
  target instanceof HTMLTextAreaElement ||
  (target instanceof HTMLElement && target.isContentEditable)

const isControl = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('button, a, [role=button], [role=tab]') !== null

const isChoice = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('.ant-select, [role=radiogroup]') !== null

/** Acts on the keys of a place as long as the component is there. A handler that is absent leaves the key alone. */
export const useKeys = (place: Place, handlers: KeyHandlers): void => {
  const latest = useRef(handlers)
  useEffect(() => {
    latest.current = handlers
  })
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const action = actionOf(
        {
          key: event.key,
          modified: event.ctrlKey || event.metaKey || event.altKey,
          typing: isTyping(event.target),
          onControl: isControl(event.target),
          onChoice: isChoice(event.target),
          dialogOpen:
            document.querySelector('.ant-modal-wrap, .ant-select-dropdown:not(.ant-select-dropdown-hidden)') !== null,
        },
        place,
      )
      const act = action === null ? undefined : latest.current[action]
      if (act === undefined) return
      event.preventDefault()
      act(event.key)
    }
    // In the capture phase a dialog that closes on this very key is still open.
    window.addEventListener('keydown', onKey, true)
    return () => window.removeEventListener('keydown', onKey, true)
  }, [place])
}
