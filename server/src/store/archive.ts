import type { Wiring } from '../domain/wiring.ts'
import type { FieldSpec, GatewaySpec, MeterSpec } from '../domain/archive.ts'
import type { Sql } from './database.ts'
import { archiveChannel, notify } from './notify.ts'

type GatewayRow = {
  id: number
  code: string
  link_kind: 'dials-in' | 'dialled' | 'serial'
  registration: string | null
  identified_by: 'packet' | 'meter' | 'remote-ip'
  heartbeat: string | null
  host: string | null
  port: number | null
  serial_path: string | null
  baud_rate: number
  parity: 'none' | 'even' | 'odd'
}

/** How the archive writes down the way in which a meter is spoken to. */
export type ProtocolRow = {
  address: string
  protocol: 'dlt645' | 'modbus-rtu' | 'modbus-tcp'
  unit_address: number | null
  model: string | null
  wiring: Wiring
}

type MeterRow = ProtocolRow & {
  id: number
  gateway_id: number
  password_level: number
  password: string
  operator_code: string
  time_zone: string
}

/** What the headend must know of the field. */
export const loadField = async (sql: Sql): Promise<FieldSpec> => {
  const gateways = await sql.query<GatewayRow>(
    `select id, code, link_kind, registration, identified_by, heartbeat, host, port, serial_path, baud_rate, parity
     from gateway order by id`,
  )
  return {
    gateways: gateways.map((row) => ({
      id: row.id,
      code: row.code,
      link: linkOf(row),
      line: { baudRate: row.baud_rate, parity: row.parity },
    })),
    meters: await loadMeters(sql),
  }
}

/** Rows weigh far more than what is kept of them, so a million are not read at once. */
const metersPerPage = 10_000

const loadMeters = async (sql: Sql): Promise<readonly MeterSpec[]> => {
  const meters: MeterSpec[] = []
  const alike = sharedTexts()
  let credentials: MeterSpec['credentials'] | null = null
  for (;;) {
    const rows = await sql.query<MeterRow>(
      `select m.id, m.gateway_id, m.address, m.protocol, m.unit_address, m.model, m.wiring, m.password_level, m.password, m.operator_code, s.time_zone
       from meter m join site s on s.id = m.site_id where m.id > $1 order by m.id limit $2`,
      [meters.at(-1)?.id ?? 0, metersPerPage],
    )
    for (const row of rows) {
      credentials = credentialsOf(row, credentials)
      meters.push({
        id: row.id,
        gatewayId: row.gateway_id,
        address: row.address,
        protocol: protocolOf(row),
        credentials,
        timeZone: alike(row.time_zone),
      })
    }
    if (rows.length < metersPerPage) return meters
  }
}

/** Neighbours usually have the same. */
const credentialsOf = (row: MeterRow, before: MeterSpec['credentials'] | null): MeterSpec['credentials'] => {
  const { password_level: level, password, operator_code: operator } = row
  const isSame = before?.level === level && before.password === password && before.operator === operator
  return isSame ? before : { level, password, operator }
}

export type SharedTexts = (text: string) => string

/** Each row brings a text of its own, also where all say the same: the first of them stands for all. */
export const sharedTexts = (): SharedTexts => {
  const known = new Map<string, string>()
  return (text) => {
    const first = known.get(text)
    if (first === undefined) known.set(text, text)
    return first ?? text
  }
}

const dlt645: NonNullable<MeterSpec['protocol']> = Object.freeze({ kind: 'dlt645' })

export const protocolOf = (row: ProtocolRow): NonNullable<MeterSpec['protocol']> => {
  const { protocol: kind, unit_address: unit, model, wiring } = row
  if (kind === 'dlt645') return dlt645
  if (unit === null || model === null) throw new Error(`meter ${row.address} has no ${kind} unit or model`)
  return { kind, unit, model, wiring }
}

const linkOf = (row: GatewayRow): GatewaySpec['link'] => {
  if (row.link_kind === 'dials-in' && row.registration !== null)
    return {
      kind: 'dials-in',
      registration: row.registration,
      heartbeat: row.heartbeat,
      identifiedBy: row.identified_by,
    }
  if (row.link_kind === 'dialled' && row.host !== null && row.port !== null)
    return { kind: 'dialled', host: row.host, port: row.port }
  if (row.link_kind === 'serial' && row.serial_path !== null) return { kind: 'serial', path: row.serial_path }
  throw new Error(`gateway ${row.code} has no ${row.link_kind} address`)
}

/** Tells every process that reads the field that the archive has changed. */
export const notifyArchive = async (sql: Sql): Promise<void> => notify(sql, archiveChannel)

/** At a start nothing is connected but what another process holds, whatever the last life of the program has left. */
export const forgetGatewayStates = async (sql: Sql): Promise<void> => {
  await sql.query(
    `update gateway g set online = false, online_since = null, headend_id = null
     where not exists (select from headend_process h where h.id = g.headend_id and h.ended_at is null)`,
  )
}
