import {
  decodeSecurityRequest,
  encodeSecurityReply,
  functionCode,
  securityCommands,
  securityErrorsFor,
  standardDictionary,
  type MeterErrorReason,
  type Reply,
  type Request,
  type RequestOf,
} from '@xianfu/protocols'
import type { SecurityModule } from '../security/security-module.ts'
import { handMadeMeter, statusWith, type HandMadeMeter } from './hand-made-field.ts'

export type PurseState = {
  opened: boolean
  fen: number
  count: number
  customerNumber: string
  /** The newest record: its count and amount; null for a meter that keeps none. */
  record: { count: number; fen: number } | null
}

/** What happens to the next purchases, in their order. */
export type PurchaseFate = 'lost' | 'answer-lost' | MeterErrorReason

export type HandMadePurseMeter = HandMadeMeter &
  Readonly<{ purse: PurseState; fates: PurchaseFate[] }> & {
    /** False: there is no chip, and function 03H says "other". */
    hasChip: boolean
    /** Makes the MACs; a wrong one stands for somebody else's answers. */
    mac: Mac
  }

const virgin: PurseState = { opened: false, fen: 0, count: 0, customerNumber: '000000000000', record: null }

/** A meter with a purse: function 03H with the rules of the count, and the plain identifiers beside it. */
export const handMadePurseMeter = (address: string, purse: Partial<PurseState> = {}): HandMadePurseMeter => {
  const meter: HandMadePurseMeter = {
    ...handMadeMeter(address),
    purse: { ...virgin, ...purse },
    fates: [],
    hasChip: true,
    mac: handMadeMac,
  }
  meter.instead = (request) => insteadOf(meter, request)
  return meter
}

const insteadOf = (meter: HandMadePurseMeter, request: Request): Reply | null | undefined => {
  if (request.kind === 'security') return answerSecurity(meter, request)
  if (request.kind !== 'read') return undefined
  const value = plainValue(meter, request.identifier)
  if (value === undefined) return undefined
  const { address, identifier } = request
  const data = typeof value === 'number' ? standardDictionary.encode(identifier, value) : value
  return { kind: 'read', address, identifier, data, more: false }
}

const plainValue = ({ purse }: HandMadePurseMeter, identifier: number): number | Uint8Array | undefined => {
  if (identifier === 0x0090_0200) return purse.fen
  if (identifier === 0x0333_0201) return purse.record?.count
  if (identifier === 0x0333_0301) return purse.record?.fen
  // Bits 14 and 15 of status word 3: 0 is opened.
  const word = statusWith({}).raw | (purse.opened ? 0 : 3 << 14)
  return identifier === 0x0400_0503 ? Uint8Array.of(word, word >> 8) : undefined
}

const answerSecurity = (meter: HandMadePurseMeter, request: RequestOf<'security'>): Reply | null => {
  const { address, identifier } = request
  const refused = (reason: MeterErrorReason): Reply => ({
    kind: 'error',
    address,
    functionCode: functionCode.security,
    errors: securityErrorsFor([reason]),
  })
  const done = (data: Uint8Array): Reply => ({ kind: 'security', address, identifier, data })
  if (!meter.hasChip) return refused('other')
  switch (identifier) {
    case securityCommands.authenticate.id:
      return done(encodeSecurityReply('authenticate', { random: new Uint8Array(4), chipSerial: new Uint8Array(8) }))
    case securityCommands.queryStatus.id:
      return done(statusOf(meter))
    case securityCommands.openAccount.id:
    case securityCommands.recharge.id: {
      const fate = meter.fates.shift()
      if (fate === 'lost') return null
      if (fate !== undefined && fate !== 'answer-lost') return refused(fate)
      const reason = take(meter, identifier === securityCommands.openAccount.id, request.data)
      if (fate === 'answer-lost') return null
      return reason === null ? done(new Uint8Array()) : refused(reason)
    }
    default:
      return refused('other')
  }
}

const take = ({ purse, mac }: HandMadePurseMeter, opens: boolean, data: Uint8Array): MeterErrorReason | null => {
  const asked = decodeSecurityRequest('recharge', data)
  if (!asked.ok) return 'other'
  const { amount, amountMac, purchaseCount, customerNumber, customerMac } = asked.value
  const isSealed = isSame(mac(data.subarray(0, 8)), amountMac) && isSame(mac(data.subarray(12, 18)), customerMac)
  if (!isSealed) return 'verification-failed'
  if (amount === null || purchaseCount === null || opens === purse.opened) return 'purchase-count-wrong'
  if (!opens && customerNumber !== purse.customerNumber) return 'customer-number-differs'
  if (purchaseCount === purse.count) return 'repeated-recharge'
  if (purchaseCount !== purse.count + 1) return 'purchase-count-wrong'
  const record = { count: purchaseCount, fen: amount }
  Object.assign(purse, { opened: true, fen: purse.fen + amount, count: purchaseCount, customerNumber, record })
  return null
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => a.every((byte, at) => byte === b[at])

const statusOf = ({ purse, mac }: HandMadePurseMeter): Uint8Array => {
  const noMac = new Uint8Array(4)
  const data = encodeSecurityReply('queryStatus', {
    balance: purse.fen,
    balanceMac: noMac,
    purchaseCount: purse.count,
    purchaseCountMac: noMac,
    customerNumber: purse.customerNumber,
    keyState: { raw: 0, set: [] },
  })
  data.set(mac(data.subarray(0, 4)), 4)
  data.set(mac(data.subarray(8, 12)), 12)
  return data
}

type Mac = (bytes: Uint8Array) => Uint8Array

/** Four bytes of a sum: enough to see a byte that is wrong. */
export const handMadeMac: Mac = (bytes) => {
  const sum = bytes.reduce((total, byte, at) => (total * 31 + byte * (at + 1)) % 0x1_0000_0000, 7)
  return Uint8Array.of(sum, sum >>> 8, sum >>> 16, sum >>> 24)
}

/** The module that such meters understand. */
export const handMadeSecurity: SecurityModule = {
  name: 'hand-made',
  identify: async ({ dispersionFactor }) => ({ cipher: dispersionFactor, random: new Uint8Array(8) }),
  sealPurchase: async (_, { amountAndCount, customerNumber }) => ({
    amountMac: handMadeMac(amountAndCount),
    customerMac: handMadeMac(customerNumber),
  }),
  isGenuine: async (_, bytes, mac) => handMadeMac(bytes).every((byte, at) => byte === mac[at]),
}
