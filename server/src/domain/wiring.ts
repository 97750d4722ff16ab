/**
 * What a meter's relay means for supply (接线方式), as data of each meter.
 *
 * - `in-line`: supply flows through the relay.
 * - `contactor`: the relay holds a contactor in (接触器); open contacts let it drop.
 * - `contactor-inverse`: the relay holds a normally-closed contactor open; open contacts mean supply.
 * - `shunt-trip`: the relay feeds the coil that trips a breaker (分励脱扣); closed contacts trip it.
 * - `external-breaker`: the relay feeds the undervoltage release of a breaker (失压脱扣); open contacts trip it.
 *
 * A breaker that has tripped is closed by hand, and no status word tells whether it was.
 */
export type Wiring = 'in-line' | 'contactor' | 'contactor-inverse' | 'shunt-trip' | 'external-breaker'

export type WiringProfile = Readonly<{
  /** Position of the contacts with which supply may flow. */
  supplyWhen: 'closed' | 'open'
  /** Whether supply comes back by itself with that position; else somebody closes a breaker, and power proves it. */
  returnsByItself: boolean
}>

const profile = (supplyWhen: WiringProfile['supplyWhen'], returnsByItself: boolean): WiringProfile =>
  Object.freeze({ supplyWhen, returnsByItself })

export const wirings: Readonly<Record<Wiring, WiringProfile>> = Object.freeze({
  'in-line': profile('closed', true),
  contactor: profile('closed', true),
  'contactor-inverse': profile('open', true),
  'shunt-trip': profile('open', false),
  'external-breaker': profile('closed', false),
})

/** A DL/T 645 meter speaks of supply itself, so its contacts are never the other way round. */
export type SpeakingWiring = 'in-line' | 'contactor' | 'external-breaker'
