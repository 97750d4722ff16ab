import type { AgreementTerms, SettlementMode, LegalPath, SignRefusal } from '../domain/agreement.ts'
import type { MicroYuan } from '../domain/quantity.ts'
import { defaultStopTerms, type StopTerms } from '../domain/stop-terms.ts'
import { agreementHistory, pricePlanNamed } from '../store/agreements.ts'
import type { Asked, OperateContext, Operated } from './operate.ts'
import { createSignAgreement, type Signed } from './sign-agreement.ts'

/** What a further version says otherwise than the one before it; what is not given stays as it is. */
export type AgreementChange = Readonly<{
  /** By its name; the newest version of it. */
  pricePlan?: string
  settlementMode?: SettlementMode
  legalPath?: LegalPath
  supplyContract?: string
  alarm1?: MicroYuan
  alarm2?: MicroYuan
  cutOff?: MicroYuan
  restore?: MicroYuan
  noticeLeadMs?: number
  reconnect?: AgreementTerms['reconnect']
  /** The whole way to a stop (docs/stopping.md). */
  stop?: StopTerms
}>

export type SignChangeInput = Asked &
  Readonly<{
    accountId: number
    change: AgreementChange
    /** Null: from now on. */
    effectiveFrom: number | null
  }>

export type SignChange = (input: SignChangeInput) => Promise<Operated<Signed, SignRefusal | 'no-agreement'>>

/** Trips are allowed at any hour, every day, until an agreement says otherwise. */
const anyTime = { fromMinute: 0, toMinute: 1440, weekdays: [0, 1, 2, 3, 4, 5, 6] } as const

/**
 * Signs the next version of an account's agreement by what changes in it. The first one must name plan, contract and all
 * thresholds.
 */
export const createSignChange = (context: OperateContext): SignChange => {
  const sign = createSignAgreement(context)
  return async ({ accountId, change, effectiveFrom, ...asked }) => {
    const latest = (await agreementHistory(context.database, accountId)).at(-1)
    const planId =
      change.pricePlan === undefined ? latest?.pricePlanId : await pricePlanNamed(context.database, change.pricePlan)
    if (planId === null) return { ok: false, code: 'unknown-price-plan' }
    const { alarm1, alarm2, cutOff, restore } = { ...latest?.thresholds, ...withoutUndefined(change) }
    const supplyContract = change.supplyContract ?? latest?.supplyContract
    if (planId === undefined || supplyContract === undefined) return { ok: false, code: 'no-agreement' }
    if (alarm1 === undefined || alarm2 === undefined || cutOff === undefined || restore === undefined)
      return { ok: false, code: 'no-agreement' }
    const terms: AgreementTerms = {
      pricePlanId: planId,
      supplyContract,
      settlementMode: change.settlementMode ?? latest?.settlementMode ?? 'remote',
      legalPath: change.legalPath ?? change.stop?.legalPath ?? latest?.legalPath ?? 'agreement',
      thresholds: { alarm1, alarm2, cutOff, restore },
      noticeLeadMs: change.noticeLeadMs ?? latest?.noticeLeadMs ?? defaultNoticeLeadMs,
      reconnect: change.reconnect ?? latest?.reconnect ?? 'direct-close',
      tripWindow: latest?.tripWindow ?? anyTime,
      stop: change.stop ?? latest?.stop ?? defaultStopTerms,
    }
    return sign({ ...asked, accountId, terms, effectiveFrom })
  }
}

const defaultNoticeLeadMs = 24 * 3_600_000

const withoutUndefined = <T extends object>(given: T): Partial<T> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<T>
