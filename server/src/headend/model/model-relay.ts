import { bitMask, statusWord3, type StatusWord3 } from '@xianfu/protocols'
import { wirings, type Wiring } from '../../domain/wiring.ts'
import { registerNamed } from './model-registers.ts'
import type { MeterModel, RelayModel } from './meter-model.ts'

/** Where the contacts are, and where they were ordered to; `none`: the meter's own rules decide. */
export type RelayState = Readonly<{
  contacts: 'closed' | 'open' | 'mixed'
  ordered: 'closed' | 'open' | 'mixed' | 'none'
  alarm: boolean
}>

export const relayState = (model: MeterModel, relay: RelayModel, word: number): RelayState => {
  const register = registerNamed(model, relay.status)
  const mask = (names: readonly string[]): number => bitMask(register, names)
  const position = (all: number): 'closed' | 'open' | 'mixed' => {
    const set = word & all
    if (set === all) return 'closed'
    return set === 0 ? 'open' : 'mixed'
  }
  const isOrdered = relay.ordered === null || (word & mask([relay.ordered])) !== 0
  return {
    contacts: position(mask(relay.closed)),
    ordered: isOrdered ? position(mask(relay.orderedClosed)) : 'none',
    alarm: (word & mask(relay.alarm)) !== 0,
  }
}

/** Where the contacts must be for supply to flow, or not to. */
export const contactsFor = (supply: 'on' | 'off', wiring: Wiring): 'closed' | 'open' =>
  (supply === 'on') === (wirings[wiring].supplyWhen === 'closed') ? 'closed' : 'open'

/**
 * The state in the words of a DL/T 645 meter, about *supply*: what the rest of the server goes by. Contacts that do not
 * agree among the phases count as not having obeyed, so that nobody is taken for cut off, or restored, who is not.
 */
export const supplyStatus = ({ contacts, ordered, alarm }: RelayState, wiring: Wiring): StatusWord3 => {
  const supplied = contactsFor('on', wiring)
  const isOrdered = ordered === 'closed' || ordered === 'open'
  const isCommandOn = isOrdered ? ordered === supplied : contacts === supplied
  const isOn = contacts === 'mixed' ? !isCommandOn : contacts === supplied
  // Bits 4, 6 and 7 of status word 3, so that the word and its parts agree.
  return statusWord3((isOn ? 0 : 1 << 4) | (isCommandOn ? 0 : 1 << 6) | (alarm ? 1 << 7 : 0))
}

export const relayWords = ({ contacts, ordered }: RelayState): string =>
  `the relay status says contacts ${contacts}, ${ordered === 'none' ? 'nothing forced' : `forced ${ordered}`}`
