import { functionCode, securityErrorsFor, type Reply, type RequestOf, type SecurityRefusal } from '@xianfu/protocols'
import { dayMs } from '../../time/local-time.ts'
import { bcd, binary, joined, nothing, readBcd, readBinary, readDigits } from '../bytes.ts'
import { minuteBytes } from '../event-memory.ts'
import { ownNow } from '../meter-clock.ts'
import { authenticated, isSuspended, macFits, noteFailedMac, sessionOf } from '../security/session.ts'
import { testCipher, testMac } from '../security/test-esam.ts'
import type { Meter } from '../state.ts'
import { perFen, purchase, remainingFen, type PurchaseRefusal } from '../wallet.ts'

const refusalOf: Readonly<Record<PurchaseRefusal, SecurityRefusal>> = Object.freeze({
  repeated: 'repeated-recharge',
  'wrong-count': 'purchase-count-wrong',
  hoarding: 'hoarding-limit-exceeded',
  'not-opened': 'purchase-count-wrong',
  'wrong-customer': 'customer-number-differs',
})

/** What follows the identifier in the answer, or why there is none. */
type Outcome = Uint8Array | SecurityRefusal | 'other'

/** 03H: identity, account, recharge, status. The cipher is a test's (see test-esam), the rules are a meter's. */
export const answerSecurity = (meter: Meter, { identifier, data }: RequestOf<'security'>): Reply => {
  const { address } = meter
  const key = meter.model.security?.key
  const outcome = key === undefined ? 'other' : carryOut(meter, key, identifier, data)
  if (typeof outcome !== 'string') return { kind: 'security', address, identifier, data: outcome }
  return { kind: 'error', address, functionCode: functionCode.security, errors: securityErrorsFor([outcome]) }
}

const carryOut = (meter: Meter, key: string, identifier: number, body: Uint8Array): Outcome => {
  if (isSuspended(meter, ownDay(meter))) return 'suspended'
  if (identifier === 0x0700_00ff) return authenticate(meter, key, body)
  if (!authenticated(meter)) return 'not-authenticated'
  switch (identifier) {
    case 0x0700_01ff:
      return setValidity(meter, key, body)
    case 0x0700_02ff:
      meter.session = { ...sessionOf(meter), validUntil: 0 }
      return joined(customer(meter), ...wallet(meter), keyState)
    case 0x0701_01ff:
      return buy(meter, key, body, true)
    case 0x0701_02ff:
      return buy(meter, key, body, false)
    case 0x0701_03ff:
      return initialise(meter, key, body)
    case 0x0781_02ff: {
      const [balance, count] = wallet(meter)
      return joined(balance, testMac(key, balance), count, testMac(key, count), customer(meter), keyState)
    }
    default:
      return 'other'
  }
}

const ownDay = (meter: Meter): number => {
  const own = ownNow(meter)
  return Math.floor((own + meter.around.zone.offsetMs(own)) / dayMs)
}

/** No key of the virtual meter is formal. */
const keyState = new Uint8Array(4)
const serial = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8])

const authenticate = (meter: Meter, key: string, body: Uint8Array): Outcome => {
  if (body.length !== 24) return 'other'
  const expected = testCipher(key, body.subarray(8))
  if (!expected.every((byte, at) => byte === body[at])) return 'not-authenticated'
  const random2 = Uint8Array.from({ length: 4 }, () => Math.floor(meter.around.random() * 256))
  const session = sessionOf(meter)
  meter.session = { ...session, random2, validUntil: meter.livedTo + session.minutes * 60_000 }
  return joined(random2, serial)
}

const setValidity = (meter: Meter, key: string, body: Uint8Array): Outcome => {
  const minutes = readBcd(body, 0, 2)
  if (body.length !== 6 || minutes === null || minutes === 0) return 'other'
  if (!macFits(key, body.subarray(0, 2), body.subarray(2))) return failed(meter)
  meter.session = { ...sessionOf(meter), minutes, validUntil: meter.livedTo + minutes * 60_000 }
  return nothing
}

const failed = (meter: Meter): SecurityRefusal => {
  noteFailedMac(meter, ownDay(meter))
  return 'verification-failed'
}

/** Amount 4, count 4, MAC1 4, customer 6, MAC2 4. */
const buy = (meter: Meter, key: string, body: Uint8Array, opens: boolean): Outcome => {
  if (body.length !== 22 || meter.wallet === null) return 'other'
  const customerNumber = readDigits(body, 12, 6)
  if (customerNumber === null) return 'other'
  if (!macFits(key, body.subarray(12, 18), body.subarray(18, 22))) return failed(meter)
  if (!macFits(key, body.subarray(0, 8), body.subarray(8, 12))) return failed(meter)
  const asked = { fen: readBinary(body, 0, 4), purchases: readBinary(body, 4, 4), customerNumber, opens }
  const refused = purchase(meter, meter.wallet, asked, minuteBytes(meter))
  return refused === null ? nothing : refusalOf[refused]
}

/** Amount 4, MAC1 4, count 4 (0), MAC2 4: the purse as new, with a preset amount. */
const initialise = (meter: Meter, key: string, body: Uint8Array): Outcome => {
  const purse = meter.wallet
  if (body.length !== 16 || purse === null || readBinary(body, 8, 4) !== 0) return 'other'
  if (!macFits(key, body.subarray(0, 4), body.subarray(4, 8))) return failed(meter)
  if (!macFits(key, body.subarray(8, 12), body.subarray(12, 16))) return failed(meter)
  const fen = readBinary(body, 0, 4)
  Object.assign(purse, {
    opened: false,
    balance: fen * perFen,
    purchases: 0,
    accumulatedFen: fen,
    customerNumber: '000000000000',
    warned: false,
    records: [],
  })
  return nothing
}

const customer = ({ wallet: purse }: Meter): Uint8Array => bcd(Number(purse?.customerNumber ?? 0), 6)
const wallet = ({ wallet: purse }: Meter): readonly [Uint8Array, Uint8Array] => [
  binary(purse === null ? 0 : remainingFen(purse), 4),
  binary(purse?.purchases ?? 0, 4),
]
