import { expect, test } from 'vitest'
import readme from '../README.md?raw'
import {
  answers,
  createFrameReader,
  decodeReply,
  decodeValue,
  encodeFrame,
  encodeReply,
  encodeRequest,
  encodeValue,
  fromHex,
  identifiers,
  type Request,
  toHex,
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

test('the README shows that example', async () => {
  const { default: self } = await import('./readme.test.ts?raw')
  const lines = (/\/\/ <example>\n(.*?)\n *\/\/ <\/example>/s.exec(self)?.[1] ?? 'no example').split('\n')
  expect(readme).toContain(lines.map((line) => line.replace(/^ {2}/, '')).join('\n'))
})
