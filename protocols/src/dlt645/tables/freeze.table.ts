import type { Axis, Label } from '../axis.ts'
import type { Family } from '../family.ts'
import { list, loadRecords, rates, record, rest } from '../format.ts'
import type { Row } from '../item.ts'
import { demand, energy, minute, power, reactiveEnergy, reactivePower, signedReactiveEnergy } from './units.ts'

// Class 05: frozen values, `05 KK JJ NN`; NN 01 is the newest. Class 06: the load profile.

const A6 = { access: 'r', clause: 'A.6 BOBY CLOU MDREF' } as const
const A7 = { access: 'r', clause: 'A.7 BOBY LIB MDREF' } as const

const mostFreezes = 254
const newestFirst: Axis = Object.freeze({
  byte: 0,
  labels: Array.from({ length: mostFreezes }, (_, index) => ({
    code: 1 + index,
    suffix: `Last${1 + index}`,
    zh: `(上${1 + index}次)`,
  })),
})

const occasions: Axis = Object.freeze({
  byte: 2,
  labels: [
    [0x00, 'Timed', '定时冻结'],
    [0x01, 'Instant', '瞬时冻结'],
    [0x02, 'ZoneTableSwitch', '两套时区表切换冻结'],
    [0x03, 'DayTableSwitch', '两套日时段表切换冻结'],
    [0x05, 'RatePriceSwitch', '两套费率电价切换冻结'],
    [0x06, 'Daily', '日冻结'],
    [0x07, 'LadderSwitch', '两套阶梯切换冻结'],
    [0x09, 'FeeModeSwitch', '费控模式切换冻结'],
  ].map(([code, suffix, zh]) => ({ code, suffix, zh }) as Label),
})

const axes = [occasions, newestFirst] as const
const all = (format: typeof energy | typeof reactiveEnergy | typeof signedReactiveEnergy) =>
  ({ ...format, codec: 'totalAndRates' }) as const
const variables = record({
  activePower: list(power, 4, 4),
  reactivePower: list(reactivePower, 4, 4),
})

/** The newest daily freeze, which programs know by name. */
export const freezeRows = {
  frozenTimeDailyLast1: { id: 0x05060001, ...minute, zh: '时间日冻结(上1次)', ...A6 },
  frozenForwardActiveEnergyDailyLast1: { id: 0x05060101, ...all(energy), zh: '正向有功电能日冻结(上1次)', ...A6 },
} as const satisfies Record<string, Row>

/** What is frozen: byte JJ of the identifier. The hourly freeze (KK 04) holds single totals. */
export const freezeFamilies: Readonly<Record<string, Family>> = {
  frozenTime: { base: 0x05000000, axes, format: minute, zh: '时间', ...A6 },
  frozenForwardActiveEnergy: { base: 0x05000100, axes, format: all(energy), zh: '正向有功电能', ...A6 },
  frozenReverseActiveEnergy: { base: 0x05000200, axes, format: all(energy), zh: '反向有功电能', ...A6 },
  frozenCombinedReactive1Energy: {
    base: 0x05000300,
    axes,
    format: all(signedReactiveEnergy),
    zh: '组合无功1电能',
    ...A6,
  },
  frozenCombinedReactive2Energy: {
    base: 0x05000400,
    axes,
    format: all(signedReactiveEnergy),
    zh: '组合无功2电能',
    ...A6,
  },
  frozenQuadrant1ReactiveEnergy: { base: 0x05000500, axes, format: all(reactiveEnergy), zh: '第一象限无功电能', ...A6 },
  frozenQuadrant2ReactiveEnergy: { base: 0x05000600, axes, format: all(reactiveEnergy), zh: '第二象限无功电能', ...A6 },
  frozenQuadrant3ReactiveEnergy: { base: 0x05000700, axes, format: all(reactiveEnergy), zh: '第三象限无功电能', ...A6 },
  frozenQuadrant4ReactiveEnergy: { base: 0x05000800, axes, format: all(reactiveEnergy), zh: '第四象限无功电能', ...A6 },
  frozenForwardActiveDemand: { base: 0x05000900, axes, format: rates(demand), zh: '正向有功最大需量及发生时间', ...A6 },
  frozenReverseActiveDemand: { base: 0x05000a00, axes, format: rates(demand), zh: '反向有功最大需量及发生时间', ...A6 },
  frozenVariables: { base: 0x05001000, axes, format: variables, zh: '变量', ...A6 },
  // How the parts of everything follow one another depends on the mode word of the meter and on its rates.
  frozenBlock: { base: 0x0500ff00, axes, format: rest, zh: '数据块', ...A6 },
  hourlyTime: {
    base: 0x05040000,
    axes: [newestFirst],
    format: minute,
    zh: '整点冻结时间',
    access: 'r',
    clause: 'SG MEM',
  },
  hourlyForwardActiveEnergy: {
    base: 0x05040100,
    axes: [newestFirst],
    format: energy,
    zh: '整点冻结正向有功总电能',
    access: 'r',
    clause: 'SG CLOU',
  },
  hourlyReverseActiveEnergy: {
    base: 0x05040200,
    axes: [newestFirst],
    format: energy,
    zh: '整点冻结反向有功总电能',
    access: 'r',
    clause: 'SG MEM',
  },
  hourlyBlock: {
    base: 0x0504ff00,
    axes: [newestFirst],
    format: record({ at: minute, forwardActiveEnergy: energy, reverseActiveEnergy: energy }),
    zh: '整点冻结数据块',
    access: 'r',
    clause: 'SG MEM',
  },
}

const every = [
  ['loadProfile', 0, '全部类负荷记录'],
  ['loadProfileVoltageAndCurrent', 1, '第1类负荷记录'],
  ['loadProfilePower', 2, '第2类负荷记录'],
  ['loadProfilePowerFactor', 3, '第3类负荷记录'],
  ['loadProfileEnergy', 4, '第4类负荷记录'],
  ['loadProfileQuadrants', 5, '第5类负荷记录'],
  ['loadProfileDemand', 6, '第6类负荷记录'],
] as const
const whichRecords: Axis = Object.freeze({
  byte: 0,
  labels: [
    { code: 0, suffix: 'Oldest', zh: '(最早记录块)' },
    { code: 1, suffix: 'From', zh: '(给定时间记录块)' },
    { code: 2, suffix: 'Newest', zh: '(最近一个记录块)' },
  ],
})

/** Curves of one item on grid meters; how their replies are built, no source tells. */
const curveItem = (from: number, to: number): Axis =>
  Object.freeze({
    byte: 0,
    labels: Array.from({ length: to - from + 1 }, (_, index) => ({
      code: from + index,
      suffix: `${from + index}`,
      zh: `${from + index}`,
    })),
  })
const curves = [
  [1, 'curveVoltage', '电压曲线', 1, 3],
  [2, 'curveCurrent', '电流曲线', 1, 3],
  [3, 'curveActivePower', '有功功率曲线', 0, 3],
  [4, 'curveReactivePower', '无功功率曲线', 0, 3],
  [5, 'curvePowerFactor', '功率因数曲线', 0, 3],
  [6, 'curveEnergy', '电能曲线', 1, 8],
] as const

export const loadProfileFamilies: Readonly<Record<string, Family>> = {
  ...Object.fromEntries(
    every.map(([name, asked, zh]): [string, Family] => [
      name,
      { base: 0x06000000 | (asked << 16), axes: [whichRecords], format: loadRecords(asked), zh, ...A7 },
    ]),
  ),
  ...Object.fromEntries(
    curves.map(([kind, name, zh, from, to]): [string, Family] => [
      name,
      {
        base: 0x06100000 | (kind << 8),
        axes: [curveItem(from, to)],
        format: rest,
        zh,
        access: 'r',
        clause: 'SG CLOU',
      },
    ]),
  ),
}
