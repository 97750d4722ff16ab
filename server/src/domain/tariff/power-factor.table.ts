import type { PowerFactorStandard } from './plan.ts'

/**
 * 功率因数调整电费办法, (83) 水电财字第 215 号: what a power factor adds to the bill, in hundredths of a per cent. Each row is
 * a run of factors (hundredths, from the standard outwards) with the step that each hundredth adds.
 */
type Run = Readonly<{ until: number; perHundredth: number }>
type Standard = Readonly<{ rewards: readonly Run[]; penalties: readonly Run[] }>

export const powerFactorTable: Readonly<Record<PowerFactorStandard, Standard>> = Object.freeze({
  90: {
    rewards: [
      { until: 95, perHundredth: -15 },
      { until: 100, perHundredth: 0 },
    ],
    penalties: [
      { until: 70, perHundredth: 50 },
      { until: 65, perHundredth: 100 },
      { until: 0, perHundredth: 200 },
    ],
  },
  85: {
    rewards: [
      { until: 90, perHundredth: -10 },
      { until: 94, perHundredth: -15 },
      { until: 100, perHundredth: 0 },
    ],
    penalties: [
      { until: 65, perHundredth: 50 },
      { until: 60, perHundredth: 100 },
      { until: 0, perHundredth: 200 },
    ],
  },
  80: {
    rewards: [
      { until: 90, perHundredth: -10 },
      { until: 92, perHundredth: -15 },
      { until: 100, perHundredth: 0 },
    ],
    penalties: [
      { until: 60, perHundredth: 50 },
      { until: 55, perHundredth: 100 },
      { until: 0, perHundredth: 200 },
    ],
  },
})
