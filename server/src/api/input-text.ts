/** Control characters but for tab and ends of lines, and halves of characters: no text of people has them. */
// oxlint-disable-next-line no-control-regex
const unusable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|\p{Surrogate}/u

/**
 * Whether anywhere in an input, names of fields included, stands text that no database keeps and no paper prints. Walks
 * by itself instead of calling itself: an input may be as deep as it is long.
 */
export const hasUnusableText = (input: unknown): boolean => {
  const left: unknown[] = [input]
  while (left.length > 0) {
    const value = left.pop()
    if (typeof value === 'string' && unusable.test(value)) return true
    if (typeof value !== 'object' || value === null) continue
    for (const [name, one] of Object.entries(value)) left.push(name, one)
  }
  return false
}
