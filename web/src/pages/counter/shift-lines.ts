import type { Shift } from '@xianfu/contract'
import { microOf } from '../../format/decimal.ts'

export type ShiftLineName = 'carried' | 'opening' | 'cash' | 'byOthers' | 'expected' | 'counted' | 'difference'
type Line = Readonly<{ name: ShiftLineName; amount: string }>

/** How the cash of a shift adds up, from what was counted at its beginning to what was counted at its end. */
export const shiftLines = (shift: Shift): readonly Line[] => {
  const { carried, opening, totals, byOthers, expected, closed } = shift
  const cash = totals.find(({ means }) => means === 'cash-counter')?.net ?? '0.00'
  return [
    ...(microOf(carried) === 0n ? [] : [{ name: 'carried', amount: carried } as const]),
    { name: 'opening', amount: opening },
    { name: 'cash', amount: cash },
    ...(microOf(byOthers) === 0n ? [] : [{ name: 'byOthers', amount: byOthers } as const]),
    { name: 'expected', amount: expected },
    ...(closed === null
      ? []
      : ([
          { name: 'counted', amount: closed.counted },
          { name: 'difference', amount: closed.difference },
        ] as const)),
  ]
}
