import type { Frame } from '@xianfu/protocols'
import { answerHonestly, isFor } from './answer/dispatch.ts'
import { itemBytes } from './answer/read.ts'
import { silence, wrap, type Answer } from './behaviour.ts'
import { changeMeter, type MeterChange } from './change.ts'
import { displayOf, type Display } from './display.ts'
import { isDead } from './faults.ts'
import { liveTo } from './life.ts'
import { lookAt, type MeterLook } from './look.ts'
import { makeMeter, type MeterParts } from './make-meter.ts'
import type { OwnOptions } from './meter-options.ts'
import { answerModbus } from './modbus/answer-modbus.ts'
import { behaveModbus } from './modbus/behave-modbus.ts'
import { pulsesOf, type Pulses } from './pulses.ts'
import { remember, restore, type RememberedMeter } from './remember.ts'
import type { Meter } from './state.ts'

/**
 * A three-phase prepayment meter with a DL/T 645-2007 face: registers driven by a load, a relay, a clock, a purse, and
 * a memory of what happened. Whatever is asked of it, it first lives up to this moment.
 */
export class VirtualMeter {
  readonly #meter: Meter

  constructor(options: OwnOptions, parts: MeterParts) {
    this.#meter = makeMeter(options, parts)
  }

  get address(): string {
    return this.#meter.address
  }

  get name(): string {
    return this.#meter.name
  }

  /** Bit rate it was switched to by function 17H; null for that of its line. */
  get baudRate(): number | null {
    return this.#meter.baudRate
  }

  /** Talks all the time. */
  get babbles(): boolean {
    return this.#meter.stacked.some(({ behaviour }) => behaviour.kind === 'babble') && !isDead(this.#meter.faults)
  }

  /** Its address on a Modbus line; null for a meter that speaks DL/T 645. */
  get unit(): number | null {
    return this.#meter.modbus?.unit ?? null
  }

  /** Null when the frame is nothing to this meter. */
  hear(request: Frame): Answer | null {
    const meter = this.#meter
    if (meter.modbus !== null || !isFor(meter, request)) return null
    this.touch()
    if (isDead(meter.faults)) return silence
    if (meter.stacked.length === 0) return honest(meter, request)
    const answer = wrap((asked) => honest(meter, asked), meter.stacked, meter.relay)(request)
    meter.stacked = meter.stacked.filter(({ left }) => left > 0)
    return answer
  }

  /** What it answers to a Modbus request to its unit, and after what delay; null for silence. */
  hearModbus(pdu: Uint8Array): Readonly<{ pdu: Uint8Array; delayMs: number }> | null {
    const meter = this.#meter
    if (meter.modbus === null) return null
    this.touch()
    if (isDead(meter.faults)) return null
    const answer = behaveModbus(meter.stacked, meter.relay, pdu[0] ?? 0, () => answerModbus(meter, pdu))
    meter.stacked = meter.stacked.filter(({ left }) => left > 0)
    return answer === null ? null : { pdu: answer.pdu, delayMs: answer.delayMs + delayOf(meter) }
  }

  /** Lives up to this moment. */
  touch(): void {
    liveTo(this.#meter, this.#meter.around.clock.now())
  }

  /** What it has under an identifier, as a frame would carry it; null for nothing. */
  item(identifier: number): Uint8Array | null {
    this.touch()
    return itemBytes(this.#meter, identifier)
  }

  change(to: MeterChange): void {
    this.touch()
    changeMeter(this.#meter, to)
    // What is due at once, such as a press of the button, shall not wait for the next look.
    this.touch()
  }

  look(): MeterLook {
    this.touch()
    return lookAt(this.#meter)
  }

  pulses(): Pulses {
    this.touch()
    return pulsesOf(this.#meter)
  }

  display(item?: number): Display {
    this.touch()
    return displayOf(this.#meter, item)
  }

  save(): RememberedMeter {
    this.touch()
    return remember(this.#meter)
  }

  /** Goes on from where a run before has stopped. */
  load(remembered: RememberedMeter): void {
    restore(this.#meter, remembered)
  }
}

const honest = (meter: Meter, request: Frame): Answer => {
  const frame = answerHonestly(meter, request)
  if (frame === null) return silence
  return { frame, delayMs: delayOf(meter), brokenChecksum: false, cutAt: null }
}

const delayOf = ({ model, around }: Meter): number => {
  const { min, max } = model.answerDelayMs
  return min === max ? min : min + around.random() * (max - min)
}
