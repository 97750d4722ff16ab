/**
 * Engines keep arrays up to this size inside the object; a view would first move them out, which costs ten times as
 * much as to copy them.
 */
const cheapBytes = 64

/** The bytes from `begin` to `end`: a copy of a few, a view of many. For bytes that nobody changes. */
export function partOf(bytes: Uint8Array, begin: number, end = bytes.length): Uint8Array {
  if (bytes.length > cheapBytes) return bytes.subarray(begin, end)
  const part = new Uint8Array(Math.max(0, end - begin))
  for (let index = 0; index < part.length; index++) part[index] = bytes[begin + index] ?? 0
  return part
}
