import { randomUUID } from 'node:crypto'
import type { CreditTerms } from '../../../domain/credit-policy.ts'
import { price } from '../../../domain/quantity.ts'
import { enrol } from '../../../flow/enrol.ts'
import { createSignAgreement } from '../../../flow/sign-agreement.ts'
import { yuan } from '../../../flow/testing/site.ts'
import type { Database } from '../../../store/database.ts'
import { systemClock } from '../../system-clock.ts'

/** Accounts whose meters keep their own balance; the number of the account is the customer number in the meter. */
export const customers = [
  { number: '000000004711', address: '000000000001' },
  { number: '000000004712', address: '000000000002' },
] as const

export const wallClock = systemClock()

/** Five hundred yuan each, and an agreement by which the meter settles itself (本地费控). */
export const enrolLocalSite = async (database: Database, terms: Omit<CreditTerms, 'timeZone'>): Promise<void> => {
  const ids = { uuid: randomUUID }
  const enrolled = await enrol(database, wallClock, ids, {
    site: {
      name: 'Site',
      timeZone: 'Asia/Shanghai',
      readingIntervalMinutes: 30,
      servicePhone: '95598',
      signature: 'Site',
    },
    pricePlans: [{ name: 'flat', plan: { kind: 'flat', price: price(5_000_000_000n) } }],
    gateways: [
      {
        code: 'GW-1',
        link: { kind: 'dials-in', registration: 'GW-1', heartbeat: null },
        baudRate: 2_400,
        parity: 'even',
      },
    ],
    accounts: customers.map(({ number, address }) => ({
      number,
      customer: { name: `Customer ${number}`, phone: '10000000001', language: 'en' },
      protected: false,
      meters: [{ gateway: 'GW-1', address, place: 'Room', passwordLevel: 2, password: '000000', maximumWatts: 40_000 }],
      agreement: { ...terms, pricePlan: 'flat' },
      openingPayment: yuan(500),
    })),
  })
  if (!enrolled.ok) throw new Error(enrolled.code)
  const accounts = await database.query<{ id: number; price_plan_id: number }>(
    'select a.id, g.price_plan_id from account a join agreement g on g.id = a.agreement_id',
  )
  for (const { id: accountId, price_plan_id: pricePlanId } of accounts) {
    const signed = await createSignAgreement({ database, clock: wallClock, ids })({
      key: randomUUID(),
      reason: 'signed',
      operatorId: null,
      accountId,
      terms: { ...terms, pricePlanId, legalPath: 'agreement', supplyContract: 'S', settlementMode: 'local' },
      effectiveFrom: null,
    })
    if (!signed.ok) throw new Error(signed.code)
  }
}

/** A new meter, and one with money in it and a hoarding limit. Nobody uses energy until told to, so that money stays where it is. */
export const localVillage = (key: string): object => {
  const [virgin, hoarder] = customers
  // So dear that a test sees money go within seconds.
  const prices = [100, 100, 100, 100]
  const meter = { constantWatts: 0, security: { key } }
  return {
    name: 'local fee control',
    timeZone: 'Asia/Shanghai',
    gateways: [
      {
        id: 'GW-1',
        mode: 'dials-in',
        registration: 'GW-1',
        reconnectMs: 200,
        line: { baudRate: 2_400, parity: 'even' },
        meters: [
          { ...meter, address: virgin.address, name: 'new', prepayment: { prices, opened: false } },
          {
            ...meter,
            address: hoarder.address,
            name: 'with money',
            prepayment: { prices, customerNumber: hoarder.number, balance: 100, purchases: 7, hoarding: 120 },
          },
        ],
      },
    ],
  }
}
