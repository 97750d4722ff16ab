import { meterOrPhaseAxis, phaseOnlyAxis, recordAxis } from '../axis.ts'
import type { Family } from '../family.ts'
import { bcd, binary, identifierFormat, list, moment, raw, record, rest } from '../format.ts'
import type { Row } from '../item.ts'
import { activeCombination, keyWord, reactiveCombination } from './status.table.ts'
import {
  charge,
  count,
  current,
  demand,
  energy,
  eventTime,
  minute,
  minutes,
  money,
  percent,
  power,
  powerFactor,
  powerLimit,
  rate,
  reactiveDemand,
  reactiveEnergy,
  reactivePower,
  signedReactiveEnergy,
  voltage,
} from './units.ts'

// Class 03 and the renumbered events of grid meters: how often, how long, and the last records of each.

const E = { access: 'r', clause: 'A.4 600' } as const
const SG = { access: 'r', clause: 'SG CLOU FWB' } as const

const countAndMinutes = { count, duration: minutes } as const
const single = record(countAndMinutes)
const perPhase = record({ a: single, b: single, c: single })

const four = record({
  forwardActiveEnergy: energy,
  reverseActiveEnergy: energy,
  combinedReactiveEnergy1: signedReactiveEnergy,
  combinedReactiveEnergy2: signedReactiveEnergy,
})
const allFour = { total: four, a: four, b: four, c: four } as const
const phaseThen = record({
  ...four.fields,
  voltage,
  current,
  activePower: power,
  reactivePower,
  powerFactor,
})
const span = { start: eventTime, end: eventTime } as const
const currentEvent = record({ ...span, total: four, a: phaseThen, b: phaseThen, c: phaseThen })
const voltageEvent = record({
  ...currentEvent.fields,
  ampereHours: record({ total: charge, a: charge, b: charge, c: charge }),
})
const energyEvent = record({ ...span, ...allFour })
const unbalanceEvent = record({ ...span, mostUnbalance: percent, ...allFour })

const six = record({
  forwardActiveEnergy: energy,
  reverseActiveEnergy: energy,
  quadrant1ReactiveEnergy: reactiveEnergy,
  quadrant2ReactiveEnergy: reactiveEnergy,
  quadrant3ReactiveEnergy: reactiveEnergy,
  quadrant4ReactiveEnergy: reactiveEnergy,
})
const sixDemands = record({
  forwardActiveDemand: demand,
  reverseActiveDemand: demand,
  quadrant1ReactiveDemand: reactiveDemand,
  quadrant2ReactiveDemand: reactiveDemand,
  quadrant3ReactiveDemand: reactiveDemand,
  quadrant4ReactiveDemand: reactiveDemand,
})
/** Who did it is a code of four bytes, as in the credentials of a command. */
const by = { at: eventTime, operator: raw(4) } as const
const coverEvent = record({ ...span, before: six, after: six })
const voltageStatistics = record({
  monitored: minutes,
  passRate: rate,
  outOfLimitRate: rate,
  overLimit: minutes,
  underLimit: minutes,
  highest: voltage,
  highestAt: moment('MMDDhhmm'),
  lowest: voltage,
  lowestAt: moment('MMDDhhmm'),
})
const switching = record({ ...by, ...six.fields })
const refund = record({ at: minute, purchaseCount: bcd(2), amount: money, before: money, after: money })

export const eventRows = {
  voltageLossTotals: { id: 0x03010000, ...perPhase, zh: '失压总次数、总累计时间', ...E },
  underVoltageTotals: { id: 0x03020000, ...perPhase, zh: '欠压总次数、总累计时间', ...E },
  overVoltageTotals: { id: 0x03030000, ...perPhase, zh: '过压总次数、总累计时间', ...E },
  phaseBreakTotals: { id: 0x03040000, ...perPhase, zh: '断相总次数、总累计时间', ...E },
  allVoltageLossTotals: { id: 0x03050000, ...single, zh: '全失压总次数、总累计时间', ...E },
  auxiliarySupplyLossTotals: { id: 0x03060000, ...single, zh: '辅助电源失电总次数、总累计时间', ...E },
  voltageSequenceTotals: { id: 0x03070000, ...single, zh: '电压逆相序总次数、总累计时间', ...E },
  currentSequenceTotals: { id: 0x03080000, ...single, zh: '电流逆相序总次数、总累计时间', ...E },
  voltageUnbalanceTotals: { id: 0x03090000, ...single, zh: '电压不平衡总次数、总累计时间', ...E },
  currentUnbalanceTotals: { id: 0x030a0000, ...single, zh: '电流不平衡总次数、总累计时间', ...E },
  currentLossTotals: { id: 0x030b0000, ...perPhase, zh: '失流总次数、总累计时间', ...E },
  overCurrentTotals: { id: 0x030c0000, ...perPhase, zh: '过流总次数、总累计时间', ...E },
  currentBreakTotals: { id: 0x030d0000, ...perPhase, zh: '断流总次数、总累计时间', ...E },
  powerReversedTotals: { id: 0x030e0000, ...perPhase, zh: '潮流反向总次数、总累计时间', ...E },
  overloadTotals: { id: 0x030f0000, ...perPhase, zh: '过载总次数、总累计时间', ...E },
  powerFailureCount: { id: 0x03110000, ...count, zh: '掉电总次数', ...E },
  demandOverLimitCounts: {
    id: 0x03120000,
    ...record({
      forwardActive: count,
      reverseActive: count,
      quadrant1: count,
      quadrant2: count,
      quadrant3: count,
      quadrant4: count,
    }),
    zh: '需量超限总次数',
    ...E,
  },
  programmingCount: { id: 0x03300000, ...count, zh: '编程总次数', ...E },
  meterClearCount: { id: 0x03300100, ...count, zh: '电表清零总次数', ...E },
  demandClearCount: { id: 0x03300200, ...count, zh: '需量清零总次数', ...E },
  eventClearCount: { id: 0x03300300, ...count, zh: '事件清零总次数', ...E },
  timeAdjustmentCount: { id: 0x03300400, ...count, zh: '校时总次数', ...E },
  dayTableProgrammingCount: { id: 0x03300500, ...count, zh: '时段表编程总次数', ...E },
  zoneTableProgrammingCount: { id: 0x03300600, ...count, zh: '时区表编程总次数', ...E },
  weekendProgrammingCount: { id: 0x03300700, ...count, zh: '周休日编程总次数', ...E },
  holidayProgrammingCount: { id: 0x03300800, ...count, zh: '节假日编程总次数', ...E },
  activeCombinationProgrammingCount: { id: 0x03300900, ...count, zh: '有功组合方式编程总次数', ...E },
  reactiveCombination1ProgrammingCount: { id: 0x03300a00, ...count, zh: '无功组合方式1编程总次数', ...E },
  reactiveCombination2ProgrammingCount: { id: 0x03300b00, ...count, zh: '无功组合方式2编程总次数', ...E },
  settlementDayProgrammingCount: { id: 0x03300c00, ...count, zh: '结算日编程总次数', ...E },
  meterCoverCount: { id: 0x03300d00, ...count, zh: '开表盖总次数', ...E },
  terminalCoverCount: { id: 0x03300e00, ...count, zh: '开端钮盒总次数', ...E },
  ratePriceProgrammingCount: { id: 0x03300f00, ...count, zh: '费率参数表编程总次数', ...SG },
  ladderProgrammingCount: { id: 0x03301000, ...count, zh: '阶梯表编程总次数', ...SG },
  keyUpdateCount: { id: 0x03301200, ...count, zh: '密钥更新总次数', ...SG },
  abnormalCardCount: { id: 0x03301300, ...count, zh: '异常插卡总次数', ...SG },
  illegalCardCount: { id: 0x03301400, ...count, zh: '非法插卡总次数', ...SG },
  broadcastTimeCount: { id: 0x03305100, ...count, zh: '广播校时总次数', ...SG },
  broadcastTimeCountNewer: { id: 0x032f0400, ...count, zh: '广播校时总次数(另一代)', ...SG },

  refundCount: { id: 0x03340000, ...count, zh: '退费总次数', access: 'r', clause: 'SG FWB FWA' },
  magneticFieldCount: { id: 0x03350000, ...count, zh: '恒定磁场干扰总次数', access: 'r', clause: 'SG COLD' },
  loadSwitchFaultCount: { id: 0x03360000, ...count, zh: '负荷开关误动作总次数', access: 'r', clause: 'SG FWB COLD' },
  supplyFaultCount: { id: 0x03370000, ...count, zh: '电源异常总次数', access: 'r', clause: 'SG FWB COLD JS3' },

  tripCount: { id: 0x1d000001, ...count, zh: '跳闸次数', access: 'r', clause: 'SG CLOU FWB COLD' },
  closeCount: { id: 0x1e000001, ...count, zh: '合闸次数', access: 'r', clause: 'SG CLOU FWB COLD' },
} as const satisfies Record<string, Row>

const ten = recordAxis(10)
const phased = [phaseOnlyAxis(1), ten] as const
const alone = [ten] as const

/** Events of a phase, with the name, its byte DI2 and what a record holds. */
const phaseEvents = [
  ['voltageLoss', 0x01, voltageEvent, '失压'],
  ['underVoltage', 0x02, voltageEvent, '欠压'],
  ['overVoltage', 0x03, voltageEvent, '过压'],
  ['phaseBreak', 0x04, voltageEvent, '断相'],
  ['currentLoss', 0x0b, currentEvent, '失流'],
  ['overCurrent', 0x0c, currentEvent, '过流'],
  ['currentBreak', 0x0d, currentEvent, '断流'],
  ['powerReversed', 0x0e, energyEvent, '潮流反向'],
  ['overload', 0x0f, energyEvent, '过载'],
] as const

const demandTypes = [
  [0x01, 'ForwardActive', '正向有功'],
  [0x02, 'ReverseActive', '反向有功'],
  [0x03, 'Quadrant1', '第一象限无功'],
  [0x04, 'Quadrant2', '第二象限无功'],
  [0x05, 'Quadrant3', '第三象限无功'],
  [0x06, 'Quadrant4', '第四象限无功'],
] as const

const dayTableEntry = moment('hhmmNN')
const zoneTableEntry = moment('MMDDNN')

/** Events of grid meters renumbered by kind and phase: `xx pp 00 01` is their number, `xx pp FF nn` a record. */
const gridEvents = [
  [0x10, 'gridVoltageLoss', '失压'],
  [0x11, 'gridUnderVoltage', '欠压'],
  [0x12, 'gridOverVoltage', '过压'],
  [0x13, 'gridPhaseBreak', '断相'],
  [0x14, 'gridVoltageSequence', '电压逆相序'],
  [0x15, 'gridCurrentSequence', '电流逆相序'],
  [0x16, 'gridVoltageUnbalance', '电压不平衡'],
  [0x17, 'gridCurrentUnbalance', '电流不平衡'],
  [0x18, 'gridCurrentLoss', '失流'],
  [0x19, 'gridOverCurrent', '过流'],
  [0x1a, 'gridCurrentBreak', '断流'],
  [0x1b, 'gridPowerReversed', '潮流反向'],
  [0x1c, 'gridOverload', '过载'],
  [0x1f, 'gridPowerFactorLow', '功率因数超下限'],
  [0x20, 'gridSevereCurrentUnbalance', '电流严重不平衡'],
] as const

const months = {
  byte: 0,
  labels: Array.from({ length: 13 }, (_, month) => ({
    code: month,
    suffix: month === 0 ? 'ThisMonth' : `Month${month}`,
    zh: month === 0 ? '(本月)' : `(上${month}月)`,
  })),
} as const
const statisticsPhase = {
  byte: 1,
  labels: [{ code: 0, suffix: 'Total', zh: '' }, ...phaseOnlyAxis(1).labels],
} as const

const switchingField = {
  byte: 1,
  labels: [
    { code: 0x03, suffix: 'ForwardActiveEnergy', zh: '正向有功总电能' },
    { code: 0x04, suffix: 'ReverseActiveEnergy', zh: '反向有功总电能' },
  ],
} as const
const switchingReactive = {
  byte: 1,
  labels: [1, 2, 3, 4].map((quadrant) => ({
    code: 0x04 + quadrant,
    suffix: `Quadrant${quadrant}Energy`,
    zh: `第${quadrant}象限无功总电能`,
  })),
} as const

const switchings = [
  [0x1d, 'trip', '跳闸'],
  [0x1e, 'close', '合闸'],
] as const

export const eventFamilies: Readonly<Record<string, Family>> = {
  ...Object.fromEntries(
    phaseEvents.map(([name, kind, format, zh]): [string, Family] => [
      `${name}Record`,
      { base: 0x03000000 | (kind << 16), axes: phased, format, zh: `${zh}记录`, ...E },
    ]),
  ),
  allVoltageLossRecord: {
    base: 0x03050000,
    axes: alone,
    format: record({ at: eventTime, current, end: eventTime }),
    zh: '全失压记录',
    ...E,
  },
  auxiliarySupplyLossRecord: { base: 0x03060000, axes: alone, format: record(span), zh: '辅助电源失电记录', ...E },
  voltageSequenceRecord: { base: 0x03070000, axes: alone, format: energyEvent, zh: '电压逆相序记录', ...E },
  currentSequenceRecord: { base: 0x03080000, axes: alone, format: energyEvent, zh: '电流逆相序记录', ...E },
  voltageUnbalanceRecord: { base: 0x03090000, axes: alone, format: unbalanceEvent, zh: '电压不平衡记录', ...E },
  currentUnbalanceRecord: { base: 0x030a0000, axes: alone, format: unbalanceEvent, zh: '电流不平衡记录', ...E },
  voltageStatistics: {
    base: 0x03100000,
    axes: [statisticsPhase, months],
    format: voltageStatistics,
    zh: '电压合格率统计',
    ...E,
  },
  powerFailureRecord: { base: 0x03110000, axes: alone, format: record(span), zh: '掉电记录', ...E },
  ...Object.fromEntries(
    demandTypes.map(([code, suffix, zh]): [string, Family] => [
      `demandOverLimit${suffix}Record`,
      {
        base: 0x03120000 | (code << 8),
        axes: alone,
        format: record({ ...span, demand: powerLimit, demandAt: minute }),
        zh: `${zh}需量超限记录`,
        ...E,
      },
    ]),
  ),
  programmingRecord: {
    base: 0x03300000,
    axes: alone,
    format: record({ ...by, items: list(identifierFormat, 10, 10) }),
    zh: '编程记录',
    ...E,
  },
  meterClearRecord: {
    base: 0x03300100,
    axes: alone,
    format: record({ ...by, total: six, a: six, b: six, c: six }),
    zh: '电表清零记录',
    ...E,
  },
  demandClearRecord: {
    base: 0x03300200,
    axes: alone,
    format: record({ ...by, total: sixDemands, a: sixDemands, b: sixDemands, c: sixDemands }),
    zh: '需量清零记录',
    ...E,
  },
  eventClearRecord: {
    base: 0x03300300,
    axes: alone,
    format: record({ ...by, events: identifierFormat }),
    zh: '事件清零记录',
    ...E,
  },
  timeAdjustmentRecord: {
    base: 0x03300400,
    axes: alone,
    format: record({ operator: raw(4), before: eventTime, after: eventTime }),
    zh: '校时记录',
    ...E,
  },
  // How many of the 16 day tables a record returns differs between sources.
  dayTableProgrammingRecord: {
    base: 0x03300500,
    axes: alone,
    format: record({ ...by, before: list(dayTableEntry, 0, 16 * 14) }),
    zh: '时段表编程记录',
    ...E,
  },
  zoneTableProgrammingRecord: {
    base: 0x03300600,
    axes: alone,
    format: record({ ...by, before: list(zoneTableEntry, 28, 28) }),
    zh: '时区表编程记录',
    ...E,
  },
  weekendProgrammingRecord: {
    base: 0x03300700,
    axes: alone,
    format: record({ ...by, before: bcd(1) }),
    zh: '周休日编程记录',
    ...E,
  },
  holidayProgrammingRecord: {
    base: 0x03300800,
    axes: alone,
    format: record({ ...by, before: list(moment('YYMMDDNN'), 0, 254) }),
    zh: '节假日编程记录',
    ...E,
  },
  activeCombinationProgrammingRecord: {
    base: 0x03300900,
    axes: alone,
    format: record({ ...by, before: activeCombination }),
    zh: '有功组合方式编程记录',
    ...E,
  },
  reactiveCombination1ProgrammingRecord: {
    base: 0x03300a00,
    axes: alone,
    format: record({ ...by, before: reactiveCombination }),
    zh: '无功组合方式1编程记录',
    ...E,
  },
  reactiveCombination2ProgrammingRecord: {
    base: 0x03300b00,
    axes: alone,
    format: record({ ...by, before: reactiveCombination }),
    zh: '无功组合方式2编程记录',
    ...E,
  },
  settlementDayProgrammingRecord: {
    base: 0x03300c00,
    axes: alone,
    format: record({ ...by, before: list(moment('DDhh'), 3, 3) }),
    zh: '结算日编程记录',
    ...E,
  },
  meterCoverRecord: { base: 0x03300d00, axes: alone, format: coverEvent, zh: '开表盖记录', ...E },
  terminalCoverRecord: {
    base: 0x03300e00,
    axes: alone,
    format: coverEvent,
    zh: '开端钮盒记录',
    access: 'r',
    clause: 'SG COLD',
  },
  // No source tells what these records hold.
  ratePriceProgrammingRecord: { base: 0x03300f00, axes: alone, format: rest, zh: '费率参数表编程记录', ...SG },
  ladderProgrammingRecord: { base: 0x03301000, axes: alone, format: rest, zh: '阶梯表编程记录', ...SG },
  keyUpdateRecord: {
    base: 0x03301200,
    axes: alone,
    format: record({ ...by, keys: binary(1), before: keyWord }),
    zh: '密钥更新记录',
    access: 'r',
    clause: 'SG FWB FWD',
  },
  abnormalCardRecord: {
    base: 0x03301300,
    axes: alone,
    format: rest,
    zh: '异常插卡记录',
    access: 'r',
    clause: 'SG FWB',
  },
  illegalCardRecord: { base: 0x03301400, axes: alone, format: rest, zh: '非法插卡记录', access: 'r', clause: 'SG FWB' },
  broadcastTimeRecord: { base: 0x03305100, axes: alone, format: rest, zh: '广播校时记录', ...SG },
  broadcastTimeRecordNewer: { base: 0x032f0400, axes: alone, format: rest, zh: '广播校时记录(另一代)', ...SG },

  energyPurchaseDate: {
    base: 0x03320100,
    axes: alone,
    format: minute,
    zh: '购电日期(电量)',
    access: 'r',
    clause: 'SG MEM',
  },
  energyPurchaseCount: {
    base: 0x03320200,
    axes: alone,
    format: bcd(2),
    zh: '购电后总购电次数(电量)',
    access: 'r',
    clause: 'SG COLC',
  },
  energyPurchased: { base: 0x03320300, axes: alone, format: energy, zh: '购电量', access: 'r', clause: 'SG MEM' },
  energyBeforePurchase: {
    base: 0x03320400,
    axes: alone,
    format: energy,
    zh: '购电前剩余电量',
    access: 'r',
    clause: 'SG MEM',
  },
  energyAfterPurchase: {
    base: 0x03320500,
    axes: alone,
    format: energy,
    zh: '购电后剩余电量',
    access: 'r',
    clause: 'SG MEM',
  },
  energyPurchasedInAll: {
    base: 0x03320600,
    axes: alone,
    format: energy,
    zh: '购电后累计购电量',
    access: 'r',
    clause: 'SG COLC',
  },
  purchaseDate: { base: 0x03330100, axes: alone, format: minute, zh: '购电日期', ...SG },
  purchaseCount: { base: 0x03330200, axes: alone, format: bcd(2), zh: '购电后总购电次数', ...SG },
  purchaseAmount: { base: 0x03330300, axes: alone, format: money, zh: '购电金额', ...SG },
  moneyBeforePurchase: { base: 0x03330400, axes: alone, format: money, zh: '购电前剩余金额', ...SG },
  moneyAfterPurchase: { base: 0x03330500, axes: alone, format: money, zh: '购电后剩余金额', ...SG },
  purchasedInAll: { base: 0x03330600, axes: alone, format: money, zh: '购电后累计购电金额', ...SG },
  refundRecord: { base: 0x03340000, axes: alone, format: refund, zh: '退费记录', access: 'r', clause: 'SG FWB FWA' },
  magneticFieldRecord: {
    base: 0x03350000,
    axes: alone,
    format: rest,
    zh: '恒定磁场干扰记录',
    access: 'r',
    clause: 'SG MEM',
  },
  loadSwitchFaultRecord: {
    base: 0x03360000,
    axes: alone,
    format: record({ ...span, state: raw(1), energies: list(energy, 4, 4) }),
    zh: '负荷开关误动作记录',
    access: 'r',
    clause: 'SG FWB COLD',
  },
  supplyFaultRecord: {
    base: 0x03370000,
    axes: alone,
    format: record({ ...span, energies: list(energy, 2, 2) }),
    zh: '电源异常记录',
    access: 'r',
    clause: 'SG FWB COLD JS3',
  },

  ...Object.fromEntries(
    switchings.flatMap(([kind, name, zh]): [string, Family][] => {
      const base = kind << 24
      const source = { access: 'r', clause: 'SG CLOU COLD FWB' } as const
      return [
        [`${name}Record`, { base: base | 0xff00, axes: alone, format: switching, zh: `${zh}记录`, ...source }],
        [`${name}Time`, { base: base | 0x0100, axes: alone, format: eventTime, zh: `${zh}发生时刻`, ...source }],
        [`${name}Operator`, { base: base | 0x0200, axes: alone, format: raw(4), zh: `${zh}时操作者代码`, ...source }],
        [name, { base, axes: [switchingField, ten], format: energy, zh: `${zh}时`, ...source }],
        [`${name}Reactive`, { base, axes: [switchingReactive, ten], format: reactiveEnergy, zh: `${zh}时`, ...source }],
      ]
    }),
  ),
  ...Object.fromEntries(
    gridEvents.flatMap(([kind, name, zh]): [string, Family][] => {
      const base = kind << 24
      const source = { access: 'r', clause: 'SG COLD' } as const
      const where = meterOrPhaseAxis(2)
      return [
        [`${name}Count`, { base: base | 0x0001, axes: [where], format: count, zh: `${zh}总次数`, ...source }],
        // What a record holds differs by kind and generation.
        [`${name}Record`, { base: base | 0xff00, axes: [where, ten], format: rest, zh: `${zh}记录`, ...source }],
      ]
    }),
  ),
}
