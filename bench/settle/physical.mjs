import { Client } from 'pg'

/**
 * The same rows with nothing decided: what disk and indexes allow. Written from within the server by `insert … select`, and
 * sent to it by COPY.
 */
export const plainInsert = async (database, meters) => {
  await makeTables(database, 'insert')
  const startedMs = performance.now()
  const step = 50_000
  for (let from = 1; from <= meters; from += step) {
    const to = Math.min(meters, from + step - 1)
    await database.query(
      `with r as (insert into insert_reading (at, meter_id, bucket, total_wh, rates_wh, power_mw, obtained, quality)
         select now(), m, m % 4096, m, array[m, m, m, m]::bigint[], m, 'scheduled', 'good' from generate_series(${from}, ${to}) m)
       insert into insert_transfer (at, id, bucket, debit_id, credit_id, amount, kind, account_id, balance_after, meter_id, agreement_id, price_plan_id, used_wh, posted_at)
         select now(), gen_random_uuid(), m % 4096, m, m + 1, m, 'energy-charge', m, m, m, m, 1, m, now() from generate_series(${from}, ${to}) m`,
    )
  }
  return meters / ((performance.now() - startedMs) / 1000)
}

/** In transactions of so many rows, text format, each table with its indexes and checks. */
export const plainCopy = async (database, url, meters, rowsEach) => {
  await makeTables(database, 'copy')
  const client = new Client({ connectionString: url })
  await client.connect()
  const at = new Date().toISOString()
  const startedMs = performance.now()
  for (let from = 1; from <= meters; from += rowsEach) {
    const ids = Array.from({ length: Math.min(rowsEach, meters - from + 1) }, (_, index) => from + index)
    await client.query('begin')
    await copyIn(
      client,
      'copy copy_reading (at, meter_id, bucket, total_wh, rates_wh, power_mw, obtained, quality) from stdin',
      ids.map((m) => `${at}\t${m}\t${m % 4096}\t${m}\t{${m},${m},${m},${m}}\t${m}\tscheduled\tgood\n`).join(''),
    )
    await copyIn(
      client,
      `copy copy_transfer (at, id, bucket, debit_id, credit_id, amount, kind, account_id, balance_after, meter_id, agreement_id,
         price_plan_id, used_wh, posted_at) from stdin`,
      ids
        .map(
          (m) =>
            `${at}\t${uuidOf(m)}\t${m % 4096}\t${m}\t${m + 1}\t${m}\tenergy-charge\t${m}\t${m}\t${m}\t${m}\t1\t${m}\t${at}\n`,
        )
        .join(''),
    )
    await client.query('commit')
  }
  const perSecond = meters / ((performance.now() - startedMs) / 1000)
  await client.end()
  return perSecond
}

const makeTables = async (database, prefix) => {
  for (const table of ['reading', 'transfer']) {
    await database.query(`drop table if exists ${prefix}_${table}`)
    await database.query(
      `create table ${prefix}_${table} (like ${table} including defaults including constraints including indexes)`,
    )
  }
}

const uuidOf = (number) => `00000000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`

/** The client has no stream for COPY, but its connection speaks it: one piece is sent when the server asks for it. */
const copyIn = async (client, text, rows) =>
  new Promise((resolve, reject) => {
    const ignore = () => undefined
    let failure = null
    client.query({
      submit: (connection) => connection.query(text),
      handleCopyInResponse: (connection) => {
        connection.sendCopyFromChunk(Buffer.from(rows))
        connection.endCopyFrom()
      },
      handleError: (error) => {
        failure = error
        reject(error)
      },
      handleReadyForQuery: () => (failure === null ? resolve() : undefined),
      handleCommandComplete: ignore,
      handleRowDescription: ignore,
      handleDataRow: ignore,
      handleEmptyQuery: ignore,
      handlePortalSuspended: ignore,
      handleCopyData: ignore,
      callback: ignore,
    })
  })
