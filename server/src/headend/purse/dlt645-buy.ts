import { decodeValue, encodeSecurityRequest, identifiers, type SecurityRequestOf } from '@xianfu/protocols'
import type { WriteOutcome } from '../../domain/purchase-writer.ts'
import type { FieldMeter } from '../driver/field-meter.ts'
import type { PursePurchase } from '../headend.ts'
import type { SecurityModule, SecuritySession } from '../security/security-module.ts'
import { askSecurity, failureIn } from './dlt645-session.ts'
import { fenOf } from './fen.ts'
import type { PurseTalk } from './purse-talk.ts'
import { refusalWords } from './refusal-words.ts'

/** Sends one purchase once. Whatever becomes of its answer, only the count says whether the money is in the meter. */
export const buyOverSession = async (
  meter: FieldMeter,
  talk: PurseTalk,
  security: SecurityModule,
  session: SecuritySession,
  purchase: PursePurchase,
): Promise<WriteOutcome> => {
  const amount = fenOf(purchase.amount)
  if (amount === null) return { kind: 'refused', reason: 'the amount cannot stand in a purchase' }
  const command = await commandFor(meter, talk, purchase)
  if ('unknown' in command) return { kind: 'unknown', reason: command.unknown }
  const data = await sealed(security, session, { ...purchase, amount })
  const said = await askSecurity(meter, talk, command.name, data, 1)
  switch (said.kind) {
    case 'data':
      return { kind: 'accepted' }
    case 'nothing':
      return { kind: 'unknown', reason: said.hasLeft ? said.detail : `not sent: ${said.detail}` }
    case 'refused': {
      const reason = refusalWords(said.errors)
      // Taken, and then something else failed.
      return said.errors.reasons.includes('closing-failed') ? { kind: 'unknown', reason } : { kind: 'refused', reason }
    }
  }
}

type Command = Readonly<{ name: 'openAccount' | 'recharge' } | { unknown: string }>

/** The first purchase opens the account, unless status word 3 says that one was opened without money. */
const commandFor = async (
  { config: { address }, limits }: FieldMeter,
  talk: PurseTalk,
  { purchaseCount }: PursePurchase,
): Promise<Command> => {
  if (purchaseCount > 1) return { name: 'recharge' }
  const request = { kind: 'read', address, identifier: identifiers.statusWord3.id } as const
  const said = await talk.ask(request, 'read statusWord3', limits.readAttempts.state)
  if (said.kind !== 'data') return { unknown: `not sent: ${failureIn(said, 'statusWord3').detail}` }
  const status = decodeValue('statusWord3', said.data)
  if (!status.ok) return { unknown: `not sent: statusWord3: ${status.detail}` }
  return { name: status.value.localAccountOpened ? 'recharge' : 'openAccount' }
}

const noMac = new Uint8Array(4)

/** Amount and count under one MAC, the customer's number under the other; open account and recharge are alike. */
const sealed = async (
  security: SecurityModule,
  session: SecuritySession,
  { amount, purchaseCount, customerNumber }: Omit<PursePurchase, 'amount'> & Readonly<{ amount: number }>,
): Promise<Uint8Array> => {
  const parts: SecurityRequestOf<'recharge'> = {
    amount,
    purchaseCount,
    amountMac: noMac,
    customerNumber,
    customerMac: noMac,
  }
  const open = encodeSecurityRequest('recharge', parts)
  const macs = await security.sealPurchase(session, {
    amountAndCount: open.slice(0, 8),
    customerNumber: open.slice(12, 18),
  })
  return encodeSecurityRequest('recharge', { ...parts, ...macs })
}
