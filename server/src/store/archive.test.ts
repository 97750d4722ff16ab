import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadField } from './archive.ts'
import { migrate } from './migrate.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { migrateBefore } from './test-migrations.ts'

let at: TestDatabase

beforeAll(async () => {
  at = await createTestDatabase({ content: 'empty' })
  // What was there before 0003 keeps its meaning.
  await migrateBefore(at.database, (name) => name.startsWith('0002'))
  await insertOldField()
  await migrate(at.database)
})
afterAll(async () => at.drop())

const insertOldField = async (): Promise<void> => {
  await at.database.query(`insert into site (name, time_zone, reading_interval_minutes, service_phone, signature)
                           values ('Site', 'Asia/Shanghai', 30, '95598', 'Site')`)
  await at.database.query(`insert into gateway (site_id, code, link_kind, registration, heartbeat)
                           values (1, 'GW-1', 'dials-in', 'XF-GW-1', 'HB')`)
  await at.database.query(`insert into meter (bucket, site_id, gateway_id, address, place, maximum_watts)
                           values (0, 1, 1, '202611010101', 'Room 1', 10000)`)
}

const insertMeter = async (columns: string, values: string): Promise<unknown> =>
  at.database.query(`insert into meter (bucket, site_id, gateway_id, place, maximum_watts, ${columns})
                     values (0, 1, 1, 'Room', 10000, ${values})`)

test('what was there before means the same, and what is new is loaded', async () => {
  await insertMeter('address, protocol, unit_address, model', `'202611010102', 'modbus-rtu', 7, 'acrel-ddsy1352'`)
  await insertMeter(
    'address, protocol, unit_address, model, wiring',
    `'202611010103', 'modbus-tcp', 255, 'generic', 'shunt-trip'`,
  )
  await at.database.query(`insert into gateway (site_id, code, link_kind, registration, identified_by)
                           values (1, 'GW-2', 'dials-in', '202611010109', 'meter'),
                                  (1, 'GW-3', 'dials-in', '192.0.2.7', 'remote-ip')`)
  const field = await loadField(at.database)
  expect(field.gateways.map(({ link }) => link)).toEqual([
    { kind: 'dials-in', registration: 'XF-GW-1', heartbeat: 'HB', identifiedBy: 'packet' },
    { kind: 'dials-in', registration: '202611010109', heartbeat: null, identifiedBy: 'meter' },
    { kind: 'dials-in', registration: '192.0.2.7', heartbeat: null, identifiedBy: 'remote-ip' },
  ])
  expect(field.meters.map(({ address, protocol }) => [address, protocol])).toEqual([
    ['202611010101', { kind: 'dlt645' }],
    ['202611010102', { kind: 'modbus-rtu', unit: 7, model: 'acrel-ddsy1352', wiring: 'in-line' }],
    ['202611010103', { kind: 'modbus-tcp', unit: 255, model: 'generic', wiring: 'shunt-trip' }],
  ])
})

test.each([
  ['a unit without Modbus', 'address, unit_address', `'202611010201', 7`],
  ['Modbus without a unit', 'address, protocol, model', `'202611010202', 'modbus-rtu', 'generic'`],
  ['Modbus without a model', 'address, protocol, unit_address', `'202611010203', 'modbus-rtu', 8`],
  [
    'the broadcast unit on a line',
    'address, protocol, unit_address, model',
    `'202611010204', 'modbus-rtu', 0, 'generic'`,
  ],
  [
    'a reserved unit on a line',
    'address, protocol, unit_address, model',
    `'202611010205', 'modbus-rtu', 248, 'generic'`,
  ],
  ['a unit twice on a gateway', 'address, protocol, unit_address, model', `'202611010206', 'modbus-rtu', 7, 'generic'`],
  ['a shunt trip behind a DL/T 645 meter', 'address, wiring', `'202611010207', 'shunt-trip'`],
  ['registers without a step', 'address, energy_step_wh', `'202611010209', 0`],
  ['a protocol that nobody speaks', 'address, protocol', `'202611010208', 'iec62056'`],
])('the archive refuses %s', async (_, columns, values) => {
  await expect(insertMeter(columns, values)).rejects.toMatchObject({ name: 'StoreError' })
})

test.each([
  ['a meter that is no address', `'dials-in', 'XF-GW-9', 'meter', null, null`],
  ['an IP address that is none', `'dials-in', 'XF-GW-9', 'remote-ip', null, null`],
  ['a dialled gateway known by something', `'dialled', null, 'meter', '192.0.2.7', 502`],
])('the archive refuses %s', async (_, values) => {
  const inserted = at.database
    .query(`insert into gateway (site_id, code, link_kind, registration, identified_by, host, port)
                                      values (1, 'GW-9', ${values})`)
  await expect(inserted).rejects.toMatchObject({ name: 'StoreError' })
})
