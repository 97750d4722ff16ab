/**
 * The newest so many rows of whole numbers, for memories that most meters never fill: it grows as rows come, so an
 * empty one costs nothing.
 */
export class RecordRing {
  readonly #columns: number
  readonly #capacity: number
  #rows: Int32Array = new Int32Array(0)
  #next = 0
  #count = 0

  constructor(columns: number, capacity: number) {
    this.#columns = columns
    this.#capacity = capacity
  }

  get count(): number {
    return this.#count
  }

  push(row: readonly number[]): void {
    const room = this.#rows.length / this.#columns
    if (this.#count === room && room < this.#capacity) this.#grow(Math.min(this.#capacity, Math.max(4, room * 2)))
    this.#rows.set(row, this.#next * this.#columns)
    this.#next = (this.#next + 1) % this.#capacity
    this.#count = Math.min(this.#count + 1, this.#capacity)
  }

  /** 0 is the newest; null when there are not so many. */
  newest(index: number): Int32Array | null {
    if (index < 0 || index >= this.#count) return null
    const at = (this.#next - 1 - index + this.#capacity) % this.#capacity
    return this.#rows.subarray(at * this.#columns, (at + 1) * this.#columns)
  }

  /** Oldest first. */
  all(): Int32Array[] {
    return Array.from({ length: this.#count }, (_, index) => this.newest(this.#count - 1 - index) ?? new Int32Array(0))
  }

  #grow(rows: number): void {
    const larger = new Int32Array(rows * this.#columns)
    larger.set(this.#rows)
    this.#rows = larger
  }
}
