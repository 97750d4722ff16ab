import type { Sql } from './database.ts'

/** Channels on which a committed transaction tells the loops that there is work, and the console what has changed. */
export const commandChannel = 'xianfu_command'
export const messageChannel = 'xianfu_message'
export const liveChannel = 'xianfu_live'
export const batchChannel = 'xianfu_batch'
export const archiveChannel = 'xianfu_archive'
/** Gateways have come to a process: `HEADEND GATEWAY …`. Whoever else has a socket of it lets go. */
export const gatewayChannel = 'xianfu_gateway'
/** Reads asked of the process that holds a gateway, by its identifier; and their answers, by the request's. */
export const fieldRequestChannel = 'xianfu_field_request'
export const fieldAnswerChannel = 'xianfu_field_answer'

/** PostgreSQL refuses payloads of 8 000 bytes; a bigger change is told as `all`. */
const maximumPayloadBytes = 7_000

/** Delivered to listeners when, and only when, the transaction commits. */
export const notify = async (sql: Sql, channel: string, payload = ''): Promise<void> => {
  await sql.query('select pg_notify($1, $2)', [channel, payload])
}

export const notifyLive = async (sql: Sql, topics: readonly string[]): Promise<void> => {
  if (topics.length === 0) return
  const payload = [...new Set(topics)].join(' ')
  await notify(sql, liveChannel, payload.length > maximumPayloadBytes ? 'all' : payload)
}
