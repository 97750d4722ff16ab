import type { Language } from '../domain/notice.ts'
import type { PaymentChannel } from '../domain/payment-channel.ts'
import { microYuan, type MicroYuan } from '../domain/quantity.ts'
import type { Sql } from './database.ts'

/** What a receipt says of a payment, as its transfer and its account tell. */
export type PaymentFacts = Readonly<{
  paymentId: string
  /** Number of the payment's transfer in the journal. */
  entry: bigint
  at: number
  amount: MicroYuan
  channel: PaymentChannel
  /** The part of the amount that paid old debt. */
  toDebt: MicroYuan
  wish: PaymentWish | null
  balanceAfter: MicroYuan
  cashier: string | null
  account: Readonly<{ number: string; customer: string; language: Language; places: readonly string[] }>
  site: Readonly<{ name: string; signature: string; servicePhone: string; timeZone: string }>
  reversedAt: number | null
}>

/** As it lies in `payment.wish`: energy in watt-hours as text. */
export type PaymentWish = Readonly<{ kind: 'energy'; energy: string } | { kind: 'time'; days: number }>

export const findPaymentFacts = async (sql: Sql, paymentId: string): Promise<PaymentFacts | null> => {
  const [row] = await sql.query<{
    id: string
    entry: bigint
    at: number
    amount: bigint
    channel: PaymentChannel
    balance_after: bigint
    to_debt: bigint
    wish: PaymentWish | null
    cashier: string | null
    number: string
    customer: string
    language: Language
    places: string[]
    site: string
    signature: string
    service_phone: string
    time_zone: string
    reversed_at: number | null
  }>(
    `select p.id, t.entry, p.at, p.amount, p.channel, p.balance_after, p.to_debt, p.wish, o.name as cashier, a.number, c.name as customer,
            c.language, array(select m.place from meter m where m.account_id = a.id order by m.id) as places,
            s.name as site, s.signature, s.service_phone, s.time_zone,
            (select r.at from operation r where r.reverses = p.id) as reversed_at
     from payment p join transfer t on t.at = p.at and t.payment_id = p.id and t.kind = 'payment'
     join account a on a.id = p.account_id join customer c on c.id = a.customer_id join site s on s.id = a.site_id
     left join operator o on o.id = p.operator_id
     where p.id = $1`,
    [paymentId],
  )
  return row === undefined
    ? null
    : {
        paymentId: row.id,
        entry: row.entry,
        at: row.at,
        amount: microYuan(row.amount),
        channel: row.channel,
        toDebt: microYuan(row.to_debt),
        wish: row.wish,
        balanceAfter: microYuan(row.balance_after),
        cashier: row.cashier,
        account: { number: row.number, customer: row.customer, language: row.language, places: row.places },
        site: { name: row.site, signature: row.signature, servicePhone: row.service_phone, timeZone: row.time_zone },
        reversedAt: row.reversed_at,
      }
}

/** The payment whose transfer has this number in the journal. */
export const paymentOfEntry = async (sql: Sql, entry: bigint): Promise<string | null> => {
  const [row] = await sql.query<{ payment_id: string }>(
    "select payment_id from transfer where entry = $1 and kind = 'payment' and payment_id is not null",
    [entry],
  )
  return row?.payment_id ?? null
}
