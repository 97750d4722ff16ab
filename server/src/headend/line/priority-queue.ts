import type { Priority } from '../headend.ts'

/** In falling urgency. */
const priorities: readonly Priority[] = [
  'restore',
  'relay',
  'person',
  'verification',
  'scheduled',
  'back-fill',
  'clock',
]

type Entry<T> = Readonly<{ order: number; item: T }>

/**
 * Waiting jobs of one line: the most urgent first, and inside one priority by `order`, so that a read which comes back
 * for its next identifier keeps the place it had. Each priority is bounded by itself.
 */
export class PriorityQueue<T> {
  readonly #maxPerPriority: number
  readonly #waiting = new Map<Priority, Entry<T>[]>(priorities.map((priority) => [priority, []]))

  constructor(maxPerPriority: number) {
    this.#maxPerPriority = maxPerPriority
  }

  get length(): number {
    let length = 0
    for (const entries of this.#waiting.values()) length += entries.length
    return length
  }

  has(priority: Priority): boolean {
    return this.#entries(priority).length > 0
  }

  isFull(priority: Priority): boolean {
    return this.#entries(priority).length >= this.#maxPerPriority
  }

  add(priority: Priority, order: number, item: T): void {
    const entries = this.#entries(priority)
    let at = entries.length
    while (at > 0 && (entries[at - 1]?.order ?? 0) > order) at -= 1
    entries.splice(at, 0, { order, item })
  }

  take(): T | undefined {
    for (const priority of priorities) {
      const first = this.#entries(priority).shift()
      if (first !== undefined) return first.item
    }
    return undefined
  }

  remove(item: T): boolean {
    for (const entries of this.#waiting.values()) {
      const at = entries.findIndex((entry) => entry.item === item)
      if (at === -1) continue
      entries.splice(at, 1)
      return true
    }
    return false
  }

  #entries(priority: Priority): Entry<T>[] {
    const entries = this.#waiting.get(priority)
    if (entries === undefined) throw new TypeError(`There is no priority ${priority}.`)
    return entries
  }
}
