import { expect, test } from 'vitest'
import readme from '../README.md?raw'
import { membersOf } from './dlt645/family.ts'
import { families } from './dlt645/identifiers.table.ts'
import {
  answers,
  axes,
  createDictionary,
  createFrameReader,
  decodeReply,
  decodeValue,
  encodeFrame,
  encodeReply,
  encodeRequest,
  encodeValue,
  explainFrame,
  formats,
  fromHex,
  identifiers,
  type MeterProfile,
  meterProfiles,
  type Request,
  standardDictionary,
  toHex,
  units,
} from './index.ts'

test('the example of the README does what it says', () => {
  // The lines between the marks are the example, word for word.
  // <example>
  const address = '000000000161'
  const request: Request = { kind: 'read', address, identifier: identifiers.forwardActiveEnergyTotal.id }
  const question = toHex(encodeFrame(encodeRequest(request), { wakeUpBytes: 4 }))
  // 'FE FE FE FE 68 61 01 00 00 00 00 68 11 04 33 33 34 33 14 16'

  const reader = createFrameReader() // one for each line; feed it whatever the socket brings
  const energies: (number | null)[] = []
  for (const chunk of ['FE FE 68 61 01 00 00 00 00 68 91', '08 33 33 34 33 59 33 33 33 8A 16']) {
    for (const frame of reader.push(fromHex(chunk))) {
      const reply = decodeReply(frame)
      if (!reply.ok || reply.value.kind !== 'read' || !answers(request, reply.value)) continue
      const energyWh = decodeValue('forwardActiveEnergyTotal', reply.value.data)
      if (energyWh.ok) energies.push(energyWh.value) // 260
    }
  }

  // The same codec from the other side, as a virtual meter speaks:
  const data = encodeValue('forwardActiveEnergyTotal', 260)
  const answer = toHex(encodeFrame(encodeReply({ ...request, data, more: false })))
  // '68 61 01 00 00 00 00 68 91 08 33 33 34 33 59 33 33 33 8A 16'
  // </example>

  expect(question).toBe('FE FE FE FE 68 61 01 00 00 00 00 68 11 04 33 33 34 33 14 16')
  expect(energies).toEqual([260])
  expect(answer).toBe('68 61 01 00 00 00 00 68 91 08 33 33 34 33 59 33 33 33 8A 16')
})

test('so does the second one', () => {
  // <example>
  const name = standardDictionary.byId(0x00010203)?.name // 'forwardActiveEnergyRate2Settlement3'

  const demand = standardDictionary.decode(0x01010000, fromHex('45 23 01 30 12 05 03 24'))
  // { ok: true, value: { value: 1234500, at: { year: 2024, month: 3, day: 5, hour: 12, minute: 30 } } }, in mW

  // What there is, and whether it is to be believed: a 220500 mV good, b absent, c invalid.
  const voltages = standardDictionary.fields(0x0201ff00, fromHex('05 22 FF FF 98 2A'))

  // Another generation of meters means other things by some numbers.
  const older = createDictionary(meterProfiles['grid-2009']).byId(0x04001402)?.name // 'closeDelay'

  // Every byte in English and Chinese, and what is wrong with a broken frame.
  const explained = explainFrame(fromHex('68 12 90 78 56 34 12 68 D1 01 35 8D 16'))
  // </example>

  expect([name, older]).toEqual(['forwardActiveEnergyRate2Settlement3', 'closeDelay'])
  expect(demand).toEqual({
    ok: true,
    value: { value: 1_234_500, at: { year: 2024, month: 3, day: 5, hour: 12, minute: 30 } },
  })
  expect(voltages.ok && voltages.value.map((field) => [field.name, field.value, field.quality])).toEqual([
    ['a', 220_500, 'good'],
    ['b', null, 'absent'],
    ['c', null, 'invalid'],
  ])
  expect(explained.ok).toBe(true)
  expect(explained.fields.find((field) => field.name === 'error')?.value).toBe('no such data 无请求数据')
})

test('and the third one', () => {
  // <example>
  const rooms: MeterProfile = {
    name: 'rooms',
    identifiers: {
      doorOpened: {
        id: 0x04e10000,
        ...formats.moment('YYMMDDhhmm'),
        zh: '开门时间',
        access: 'r',
        clause: 'manual 4.2',
      },
    },
    families: {
      room: {
        base: 0x04e00000,
        axes: [axes.numbers(1, 40, 'Energy', '房间')],
        format: units.energy,
        zh: '电能',
        access: 'r',
        clause: 'manual 4.1',
      },
    },
  }
  const energyWh = createDictionary(rooms).decode(0x04e00007, fromHex('26 00 00 00')) // { ok: true, value: 260 }
  const seventh = createDictionary(rooms).byId(0x04e00007)?.name // 'roomEnergy7'
  // </example>

  expect(energyWh).toEqual({ ok: true, value: 260 })
  expect(seventh).toBe('roomEnergy7')
  expect(createDictionary(rooms).byName('doorOpened')).toMatchObject({ codec: 'moment', en: 'door opened' })
})

test('the numbers of the README', () => {
  const members = Object.entries(families).reduce((sum, [name, family]) => sum + [...membersOf(name, family)].length, 0)
  expect(readme).toContain(`are ${Object.keys(identifiers).length} lines`)
  expect(readme).toContain(`some ${Math.floor(members / 1000)},000`)
})

test('the README shows these examples', async () => {
  const { default: self } = await import('./readme.test.ts?raw')
  const examples = [...self.matchAll(/\/\/ <example>\n(.*?)\n *\/\/ <\/example>/gs)].map(([, text = '']) => text)
  expect(examples).toHaveLength(3)
  for (const example of examples) {
    const lines = example.split('\n').map((line) => line.replace(/^ {2}/, ''))
    expect(readme).toContain(lines.join('\n'))
  }
})
