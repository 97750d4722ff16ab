/**
 * A population of meters, each with an account, an agreement and a reading behind it, written set-based: enrolling a
 * million one by one is not what is measured here. Buckets are a hash, as those of account numbers are.
 */
export const populate = async (database, { meters, now, plan = null }) => {
  const at = new Date(now - 3_600_000)
  await database.transaction(
    async (sql) => {
      await sql.query(
        `insert into site (id, name, time_zone, service_phone, signature) values (1, 'bench', 'Asia/Shanghai', '10000', 'bench')`,
      )
      await sql.query(
        `insert into gateway (id, site_id, code, link_kind, registration)
         select g, 1, 'GW-' || g, 'dials-in', 'GW-' || g from generate_series(1, ${String(Math.ceil(meters / 200))}) g`,
      )
      await sql.query(`insert into customer (id, name, phone) values (1, 'bench', '10000000000')`)
      await sql.query(
        plan === null
          ? `insert into price_plan (id, name, version, kind, prices)
             values (1, 'four', 1, 'four-rate', '{12863000000,8998000000,7244000000,3658000000}')`
          : `insert into price_plan (id, name, version, kind, prices, document) values (1, 'plan', $1, 'tariff', '{}', $2)`,
        plan === null ? [] : [plan.version, JSON.stringify(plan)],
      )
      await sql.query(
        `insert into account (id, bucket, number, site_id, customer_id, stage_since)
         select m, hashint4(m) & 4095, 'B' || m, 1, 1, $1 from generate_series(1, ${String(meters)}) m`,
        [at],
      )
      await sql.query(
        `insert into agreement (id, account_id, version, price_plan_id, alarm1, alarm2, cut_off, restore,
           notice_lead_minutes, reconnect, trip_from_minute, trip_to_minute, trip_weekdays, signed_at)
         select m, m, 1, 1, 50000000, 20000000, 0, 1000000, 30, 'direct-close', 540, 960, '{1,2,3,4,5}', $1
         from generate_series(1, ${String(meters)}) m`,
        [at],
      )
      await sql.query('update account set agreement_id = id')
      await sql.query(
        `insert into ledger_account (bucket, code, account_id) select bucket, 'customer-prepayment', id from account`,
      )
      await sql.query(`insert into ledger_account (bucket, code) values (0, 'opening-balances')`)
      await sql.query('select ensure_day_partitions($1::date, $1::date)', [at.toISOString().slice(0, 10)])
      await sql.query(
        `insert into transfer (at, id, bucket, debit_id, credit_id, amount, kind, account_id, balance_after, posted_at)
         select $1, gen_random_uuid(), l.bucket, h.id, l.id, 1000000000, 'opening-balance', l.account_id, 1000000000, $1
         from ledger_account l, ledger_account h where l.code = 'customer-prepayment' and h.code = 'opening-balances'`,
        [at],
      )
      await sql.query(
        `insert into meter (id, bucket, site_id, gateway_id, account_id, address, place, maximum_watts)
         select m, hashint4(m) & 4095, 1, (m - 1) / 200 + 1, m, lpad(m::text, 12, '0'), 'P' || m, 40000
         from generate_series(1, ${String(meters)}) m`,
      )
    },
    { statementTimeoutMs: 30 * 60_000 },
  )
  await database.query('vacuum analyze')
}
