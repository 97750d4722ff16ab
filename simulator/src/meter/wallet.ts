import { parameterNumber } from './parameters.ts'
import { rateRegister } from './register-bank.ts'
import { permitClose, trip } from './relay.ts'
import type { Power } from './power.ts'
import type { Rate } from './rate-timetable.ts'
import type { Meter } from './state.ts'

/**
 * The purse of a meter with local fee control (本地费控). The balance is an exact integer of 10⁻⁷ yuan: a price of
 * 10⁻⁴ yuan/kWh times whole Wh. Below zero it is an overdraft.
 */
export type Wallet = {
  opened: boolean
  balance: number
  purchases: number
  accumulatedFen: number
  customerNumber: string
  /** The one warning trip of alarm 2 has happened since the balance was above it. */
  warned: boolean
  records: Purchase[]
}

/** Newest first; `time` as five bytes mm hh DD MM YY. */
export type Purchase = Readonly<{
  time: Uint8Array
  purchases: number
  fen: number
  beforeFen: number
  afterFen: number
  accumulatedFen: number
}>

export const perFen = 100_000
const purchasesKept = 10
export const mostFen = 99_999_999

const limit = Object.freeze({
  alarm1: 0x0400_1001,
  alarm2: 0x0400_1002,
  overdraft: 0x0400_1003,
  hoarding: 0x0400_1004,
  closeFrom: 0x0400_1005,
})

/** 10⁻⁴ yuan per kWh. */
export const priceOf = (meter: Meter, rate: Rate): number => parameterNumber(meter, 0x0405_0100 + rate)

const toFen = (balance: number): number => Math.floor(balance / perFen)
export const remainingFen = ({ balance }: Wallet): number => Math.max(0, toFen(balance))
export const overdraftFen = ({ balance }: Wallet): number => (balance < 0 ? Math.ceil(-balance / perFen) : 0)

export const newWallet = ({
  opened,
  balance,
  purchases,
  customerNumber,
}: NonNullable<Meter['model']['prepayment']>): Wallet => ({
  opened,
  balance: balance * perFen,
  purchases,
  accumulatedFen: balance,
  customerNumber,
  warned: false,
  records: [],
})

export const isAlarming = (meter: Meter, wallet: Wallet): boolean =>
  parameterNumber(meter, limit.alarm1) > 0 && wallet.balance <= parameterNumber(meter, limit.alarm1) * perFen

/** Pays for whole Wh that were counted. */
export const charge = (meter: Meter, wallet: Wallet, rate: Rate, wholeWh: number): void => {
  wallet.balance -= wholeWh * priceOf(meter, rate)
}

/** Wall moment at which the next Wh that crosses a limit will be complete; infinite when none will. */
export const nextCrossing = (meter: Meter, wallet: Wallet, rate: Rate, power: Power): number => {
  const price = priceOf(meter, rate)
  const milliwatts = power.activeTotal
  if (milliwatts <= 0 || price === 0) return Infinity
  const floors = [
    parameterNumber(meter, limit.alarm1) * perFen,
    parameterNumber(meter, limit.alarm2) * perFen,
    0,
    -parameterNumber(meter, limit.overdraft) * perFen,
  ]
  let wholeWh = Infinity
  for (const floor of floors)
    if (wallet.balance > floor) wholeWh = Math.min(wholeWh, Math.ceil((wallet.balance - floor) / price))
  if (wholeWh === Infinity) return Infinity
  const energy = meter.bank.until(meter.row, rateRegister('forward', rate), wholeWh)
  return meter.livedTo + Math.ceil(energy / milliwatts)
}

/**
 * Trips for want of money, and once as a warning below alarm 2 where a button lets the customer go on; keep-power
 * forbids both.
 */
export const watchBalance = (meter: Meter, wallet: Wallet, power: Power): void => {
  if (!wallet.opened || meter.keepPower || meter.forced === 'closed' || meter.relay.commanded === 'open') return
  const alarm2 = parameterNumber(meter, limit.alarm2) * perFen
  if (wallet.balance > alarm2) wallet.warned = false
  if (wallet.balance <= -parameterNumber(meter, limit.overdraft) * perFen) trip(meter, 'balance', power)
  else if (alarm2 > 0 && wallet.balance <= alarm2 && !wallet.warned && meter.model.relay.button) {
    wallet.warned = true
    trip(meter, 'warning', power)
  }
}

export type PurchaseRefusal = 'repeated' | 'wrong-count' | 'hoarding' | 'not-opened' | 'wrong-customer'

/**
 * Adds money by the rules of function 03: the next count only, so that a lost answer can be asked for again and never
 * pays twice.
 */
export const purchase = (
  meter: Meter,
  wallet: Wallet,
  {
    fen,
    purchases,
    customerNumber,
    opens,
  }: Readonly<{ fen: number; purchases: number; customerNumber: string; opens: boolean }>,
  time: Uint8Array,
): PurchaseRefusal | null => {
  if (!opens && !wallet.opened) return 'not-opened'
  const virgin = !wallet.opened && Number(wallet.customerNumber) === 0
  if (!(opens && virgin) && customerNumber !== wallet.customerNumber) return 'wrong-customer'
  if (opens) {
    if (wallet.opened) return purchases === wallet.purchases ? 'repeated' : 'wrong-count'
    if (purchases > 1) return 'wrong-count'
  } else if (purchases !== wallet.purchases + 1) return purchases === wallet.purchases ? 'repeated' : 'wrong-count'
  const credited = opens && purchases === 0 ? 0 : fen
  const hoarding = parameterNumber(meter, limit.hoarding)
  const after = wallet.balance + credited * perFen
  if (after > Math.min(hoarding === 0 ? mostFen : hoarding, mostFen) * perFen) return 'hoarding'
  const beforeFen = toFen(wallet.balance)
  wallet.opened = true
  wallet.customerNumber = customerNumber
  wallet.balance = after
  wallet.purchases = purchases
  wallet.accumulatedFen += credited
  wallet.records = [
    { time, purchases, fen: credited, beforeFen, afterFen: toFen(after), accumulatedFen: wallet.accumulatedFen },
    ...wallet.records,
  ].slice(0, purchasesKept)
  restore(meter, wallet)
  return null
}

/**
 * What is written into the registers of the purse stands there: no rule of the next count, no hoarding limit, no customer.
 * A write that moves the count on is kept as a purchase. An overdraft is paid when the new balance covers it.
 */
export const overwrite = (
  meter: Meter,
  wallet: Wallet,
  { fen, purchases }: Readonly<{ fen: number; purchases: number }>,
  time: Uint8Array,
): void => {
  const beforeFen = toFen(wallet.balance)
  const bought = fen - beforeFen
  wallet.opened = true
  wallet.balance = fen * perFen
  if (purchases !== wallet.purchases) {
    wallet.accumulatedFen += Math.max(0, bought)
    const accumulatedFen = wallet.accumulatedFen
    wallet.records = [
      { time, purchases, fen: Math.max(0, bought), beforeFen, afterFen: fen, accumulatedFen },
      ...wallet.records,
    ].slice(0, purchasesKept)
  }
  wallet.purchases = purchases
  restore(meter, wallet)
}

/** Money is enough again: supply may come back, if it was the purse that took it away. */
const restore = (meter: Meter, wallet: Wallet): void => {
  const { commanded, cause } = meter.relay
  if (commanded !== 'open' || (cause !== 'balance' && cause !== 'warning')) return
  if (wallet.balance <= 0 || wallet.balance < parameterNumber(meter, limit.closeFrom) * perFen) return
  permitClose(meter)
}

/** Gives back what was paid too much. */
export const refund = (wallet: Wallet, fen: number): boolean => {
  if (fen <= 0 || fen > remainingFen(wallet)) return false
  wallet.balance -= fen * perFen
  return true
}
