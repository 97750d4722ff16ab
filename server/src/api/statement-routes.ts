import { listStatements, printReceipt, printStatement, readStatement } from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import { findReceipt, printReceipt as receiptOf } from '../flow/receipt.ts'
import { printStatement as paperOf, statementByNumber, statementsOf, type StatementHead } from '../flow/statement.ts'
import { accountExists } from '../store/view/account.ts'
import type { ApiAbilities } from './abilities.ts'
import { moneyText } from './present.ts'
import { ApiProblem } from './problem.ts'
import { createRegister, type Exchange, type WhoIs } from './register.ts'

/** Making a paper costs a tenth of a second of the processor; nobody needs more than this by hand. */
const papersPerMinute = 60

export const statementRoutes = (app: FastifyInstance, { database }: ApiAbilities, whoIs: WhoIs): void => {
  const register = createRegister(app, whoIs, database)
  const rare = { config: { rateLimit: { max: papersPerMinute, timeWindow: 60_000 } } }

  register.guarded(listStatements, 'view', async ({ params: { id } }) => {
    if (!(await accountExists(database, id))) throw new ApiProblem('unknown-account')
    return { statements: (await statementsOf(database, id)).map(presentHead) }
  })

  register.guarded(readStatement, 'view', async ({ params: { number } }) => {
    const document = await statementByNumber(database, number)
    if (document === null) throw new ApiProblem('unknown-statement')
    return document
  })

  register.guarded(
    printStatement,
    'view',
    async ({ params: { number }, query: { language } }, _, exchange) => {
      const document = await statementByNumber(database, number)
      if (document === null) throw new ApiProblem('unknown-statement')
      return asFile(exchange, document.number, await paperOf(document, language))
    },
    rare,
  )

  register.guarded(
    printReceipt,
    'view',
    async ({ params: { id }, query: { language } }, _, exchange) => {
      const document = await findReceipt(database, id)
      if (document === null) throw new ApiProblem('unknown-payment')
      return asFile(exchange, document.number, await receiptOf(document, language))
    },
    rare,
  )
}

const presentHead = (head: StatementHead) => ({
  ...head,
  openingBalance: moneyText(head.openingBalance),
  payments: moneyText(head.payments),
  total: moneyText(head.total),
  closingBalance: moneyText(head.closingBalance),
})

type Made = Readonly<{ bytes: Uint8Array; missing: readonly string[] }>

/** Shown by the browser, saved under its number; of one customer, so no cache between may keep it. */
const asFile = ({ reply }: Exchange, name: string, { bytes, missing }: Made): Uint8Array => {
  const encoded = encodeURIComponent(`${name}.pdf`)
  const plain = `${name}.pdf`.replaceAll(/[^\w.-]/gu, '_')
  reply
    .type('application/pdf')
    .header('content-disposition', `inline; filename="${plain}"; filename*=UTF-8''${encoded}`)
    .header('cache-control', 'private, no-store')
    .header('content-length', bytes.length)
  if (missing.length > 0) reply.header('x-missing-glyphs', missing.join(' '))
  return bytes
}
