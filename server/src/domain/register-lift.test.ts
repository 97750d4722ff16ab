import { assert, bigInt, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { wattHours } from './quantity.ts'
import { liftRegisters, turnOf } from './register-lift.ts'

const turn = 1_000_000_000n
const registers = (total: bigint, rates: readonly bigint[] = []) => ({
  totalWh: wattHours(total),
  ratesWh: rates.map(wattHours),
})

describe('a register that has turned over', () => {
  test.each<[string, bigint, bigint, bigint]>([
    ['ordinary use', 5_000n, 4_000n, 5_000n],
    ['the first turn', 1_000n, 999_999_000n, 1_000_001_000n],
    ['after it', 3_000n, 1_000_001_000n, 1_000_003_000n],
    ['the second turn', 500n, 1_999_999_990n, 2_000_000_500n],
    ['an older value from before the turn', 999_999_990n, 1_000_001_000n, 999_999_990n],
    ['a step back is none', 3_990n, 4_000n, 3_990n],
  ])('%s: %i after %i is %i', (_, shown, last, expected) => {
    expect(liftRegisters(registers(shown), registers(last), turn).totalWh).toBe(expected)
  })

  test('each rate turns by itself', () => {
    const last = registers(1_200_000_000n, [999_999_990n, 200_000_010n])
    expect(liftRegisters(registers(200_000_030n, [10n, 200_000_020n]), last, turn)).toEqual(
      registers(1_200_000_030n, [1_000_000_010n, 200_000_020n]),
    )
  })

  test('whatever a meter counts, less than half a turn at a time, is what is kept', () => {
    assert(
      property(bigInt(0n, 5n * turn), bigInt(0n, turn / 2n - 1n), (before, used) => {
        const shown = (before + used) % turn
        expect(liftRegisters(registers(shown), registers(before), turn).totalWh).toBe(before + used)
      }),
    )
  })

  test('without a known turn, or a value before it, nothing is lifted', () => {
    expect(liftRegisters(registers(10n), registers(turn - 10n), null)).toEqual(registers(10n))
    expect(liftRegisters(registers(10n), null, turn)).toEqual(registers(10n))
    expect([turnOf('dlt645', 10), turnOf('modbus-rtu', 10)]).toEqual([turn, null])
  })
})
