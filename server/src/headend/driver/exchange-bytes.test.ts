import { encodeFrame, encodeRequest, encodeReply, encodeValue, identifiers } from '@xianfu/protocols'
import { expect, test } from 'vitest'
import { exchangesFor } from './exchange-bytes.ts'

const address = '123456789012'
const dlt645 = { kind: 'dlt645' } as const

const frames = (
  name: 'forwardActiveEnergyBlock' | 'voltageBlock' | 'statusWord3' | 'activePowerTotal',
  value: never,
) => {
  const { id: identifier } = identifiers[name]
  const data = encodeValue(name, value)
  return {
    request: encodeFrame(encodeRequest({ kind: 'read', address, identifier }), { wakeUpBytes: 4 }).length,
    reply: encodeFrame(encodeReply({ kind: 'read', address, identifier, data, more: false }), { wakeUpBytes: 4 })
      .length,
  }
}

test('lengths are those of the frames', () => {
  const block = { total: 1, rates: [1, 0, 0, 0] } as never
  const phases = { a: 220_000, b: 220_000, c: 220_000 } as never
  expect(exchangesFor(dlt645, ['forwardActiveEnergyBlock', 'activePowerTotal', 'voltageA', 'voltageB'])).toEqual([
    frames('forwardActiveEnergyBlock', block),
    frames('activePowerTotal', 0 as never),
    frames('voltageBlock', phases),
  ])
})

test('registers that stand together are one exchange, and a model that is not known is told', () => {
  const modbus = { kind: 'modbus-rtu', unit: 1, wiring: 'in-line', model: 'acrel-dtsy1352' } as const
  const all = exchangesFor(modbus, ['voltageBlock', 'currentBlock', 'activePowerBlock', 'powerFactorTotal'])
  const single = exchangesFor(modbus, ['voltageBlock'])
  if (all === null || single === null) throw new Error('the model is known')
  expect(all.length).toBeLessThan(4)
  expect(all.every(({ request, reply }) => request === 8 && reply <= 255)).toBe(true)
  expect(exchangesFor(modbus, ['voltageLossTotals'])).toEqual([])
  expect(exchangesFor({ ...modbus, model: 'nobody' }, ['voltageBlock'])).toBeNull()
})
