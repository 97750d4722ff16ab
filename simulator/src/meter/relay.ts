export type RelayPosition = 'closed' | 'open'
export type RelayState = Readonly<{ commanded: RelayPosition; actual: RelayPosition }>

/**
 * A latching relay: what was commanded, and what the contacts really do, which follows a moment later, or only after
 * somebody presses the button, or never when it is stuck.
 */
export class Relay {
  #commanded: RelayPosition
  #actual: RelayPosition
  #moving: Readonly<{ to: RelayPosition; atElapsedMs: number }> | null = null
  stuck = false
  readonly delayMs: number
  readonly button: boolean

  constructor(state: RelayState, options: Readonly<{ delayMs: number; button: boolean }>) {
    this.#commanded = state.commanded
    this.#actual = state.actual
    this.delayMs = options.delayMs
    this.button = options.button
  }

  get state(): RelayState {
    return { commanded: this.#commanded, actual: this.#actual }
  }

  /** The movement that is over by now, with how long ago it ended; the caller settles the energy up to that moment. */
  settle(elapsedMs: number, before: (agoMs: number) => void): void {
    const moving = this.#moving
    if (moving === null || elapsedMs < moving.atElapsedMs) return
    before(elapsedMs - moving.atElapsedMs)
    this.#actual = moving.to
    this.#moving = null
  }

  trip(elapsedMs: number): void {
    this.#commanded = 'open'
    this.#move('open', elapsedMs)
  }

  /** Closes by itself, or waits for the button on meters that have one (DL/T 645-2007 1BH, 合闸允许). */
  permitClose(elapsedMs: number): void {
    this.#commanded = 'closed'
    if (!this.button) this.#move('closed', elapsedMs)
    else this.#moving = null
  }

  directClose(elapsedMs: number): void {
    this.#commanded = 'closed'
    this.#move('closed', elapsedMs)
  }

  pressButton(elapsedMs: number): void {
    if (this.#commanded === 'closed') this.#move('closed', elapsedMs)
  }

  /** Somebody with a screwdriver. */
  force(actual: RelayPosition): void {
    this.#actual = actual
    this.#moving = null
  }

  #move(to: RelayPosition, elapsedMs: number): void {
    if (this.stuck) return
    this.#moving = this.#actual === to ? null : { to, atElapsedMs: elapsedMs + this.delayMs }
  }
}
