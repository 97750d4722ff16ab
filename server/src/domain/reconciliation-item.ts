/** A difference that a person works on. */
export const itemStates = ['open', 'explained', 'corrected'] as const
export type ItemState = (typeof itemStates)[number]

export type ResolveRefusal = 'unknown-item' | 'reason-missing' | 'state-already' | 'corrected-already'

/** An explanation may turn out wrong and be opened again; what was corrected in the books is done. */
export const objectionToResolve = (
  state: ItemState | null,
  wanted: ItemState,
  reason: string,
): ResolveRefusal | null => {
  if (state === null) return 'unknown-item'
  if (reason.trim() === '') return 'reason-missing'
  if (state === wanted) return 'state-already'
  return state === 'corrected' ? 'corrected-already' : null
}
