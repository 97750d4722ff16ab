/**
 * Status word 3 (04000503): the one that tells whether there is supply. `relay` is where the relay is, `relayCommand`
 * where it was told to go; between the two lie trip delays and buttons. Bits that have no field here (time-zone,
 * day-table, price and ladder sets in use) are in `raw` alone.
 *
 * `localAccountOpened` and `remoteAccountOpened` read 0 as opened, as most sources do; one driver says the opposite, so
 * a meter profile may turn it round (`AccountBits`).
 */
export type StatusWord3 = Readonly<{
  raw: number
  relay: 'closed' | 'open'
  relayCommand: 'closed' | 'open'
  keepPower: boolean
  preTripAlarm: boolean
  meterType: 'none' | 'energy' | 'money' | 'reserved'
  programmingAllowed: boolean
  supply: 'main' | 'auxiliary' | 'battery' | 'reserved'
  authenticated: boolean
  localAccountOpened: boolean
  remoteAccountOpened: boolean
}>

/** Which state of bits 14 and 15 means that an account has been opened. */
export type AccountBits = 'zero-is-opened' | 'one-is-opened'

const supplies = Object.freeze(['main', 'auxiliary', 'battery', 'reserved'] as const)
const meterTypes = Object.freeze(['none', 'energy', 'money', 'reserved'] as const)

const supplyShift = 1
const meterTypeShift = 8
const pair = 0b11

const bit = Object.freeze({
  programmingAllowed: 1 << 3,
  relayOpen: 1 << 4,
  relayCommandOpen: 1 << 6,
  preTripAlarm: 1 << 7,
  keepPower: 1 << 12,
  authenticated: 1 << 13,
  localAccount: 1 << 14,
  remoteAccount: 1 << 15,
})

/** The bits that the fields of `StatusWord3` speak for. */
const spokenFor = Object.values(bit).reduce((all, one) => all | one, (pair << supplyShift) | (pair << meterTypeShift))

/**
 * The meaning of a 16-bit word.
 *
 * @example
 * statusWord3(0x0250).relay // 'open'
 */
export function statusWord3(raw: number, accountBits: AccountBits = 'zero-is-opened'): StatusWord3 {
  const opened = accountBits === 'one-is-opened'
  const has = (mask: number): boolean => (raw & mask) !== 0
  return {
    raw,
    relay: has(bit.relayOpen) ? 'open' : 'closed',
    relayCommand: has(bit.relayCommandOpen) ? 'open' : 'closed',
    keepPower: has(bit.keepPower),
    preTripAlarm: has(bit.preTripAlarm),
    meterType: meterTypes[(raw >> meterTypeShift) & pair] ?? 'reserved',
    programmingAllowed: has(bit.programmingAllowed),
    supply: supplies[(raw >> supplyShift) & pair] ?? 'reserved',
    authenticated: has(bit.authenticated),
    localAccountOpened: has(bit.localAccount) === opened,
    remoteAccountOpened: has(bit.remoteAccount) === opened,
  }
}

/** The word as a number: the fields decide their bits, `raw` the others, so a decoded word gives its `raw` again. */
export function statusWord3Raw(word: StatusWord3, accountBits: AccountBits = 'zero-is-opened'): number {
  const opened = accountBits === 'one-is-opened'
  const when = (condition: boolean, mask: number): number => (condition ? mask : 0)
  return (
    (word.raw & ~spokenFor & 0xffff) |
    when(word.relay === 'open', bit.relayOpen) |
    when(word.relayCommand === 'open', bit.relayCommandOpen) |
    when(word.keepPower, bit.keepPower) |
    when(word.preTripAlarm, bit.preTripAlarm) |
    when(word.programmingAllowed, bit.programmingAllowed) |
    when(word.authenticated, bit.authenticated) |
    when(word.localAccountOpened === opened, bit.localAccount) |
    when(word.remoteAccountOpened === opened, bit.remoteAccount) |
    (supplies.indexOf(word.supply) << supplyShift) |
    (meterTypes.indexOf(word.meterType) << meterTypeShift)
  )
}
