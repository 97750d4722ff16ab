import type { PurseReading } from '../domain/meter-purchase.ts'
import type { PurchaseWriter } from '../domain/purchase-writer.ts'
import type { Exchange, Headend, PurseOptions } from '../headend/headend.ts'
import { purseAccountNumber } from '../store/meter-purchases.ts'
import type { FlowContext } from './process.ts'

/** A person waits for a purchase; relay commands still pass it. */
const priority = 'person'

type FieldContext = Pick<FlowContext, 'database' | 'log'>
type Purses = Pick<Headend, 'readPurse' | 'writePurse'>

/** Twelve digits of BCD in a meter: the account's number, with zeros in front. */
const customerNumberDigits = 12

/**
 * Purchases over the wire. A meter is written to only while its account's agreement has it settled by the meter itself
 * (本地费控): one that went back to remote settlement meanwhile gets nothing more, and the count sends the money home.
 * After `signal` nothing more is sent; what was on the wire is given up, and its count is read at the next start.
 */
export const createFieldPurchaseWriter = (
  { database, log }: FieldContext,
  headend: Purses,
  signal?: AbortSignal,
): PurchaseWriter => ({
  readPurse: async (meterId) => readFieldPurse({ log }, headend, meterId, { priority, signal }),
  async write(meterId, purchase) {
    const number = await purseAccountNumber(database, meterId)
    if (number === null) return { kind: 'refused', reason: 'the meter is not settled by its own purse any more' }
    const customerNumber = customerNumberOf(number)
    if (customerNumber === null)
      return { kind: 'refused', reason: `the account number ${number} cannot be the customer number of a meter` }
    const { exchanges, ...outcome } = await headend.writePurse(
      meterId,
      { ...purchase, customerNumber },
      { priority, signal },
    )
    const { purchaseCount } = purchase
    const detail = { meterId, purchaseCount, ...outcome, ...lastBytes(exchanges) }
    log({ level: outcome.kind === 'accepted' ? 'info' : 'warn', what: 'a purchase was sent to its meter', detail })
    return outcome
  },
})

/** What the purse of a meter shows now, or null, with the reason in the log. */
export const readFieldPurse = async (
  { log }: Pick<FieldContext, 'log'>,
  headend: Pick<Purses, 'readPurse'>,
  meterId: number,
  options: PurseOptions,
): Promise<PurseReading | null> => {
  const read = await headend.readPurse(meterId, options)
  if (read.ok) return read.purse
  if (read.code === 'cancelled') return null
  const detail = { meterId, code: read.code, detail: read.detail, ...lastBytes(read.exchanges) }
  log({ level: read.code === 'not-genuine' ? 'error' : 'warn', what: 'a purse could not be read', detail })
  return null
}

const customerNumberOf = (accountNumber: string): string | null =>
  /^\d{1,12}$/u.test(accountNumber) ? accountNumber.padStart(customerNumberDigits, '0') : null

/** The exchange that decided, for whoever looks into it later. */
const lastBytes = (exchanges: readonly Exchange[]): Readonly<{ request?: string; response?: string | null }> => {
  const last = exchanges.at(-1)
  if (last === undefined) return {}
  return { request: hexOf(last.request), response: last.response === null ? null : hexOf(last.response) }
}

const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
