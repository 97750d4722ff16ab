import { expect, test } from 'vitest'
import { playTakeover } from './headends.ts'

test(
  'a headend is killed in mid-cycle: nothing is read twice, nobody is commanded twice, nothing is left undone',
  {
    timeout: 180_000,
  },
  async () => {
    const seen = await playTakeover({ gateways: 6, metersPerGateway: 8, commands: 4 })
    expect(seen.held).toBe(24)
    expect(seen.readings).toEqual(Array.from({ length: 48 }, () => 1))
    expect(seen.obeyed).toEqual([1, 1, 1, 1])
  },
)
