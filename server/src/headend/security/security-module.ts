/**
 * The master's half of the security of function 03H (DL/T 645-2007): what a meter's chip asks for and only a holder of the
 * utility's keys can make. The protocol carries the bytes, the module alone makes and checks them; a real one is a
 * cipher machine or a service of the utility, so it is asked and waited for.
 *
 * All bytes are in the order in which a frame carries them.
 */
export type SecurityModule = Readonly<{
  /** For people and logs. */
  name: string
  /** Function 070000FF: proves to the meter that its master is speaking. */
  identify(meter: MeterIdentity): Promise<Readonly<{ cipher: Uint8Array; random: Uint8Array }>>
  /** The MACs of a purchase: one over amount and count, one over the customer's number. */
  sealPurchase(session: SecuritySession, purchase: SealedParts): Promise<PurchaseMacs>
  /** Whether a MAC that came back is that of this meter over these bytes. */
  isGenuine(session: SecuritySession, protectedBytes: Uint8Array, mac: Uint8Array): Promise<boolean>
}>

export type MeterIdentity = Readonly<{
  /** Twelve digits. */
  address: string
  /** Eight bytes that tell the meter's own keys apart from all others: 0000 and its number. */
  dispersionFactor: Uint8Array
}>

/** An identity that the meter has accepted, and what it said to it. */
export type SecuritySession = MeterIdentity & Readonly<{ random: Uint8Array; chipSerial: Uint8Array }>

export type SealedParts = Readonly<{ amountAndCount: Uint8Array; customerNumber: Uint8Array }>

export type PurchaseMacs = Readonly<{ amountMac: Uint8Array; customerMac: Uint8Array }>

/** A module failed, or gave what cannot stand in a frame: nothing has left for the meter. */
export class SecurityModuleError extends Error {
  override readonly name = 'SecurityModuleError'
}
