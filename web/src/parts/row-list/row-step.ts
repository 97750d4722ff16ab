/** The row to choose after a step; a chosen row that is not there any more counts as the first. */
export const stepTo = <Id>(ids: readonly Id[], chosen: Id | null, step: number): Id | null => {
  const at = chosen === null ? -1 : ids.indexOf(chosen)
  if (at < 0) return ids[0] ?? null
  return ids[Math.min(Math.max(at + step, 0), ids.length - 1)] ?? null
}
