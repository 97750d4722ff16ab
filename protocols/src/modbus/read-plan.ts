import { ProtocolError } from '../error.ts'

/** Registers that stand together. */
export type RegisterSpan = Readonly<{ start: number; count: number }>

/** Most registers of one request; most registers that nobody asked for between two that are wanted. */
export type ReadLimits = Readonly<{ maxRegisters: number; maxGap: number }>

/**
 * The fewest reads that bring all of the spans, each span whole in one of them, so that no number is torn in two. A read
 * begins and ends with a wanted register.
 *
 * Why the fewest: the span that begins first must be in some read, and none that holds it reaches farther than the one
 * that begins with it. So each read begins with the first span that is left and takes what follows while it can.
 *
 * @throws ProtocolError `out-of-range` when one span alone is more than a read may be.
 * @example
 * planReads([{ start: 0x215, count: 2 }, { start: 0x224, count: 1 }], { maxRegisters: 125, maxGap: 16 })
 * // [{ start: 0x215, count: 16 }]
 */
export function planReads(spans: readonly RegisterSpan[], { maxRegisters, maxGap }: ReadLimits): RegisterSpan[] {
  const reads: RegisterSpan[] = []
  let begin = 0
  let end = -1
  for (const { start, count } of [...spans].sort((a, b) => a.start - b.start || a.count - b.count)) {
    if (count < 1 || count > maxRegisters)
      throw new ProtocolError('out-of-range', `${count} registers do not fit a read of ${maxRegisters}`)
    const newEnd = Math.max(end, start + count)
    if (end >= 0 && newEnd - begin <= maxRegisters && start - end <= maxGap) {
      end = newEnd
      continue
    }
    if (end >= 0) reads.push({ start: begin, count: end - begin })
    begin = start
    end = start + count
  }
  if (end >= 0) reads.push({ start: begin, count: end - begin })
  return reads
}
