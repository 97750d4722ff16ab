import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromHex, toHex } from '../hex.ts'
import { numberAxis } from './axis.ts'
import { decodeFormat, encodeFormat } from './codec.ts'
import { createDictionary, standardDictionary } from './dictionary.ts'
import { membersOf } from './family.ts'
import { families, identifiers } from './identifiers.table.ts'
import type { Item } from './item.ts'
import { decodeSecurity, securityCommands, type SecurityName } from './security.ts'
import { energy } from './tables/units.ts'
import { meterProfiles } from './tables/profiles.table.ts'
import { valueOfFormat } from './values.test-support.ts'

const members: readonly Item[] = Object.entries(families).flatMap(([name, family]) => [...membersOf(name, family)])
const familyNames = Object.keys(families)

test('the families hold the classes of the standard', () => {
  // 43 energies and 40 demands with 65 rates and 14 settlement days alone are 75,530.
  expect(members.length).toBeGreaterThan(75_530)
})

test('every member is found by its number and by its name, and no number means two things', () => {
  const byId = new Map<number, string>()
  const differing: unknown[] = []
  const dictionary = createDictionary()
  for (const { id, name } of members) {
    const other = byId.get(id) ?? name
    if (other !== name) differing.push([id.toString(16), name, other])
    byId.set(id, name)
    if (dictionary.byId(id)?.name !== name) differing.push([id.toString(16), name, dictionary.byId(id)?.name])
    if (dictionary.byName(name)?.id !== id) differing.push([name, id, dictionary.byName(name)?.id])
  }
  expect(differing).toEqual([])
})

test.each(Object.entries(identifiers))('%s is found by number and name', (name, { id }) => {
  expect(standardDictionary.byId(id)).toMatchObject({ name, id })
  expect(standardDictionary.byName(name)).toMatchObject({ name, id })
})

test('a line of its own says the same as the family it could be a member of', () => {
  const byId = new Map(members.map((member) => [member.id, member]))
  const twice = Object.entries(identifiers).flatMap(([name, row]) => {
    const { id, codec, bytes, unit, scale, signed } = row
    const member = byId.get(id)
    return member === undefined ? [] : [{ row: { name, codec, bytes, unit, scale, signed }, member }]
  })
  expect(twice.length).toBeGreaterThan(20)
  for (const { row, member } of twice) expect(member).toMatchObject(row)
})

describe.each(familyNames)('family %s', (name) => {
  const family = families[name]
  const own = family === undefined ? [] : [...membersOf(name, family)]

  test('values of its members decode to what was encoded', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...own).chain((item) => fc.tuple(fc.constant(item), valueOfFormat(item))),
        ([item, value]) => {
          expect(decodeFormat(item, encodeFormat(item, value))).toEqual({ ok: true, value })
        },
      ),
      { numRuns: 60 },
    )
  })

  test('no bytes make its members throw, and what they understand encodes again', () => {
    fc.assert(
      fc.property(fc.constantFrom(...own), fc.uint8Array({ maxLength: 140 }), (item, bytes) => {
        const decoded = decodeFormat(item, bytes)
        expect(decoded.ok ? decodeFormat(item, encodeFormat(item, decoded.value)) : decoded).toEqual(decoded)
        expect(standardDictionary.fields(item.id, bytes).ok).toBe(true)
      }),
      { numRuns: 60 },
    )
  })
})

describe.each(Object.keys(securityCommands) as SecurityName[])('security command %s', (name) => {
  test.each(['request', 'reply'] as const)('its %s decodes to what was encoded', (direction) => {
    const format = securityCommands[name][direction]
    fc.assert(
      fc.property(valueOfFormat(format), (value) => {
        expect(decodeSecurity(direction, securityCommands[name].id, encodeFormat(format, value))).toEqual({
          ok: true,
          value,
        })
      }),
    )
  })
})

test.each([
  [0x00010203, 'forwardActiveEnergyRate2Settlement3'],
  [0x0001ff0c, 'forwardActiveEnergyBlockSettlement12'],
  [0x000100ff, 'forwardActiveEnergyTotalSettlements'],
  [0x00150000, 'phaseAForwardActiveEnergyTotal'],
  [0x00290000, 'phaseBForwardActiveEnergyTotal'],
  [0x003d0000, 'phaseCForwardActiveEnergyTotal'],
  [0x00800000, 'associatedEnergyTotal'],
  [0x00940000, 'phaseAAssociatedEnergyTotal'],
  [0x00c20000, 'phaseCIronLossEnergyTotal'],
  [0x01010000, 'forwardActiveDemandTotal'],
  [0x0202ff00, 'currentBlock'],
  [0x02030300, 'activePowerC'],
  [0x02070100, 'phaseAngleA'],
  [0x020a0115, 'voltageHarmonicAOrder21'],
  [0x020b02ff, 'currentHarmonicBOrders'],
  [0x0280000a, 'batteryWorkingTime'],
  [0x03010101, 'voltageLossRecordALast1'],
  [0x03110005, 'powerFailureRecordLast5'],
  [0x03300101, 'meterClearRecordLast1'],
  [0x03330201, 'purchaseCountLast1'],
  [0x1d00ff01, 'tripRecordLast1'],
  [0x1e00010a, 'closeTimeLast10'],
  [0x1b01ff02, 'gridPowerReversedRecordALast2'],
  [0x04000508, 'keyWord'],
  [0x04000a02, 'loadInterval1'],
  [0x04000b01, 'settlementDay1'],
  [0x04010008, 'dayTable1Number8'],
  [0x040300fe, 'holiday254'],
  [0x040501ff, 'presentRatePrices'],
  [0x04090501, 'voltageUnbalanceLimit'],
  [0x0506013e, 'frozenForwardActiveEnergyDailyLast62'],
  [0x050401fe, 'hourlyForwardActiveEnergyLast254'],
  [0x06030002, 'loadProfilePowerFactorNewest'],
  [0x06100101, 'curveVoltage1'],
])('%i is %s', (id, name) => {
  expect(standardDictionary.byId(id)?.name).toBe(name)
})

test.each([0x02010000, 0x00014001, 0x0001000d, 0x00ff0000, 0xffffffff, 0x04ffffff, 0x031d0001])(
  '%i has no line and is refused',
  (id) => {
    expect(standardDictionary.byId(id)).toBeNull()
    expect(standardDictionary.decode(id, new Uint8Array(4))).toMatchObject({ ok: false, code: 'unknown-identifier' })
    expect(standardDictionary.fields(id, new Uint8Array(4))).toMatchObject({ ok: false, code: 'unknown-identifier' })
    expect(() => standardDictionary.encode(id, 0)).toThrow(expect.objectContaining({ code: 'out-of-range' }))
  },
)

test.each(['', 'Total', 'forwardActiveEnergy', 'forwardActiveEnergyRate64', 'voltageD', 'constructor'])(
  '%j is no name',
  (name) => {
    expect(standardDictionary.byName(name)).toBeNull()
  },
)

describe('values of records', () => {
  test.each([
    [
      0x01010000,
      '45 23 01 30 12 05 03 24',
      { value: 1_234_500, at: { year: 2024, month: 3, day: 5, hour: 12, minute: 30 } },
    ],
    [0x05060001, '00 00 08 10 12', { year: 2012, month: 10, day: 8, hour: 0, minute: 0 }],
    [0x04000b01, '00 01', { day: 1, hour: 0 }],
    [0x04000b02, '99 99', null],
    [
      0x03110001,
      '00 30 12 05 08 25 00 00 00 00 00 00',
      { start: { year: 2025, month: 8, day: 5, hour: 12, minute: 30, second: 0 }, end: null },
    ],
    [
      0x04010001,
      '01 00 06 02 30 22',
      [
        { hour: 6, minute: 0, number: 1 },
        { hour: 22, minute: 30, number: 2 },
      ],
    ],
    [0x04000501, '0C 00', { raw: 0x0c, set: ['clockBatteryLow', 'readingBatteryLow'] }],
    [0x04000703, '08', { raw: 8, set: ['baud2400'] }],
    [0x04000c03, '02 56 34 12', { level: 2, password: '123456' }],
    [0x00900200, '75 86 00 00', 8675],
    [0x040502ff, '60 53 00 00 20 11 00 00', [5360, 1120]],
  ] as const)('%i: %s', (id, hex, value) => {
    expect(standardDictionary.decode(id, fromHex(hex))).toEqual({ ok: true, value })
  })
})

describe('fields: what there is, and whether it is to be believed', () => {
  const qualities = (id: number, hex: string): unknown => {
    const fields = standardDictionary.fields(id, fromHex(hex))
    return fields.ok && fields.value.map(({ name, value, unit, quality }) => [name, value, unit, quality])
  }

  test('a block with fewer rates, one that the meter does not have and one unreadable', () => {
    expect(qualities(0x0001ff00, '26 00 00 00 FF FF FF FF 0A 00 00 00 26 00')).toEqual([
      ['total', 260, 'Wh', 'good'],
      ['rate1', null, 'Wh', 'absent'],
      ['rate2', null, 'Wh', 'invalid'],
      ['rate3', null, 'Wh', 'invalid'],
    ])
  })

  test('separators between the values of a block', () => {
    expect(qualities(0x0201ff00, '05 22 AA EE EE AA 98 21')).toEqual([
      ['a', 220_500, 'mV', 'good'],
      ['b', null, 'mV', 'absent'],
      ['c', 219_800, 'mV', 'good'],
    ])
  })

  test('separators behind the rates of a block make no rates of their own', () => {
    expect(qualities(0x0001ff00, '26 00 00 00 AA 01 00 00 00 AA 02 00 00 00 AA 03 00 00 00 AA 04 00 00 00 AA')).toEqual(
      [
        ['total', 260, 'Wh', 'good'],
        ['rate1', 10, 'Wh', 'good'],
        ['rate2', 20, 'Wh', 'good'],
        ['rate3', 30, 'Wh', 'good'],
        ['rate4', 40, 'Wh', 'good'],
      ],
    )
  })

  test('an empty block has a total that is missing', () => {
    expect(qualities(0x0001ff00, '')).toEqual([['total', null, 'Wh', 'missing']])
  })

  test('AAH in identifiers is a digit like others', () => {
    const record = `00 30 12 05 08 25 01 00 00 00 ${'AA AA AA AA '.repeat(10)}`
    const fields = standardDictionary.fields(0x03300001, fromHex(record))
    const items = fields.ok ? fields.value.find(({ name }) => name === 'items') : undefined
    expect(items?.fields.map(({ value }) => value)).toEqual(Array<number>(10).fill(0xaaaaaaaa))
    expect(standardDictionary.decode(0x03300001, fromHex(record)).ok).toBe(true)
  })

  test('a single-phase meter, and one that says too much', () => {
    expect(qualities(0x0201ff00, '05 22')).toEqual([
      ['a', 220_500, 'mV', 'good'],
      ['b', null, 'mV', 'missing'],
      ['c', null, 'mV', 'missing'],
    ])
    expect(qualities(0x02010100, '05 22 00')).toEqual([
      ['value', 220_500, 'mV', 'good'],
      ['surplus', null, '', 'surplus'],
    ])
  })

  test('the bits of a word, and words inside a block', () => {
    const fields = standardDictionary.fields(0x040005ff, fromHex('0C 00 00 00 50 02'))
    const [first, , third] = fields.ok ? fields.value : []
    expect(first?.fields.filter(({ value }) => value === true).map(({ zh }) => zh)).toEqual([
      '时钟电池欠压',
      '停电抄表电池欠压',
    ])
    expect(third?.fields.filter(({ value }) => value === true).map(({ name }) => name)).toEqual([
      'relayOpen',
      'relayCommandOpen',
      'prepaidByMoney',
    ])
  })
})

describe('profiles', () => {
  test('a generation of meters means something else by the same number', () => {
    const older = createDictionary(meterProfiles['grid-2009'])
    expect(standardDictionary.byId(0x04001402)).toMatchObject({ name: 'tripCurrentLimit', bytes: 3 })
    expect(older.byId(0x04001402)).toMatchObject({ name: 'closeDelay', bytes: 2 })
    expect(older.decode(0x04001402, fromHex('10 00'))).toEqual({ ok: true, value: 10 })
    // The name of the standard would read something else there, so it is not known.
    expect(older.byName('tripCurrentLimit')).toBeNull()
    expect(older.byId(0x00010000)?.name).toBe('forwardActiveEnergyTotal')
  })

  test('a recharge that is written, as one vendor has it', () => {
    const cet = createDictionary(meterProfiles.cet)
    const value = { purchaseCount: 3, amount: 10_000 }
    expect(toHex(cet.encode(0x04900000, value))).toBe('03 00 00 00 00 00 01 00')
    expect(cet.decode(0x04900000, fromHex('03 00 00 00 00 00 01 00'))).toEqual({ ok: true, value })
  })

  test('every line of every profile is found by number and name, and its values come back', () => {
    for (const profile of Object.values(meterProfiles)) {
      const dictionary = createDictionary(profile)
      for (const name of Object.keys(profile.identifiers ?? {})) {
        const item = dictionary.byName(name)
        expect(item && dictionary.byId(item.id)?.name).toBe(name)
        fc.assert(
          fc.property(item === null ? fc.constant(null) : valueOfFormat(item), (value) => {
            const id = item?.id ?? 0
            expect(dictionary.decode(id, dictionary.encode(id, value))).toEqual({ ok: true, value })
          }),
        )
      }
    }
  })

  test('a family of its own, over the standard', () => {
    const rooms = createDictionary({
      name: 'rooms',
      families: {
        roomEnergy: {
          base: 0x04e00000,
          axes: [numberAxis(1, 40, 'Room', '房间')],
          format: energy,
          zh: '房间电能',
          access: 'r',
          clause: 'vendor',
        },
      },
    })
    expect(rooms.byId(0x04e00007)).toMatchObject({ name: 'roomEnergyRoom7', zh: '房间电能房间7' })
    expect(rooms.byName('roomEnergyRoom40')?.id).toBe(0x04e00028)
    expect(rooms.decode(0x04e000ff, fromHex('26 00 00 00 01 00 00 00'))).toEqual({ ok: true, value: [260, 10] })
    expect(standardDictionary.byId(0x04e00007)).toBeNull()
  })

  test('the other polarity of the account bits of status word 3', () => {
    const other = createDictionary(meterProfiles['accounts-by-one'])
    const decoded = other.decode(0x04000503, fromHex('00 80'))
    expect(decoded).toMatchObject({ ok: true, value: { remoteAccountOpened: true, localAccountOpened: false } })
    expect(decoded.ok && toHex(other.encode(0x04000503, decoded.value))).toBe('00 80')
  })
})
