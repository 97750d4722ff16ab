/** What is used of the answer to a console. */
type Reader = Readonly<{
  /** What was written before is still on its way. */
  writableNeedDrain: boolean
  write(text: string): unknown
  on(event: 'drain', listener: () => void): unknown
}>

/** What is the same for all streams is written down once. */
let lastTopics: readonly string[] | null = null
let lastText = ''
const textOf = (topics: readonly string[]): string => {
  if (topics !== lastTopics) {
    lastTopics = topics
    lastText = `event: change\ndata: ${JSON.stringify({ topics })}\n\n`
  }
  return lastText
}
const everything = Object.freeze(['all'])

/**
 * Writes changes to one reader. To one that does not take them in, nothing is written until it does, and then that all is
 * new: so a reader that has fallen asleep costs one buffer, not all that has happened since.
 */
export const tellChanges = (reader: Reader): ((topics: readonly string[]) => void) => {
  let missed = false
  reader.on('drain', () => {
    if (!missed) return
    missed = false
    reader.write(textOf(everything))
  })
  return (topics) => {
    if (reader.writableNeedDrain) missed = true
    else reader.write(textOf(topics))
  }
}
