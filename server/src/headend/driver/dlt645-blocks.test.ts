import type { IdentifierName } from '@xianfu/protocols'
import { expect, test } from 'vitest'
import { coverWithBlocks } from './dlt645-blocks.ts'

const none = new Set<IdentifierName>()
const asked = (items: readonly IdentifierName[], refused: ReadonlySet<IdentifierName> = none): string[] =>
  coverWithBlocks(items, refused).map(({ ask, brings }) => `${ask}: ${brings.map(({ name }) => name).join(' ')}`)

test.each<[string, IdentifierName[], string[]]>([
  ['one value is asked for by itself', ['voltageA'], ['voltageA: voltageA']],
  ['two of a block come with the block', ['voltageA', 'voltageC'], ['voltageBlock: voltageA voltageC']],
  [
    'a block brings its parts along',
    ['activePowerTotal', 'statusWord3', 'activePowerBlock'],
    ['activePowerBlock: activePowerBlock activePowerTotal', 'statusWord3: statusWord3'],
  ],
  [
    'rates and total are one question',
    ['forwardActiveEnergyRate2', 'forwardActiveEnergyTotal', 'frequency'],
    ['forwardActiveEnergyBlock: forwardActiveEnergyTotal forwardActiveEnergyRate2', 'frequency: frequency'],
  ],
  ['what is asked for twice is asked once', ['voltageA', 'voltageA'], ['voltageA: voltageA']],
])('%s', (_, items, expected) => {
  expect(asked(items)).toEqual(expected)
})

test('a meter without the block is asked for the parts, and for the block only where it is wanted itself', () => {
  const refused = new Set<IdentifierName>(['voltageBlock'])
  expect(asked(['voltageA', 'voltageB'], refused)).toEqual(['voltageA: voltageA', 'voltageB: voltageB'])
  expect(asked(['voltageBlock', 'voltageB'], refused)).toEqual(['voltageBlock: voltageBlock', 'voltageB: voltageB'])
})

test('the values are taken out of the block', () => {
  const [cover] = coverWithBlocks(['forwardActiveEnergyTotal', 'forwardActiveEnergyRate4'], none)
  const values = cover?.brings.map(({ take }) => take?.({ total: 10, rates: [1, 2, 3] }))
  expect(values).toEqual([10, undefined])
})
