import { decodeSecurityReply } from '@xianfu/protocols'
import type { PurseReading } from '../../domain/meter-purchase.ts'
import type { MicroYuan } from '../../domain/quantity.ts'
import type { FieldMeter } from '../driver/field-meter.ts'
import type { PurseOptions } from '../headend.ts'
import type { SecurityModule, SecuritySession } from '../security/security-module.ts'
import { buyOverSession } from './dlt645-buy.ts'
import { askSecurity, failureIn, openSession } from './dlt645-session.ts'
import { moneyOf, mostFen } from './fen.ts'
import type { PurseLanguage } from './purse.ts'
import { readPurseItem, type Found } from './purse-items.ts'
import { createPurseTalk, type PurseTalk } from './purse-talk.ts'

/**
 * The purse behind function 03H. It is read under an identity where there is a security module and the meter has a chip,
 * so that its MACs prove it; else from the plain identifiers. It is filled by function 03H alone.
 */
export const dlt645Purse = (
  meter: FieldMeter,
  security: SecurityModule | null,
  options: PurseOptions,
): PurseLanguage => ({
  async read() {
    const talk = createPurseTalk(meter, options)
    const read = await readPurse(meter, talk, security)
    const { exchanges } = talk
    return read.ok ? { ok: true, purse: read.value, exchanges } : { ...read, exchanges }
  },
  async write(purchase) {
    const talk = createPurseTalk(meter, options)
    const { exchanges } = talk
    if (security === null) return { kind: 'refused', reason: 'no security module is set up', exchanges }
    const opened = await openSession(meter, talk, security)
    if (opened.ok) return { ...(await buyOverSession(meter, talk, security, opened.session, purchase)), exchanges }
    const { code, detail } = opened
    if (code === 'no-chip') return { kind: 'refused', reason: 'the meter takes no purchase by function 03H', exchanges }
    if (code === 'refused-by-meter') return { kind: 'refused', reason: detail, exchanges }
    return { kind: 'unknown', reason: `not sent, for want of an identity: ${detail}`, exchanges }
  },
})

const readPurse = async (
  meter: FieldMeter,
  talk: PurseTalk,
  security: SecurityModule | null,
): Promise<Found<PurseReading>> => {
  const state = security === null ? await plainState(meter, talk) : await provenState(meter, talk, security)
  if (!state.ok) return state
  const { purchaseCount, balance } = state.value
  const last = purchaseCount === 0 ? none : await lastPurchase(meter, talk, purchaseCount)
  return last.ok ? { ok: true, value: { purchaseCount, balance, lastPurchase: last.value } } : last
}

type State = Pick<PurseReading, 'purchaseCount' | 'balance'>

const provenState = async (meter: FieldMeter, talk: PurseTalk, security: SecurityModule): Promise<Found<State>> => {
  const opened = await openSession(meter, talk, security)
  if (opened.ok) return queryStatus(meter, talk, security, opened.session)
  const { code, detail } = opened
  return code === 'no-chip' ? plainState(meter, talk) : { ok: false, code, detail }
}

const queryStatus = async (
  meter: FieldMeter,
  talk: PurseTalk,
  security: SecurityModule,
  session: SecuritySession,
): Promise<Found<State>> => {
  const said = await askSecurity(meter, talk, 'queryStatus', new Uint8Array(), meter.limits.readAttempts.person)
  if (said.kind !== 'data') return { ok: false, ...failureIn(said, 'purse') }
  const status = decodeSecurityReply('queryStatus', said.data)
  if (!status.ok) return { ok: false, code: 'bad-answer', detail: `purse: ${status.detail}` }
  const { balance, balanceMac, purchaseCount, purchaseCountMac } = status.value
  if (balance === null || purchaseCount === null || balance > mostFen)
    return { ok: false, code: 'bad-answer', detail: 'purse: the meter has no value for it' }
  const areGenuine =
    (await security.isGenuine(session, said.data.subarray(0, 4), balanceMac)) &&
    (await security.isGenuine(session, said.data.subarray(8, 12), purchaseCountMac))
  if (!areGenuine) return { ok: false, code: 'not-genuine', detail: 'the MACs of the purse are not those of the meter' }
  return { ok: true, value: { purchaseCount, balance: moneyOf(balance) } }
}

/** 00900200 and 03330201. A meter that keeps no count has nothing that could prove a purchase. */
const plainState = async (meter: FieldMeter, talk: PurseTalk): Promise<Found<State>> => {
  const balance = await readPurseItem(meter, talk, 'remainingMoney')
  if (!balance.ok) return balance
  const count = await readPurseItem(meter, talk, 'recordedCount')
  return count.ok ? { ok: true, value: { purchaseCount: count.value, balance: moneyOf(balance.value) } } : count
}

const none: Found<MicroYuan | null> = Object.freeze({ ok: true, value: null })

/**
 * The newest record of 0333. It counts only where it is that of the count that was read; a meter without records says
 * nothing of it, and a record without money (an account opened empty) neither.
 */
const lastPurchase = async (meter: FieldMeter, talk: PurseTalk, count: number): Promise<Found<MicroYuan | null>> => {
  const recorded = await readPurseItem(meter, talk, 'recordedCount')
  if (!recorded.ok) return recorded.code === 'refused-by-meter' ? none : recorded
  if (recorded.value !== count) return none
  const amount = await readPurseItem(meter, talk, 'recordedAmount')
  if (!amount.ok) return amount.code === 'refused-by-meter' ? none : amount
  return amount.value === 0 ? none : { ok: true, value: moneyOf(amount.value) }
}
