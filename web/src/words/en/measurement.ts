import type { Same } from '../same.ts'
import type { measurement as chinese } from '../zh/measurement.ts'

export const measurement: Same<typeof chinese> = {
  measurement: {
    title: 'Measurements',
    quantity: {
      voltage: 'Voltage',
      current: 'Current',
      'active-power': 'Power',
      'power-factor': 'Power factor',
      demand: 'Demand',
    },
    span: { day: 'Day', week: 'Week', month: 'Month', year: 'Year' },
    earlier: 'The span before',
    later: 'The span after',
    part: { total: 'Total', a: 'Phase A', b: 'Phase B', c: 'Phase C' },
    spread: 'pale: from the least to the greatest of the day',
    upper: 'highest {{value}} V',
    lower: 'lowest {{value}} V',
    empty:
      'Nothing was measured in this span. Unless said otherwise it is collected every 4 hours; read now, or set a denser schedule',
    notTold: 'This meter does not tell it',
    emptyDemand: 'No demand in this span. Unless said otherwise it is collected once a day',
    greatestDemand: 'Greatest demand of the month (kW)',
    summary: '{{quantity}}: {{parts}}, {{count}} points, least {{least}}, greatest {{greatest}} {{unit}}',
    count: '{{count}} measurements',
    qualification: 'Voltage qualification',
    judged: '{{judged}} judged, {{above}} above, {{below}} below',
    limits: '{{clause}}: {{lowest}}–{{highest}} V',
    noLimits: 'The voltages are near no nominal value that is known, and are not judged',
    voltageImbalance: 'Voltage imbalance',
    currentImbalance: 'Current imbalance',
    imbalance: 'mean {{mean}} %, greatest {{greatest}} %',
    voltageFormula:
      'Farthest phase from the mean of the three, by the mean; the negative sequence of GB/T 15543 needs angles and is not this',
    currentFormula:
      '(greatest − least phase) ÷ greatest (SD 292-1988: a transformer is to stay within 15 %); not told below 1 A',
    export: 'Export CSV',
  },
}
