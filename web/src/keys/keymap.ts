/** Every key of the console in one table: what acts and what the help shows cannot differ. */
export type Place = 'everywhere' | 'meter' | ListPlace

/** Pages that are a list in the first place: the same keys walk all of them. */
export const listPlaces = [
  'console',
  'messages',
  'work',
  'stops',
  'completeness',
  'lines',
  'batches',
  'counter',
  'sites',
] as const
export type ListPlace = (typeof listPlaces)[number]

export type KeyAction =
  | 'search'
  | 'next'
  | 'previous'
  | 'first'
  | 'last'
  | 'open'
  | 'top-up'
  | 'show'
  | 'clear'
  | 'back'
  | 'read-now'
  | 'buy-for-meter'
  | 'next-quantity'
  | 'next-span'
  | 'earlier'
  | 'later'
  | 'go-console'
  | 'go-messages'
  | 'go-batches'
  | 'go-counter'
  | 'refund'
  | 'reverse'
  | 'shift'
  | 'new-batch'
  | 'go-dry-run'
  | 'go-work'
  | 'go-stops'
  | 'go-completeness'
  | 'go-lines'
  | 'go-sites'
  | 'edit-site'
  | 'pause-line'
  | 'take'
  | 'acknowledge'
  | 'close-item'
  | 'language'
  | 'help'

export type KeyBinding = Readonly<{
  action: KeyAction
  keys: readonly string[]
  places: readonly Place[]
  /** Also while a text field has the focus. */
  whileTyping: boolean
}>

const binding = (
  action: KeyAction,
  keys: readonly string[],
  places: readonly Place[],
  whileTyping = false,
): KeyBinding => Object.freeze({ action, keys, places, whileTyping })

export const keymap: readonly KeyBinding[] = Object.freeze([
  binding('search', ['/'], listPlaces),
  binding('next', ['ArrowDown', 'j'], listPlaces, true),
  binding('previous', ['ArrowUp', 'k'], listPlaces, true),
  binding('first', ['Home'], listPlaces),
  binding('last', ['End'], listPlaces),
  binding('open', ['Enter'], listPlaces, true),
  binding('top-up', ['t'], ['console', 'meter', 'counter']),
  binding('show', ['1', '2', '3', '4', '5', '6', '7', '8', '9'], ['console']),
  binding('clear', ['Escape'], listPlaces, true),
  binding('back', ['Escape'], ['meter'], true),
  binding('read-now', ['r'], ['meter']),
  binding('buy-for-meter', ['p'], ['meter']),
  binding('refund', ['r'], ['counter']),
  binding('reverse', ['v'], ['counter']),
  binding('shift', ['o'], ['counter']),
  binding('go-counter', ['f'], ['everywhere']),
  binding('next-quantity', ['v'], ['meter']),
  binding('next-span', ['y'], ['meter']),
  binding('earlier', ['['], ['meter']),
  binding('later', [']'], ['meter']),
  binding('go-console', ['c'], ['everywhere']),
  binding('take', ['t'], ['work']),
  binding('acknowledge', ['a'], ['work']),
  binding('close-item', ['x'], ['work']),
  binding('go-messages', ['m'], ['everywhere']),
  binding('go-batches', ['g'], ['everywhere']),
  binding('go-dry-run', ['d'], ['everywhere']),
  binding('new-batch', ['n'], ['batches']),
  binding('go-work', ['w'], ['everywhere']),
  binding('go-stops', ['s'], ['everywhere']),
  binding('go-completeness', ['h'], ['everywhere']),
  binding('go-lines', ['b'], ['everywhere']),
  binding('go-sites', ['i'], ['everywhere']),
  binding('edit-site', ['e'], ['sites']),
  binding('pause-line', ['p'], ['lines']),
  binding('language', ['l'], ['everywhere']),
  binding('help', ['?'], ['everywhere']),
])

export type KeyPress = Readonly<{
  key: string
  /** Ctrl, Alt or Meta is held: the browser's or the system's own. */
  modified: boolean
  /** A text field has the focus. */
  typing: boolean
  /** A button or a link has the focus, for which Enter means itself. */
  onControl: boolean
  /** A choice of several has the focus, in which these keys move about. */
  onChoice: boolean
  /** A dialog is open: it has keys of its own. */
  dialogOpen: boolean
}>

const keysOfChoices: ReadonlySet<string> = new Set(['Enter', 'ArrowUp', 'ArrowDown', 'Home', 'End'])

/** What a key asks for at a place, or null. A letter means the same with caps lock on. */
export const actionOf = (press: KeyPress, place: Place): KeyAction | null => {
  if (press.modified || press.dialogOpen || (press.onControl && press.key === 'Enter')) return null
  if (press.onChoice && keysOfChoices.has(press.key)) return null
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key
  const found = keymap.find(
    ({ keys, places, whileTyping }) =>
      keys.includes(key) &&
      (places.includes(place) || places.includes('everywhere')) &&
      (!press.typing || (whileTyping && key.length > 1)),
  )
  return found?.action ?? null
}

const signs: Readonly<Record<string, string>> = Object.freeze({ ArrowDown: '↓', ArrowUp: '↑', Escape: 'Esc' })

/** A key as its cap shows it. */
export const capOf = (key: string): string => signs[key] ?? (key.length === 1 ? key.toUpperCase() : key)
