import { type Axis, numberAxis } from '../axis.ts'
import type { Family } from '../family.ts'
import { bcd, binary, digits, identifierFormat, list, moment, raw, record, rest, text } from '../format.ts'
import type { Row } from '../item.ts'
import {
  activeCombination,
  characteristicWord1,
  freezeMode,
  hourlyFreezeMode,
  keyWord,
  loadProfileMode,
  phaseStatusWord,
  rateWord,
  reactiveCombination,
  statusWord1,
  statusWord2,
  statusWord7,
  workdays,
} from './status.table.ts'
import {
  current,
  energy,
  minute,
  money,
  percent,
  powerFactor,
  powerLimit,
  price,
  reactivePowerLimit,
  voltage,
} from './units.ts'

// Class 04: parameters, clock, status words, tables of tariffs, limits, thresholds.

const plain = { signed: false, scale: 1, unit: '' } as const
const R = { access: 'r', clause: 'A.5 600 CLOU FWC' } as const
const RW = { access: 'rw2', clause: 'A.5 600 CLOU FWC' } as const
const SG = { access: 'rw2', clause: 'SG CLOU FWB FWC' } as const
const SG1 = { access: 'rw1', clause: 'SG CLOU FWB FWC' } as const
const SGR = { access: 'r', clause: 'SG CLOU FWB FWC' } as const
const FW = { access: 'rw2', clause: 'SG FWA FWB' } as const
/** Thresholds of events. */
const T = { access: 'rw2', clause: 'SG CLOU FWB' } as const

const minutesLeft = bcd(1, 'min')
const seconds = bcd(1, 's')
const maxCurrent = { ...current, signed: false } as const

const ladder = {
  limits: list(energy, 6, 6),
  prices: list(price, 7, 7),
  settlementDates: list(moment('MMDDhh'), 4, 4),
} as const
const ladderTable = record(ladder)
/** 70 bytes: what stands in the six bytes behind the first 64 differs between grids. */
const longLadderTable = record({ ...ladder, more: raw(6) })

export const parameterRows = {
  dateAndWeekday: { id: 0x04000101, codec: 'dateAndWeekday', bytes: 4, ...plain, zh: '日期及星期', ...RW },
  time: { id: 0x04000102, codec: 'timeOfDay', bytes: 3, ...plain, zh: '时间', ...RW },
  demandPeriod: { id: 0x04000103, ...minutesLeft, zh: '最大需量周期', ...RW },
  demandSlidingTime: { id: 0x04000104, ...minutesLeft, zh: '滑差时间', ...RW },
  testPulseWidth: { id: 0x04000105, ...bcd(2, 'ms'), zh: '校表脉冲宽度', ...RW },
  zoneTableSwitchTime: { id: 0x04000106, ...minute, zh: '两套时区表切换时间', ...RW },
  dayTableSwitchTime: { id: 0x04000107, ...minute, zh: '两套日时段表切换时间', ...RW },
  ratePriceSwitchTime: { id: 0x04000108, ...minute, zh: '两套费率电价切换时间', ...SG1 },
  ladderSwitchTime: { id: 0x04000109, ...minute, zh: '两套阶梯切换时间', ...SG1 },
  ladderZoneSwitchTime: { id: 0x0400010a, ...minute, zh: '两套阶梯时区切换时间', ...SG },
  feeModeSwitchTime: { id: 0x0400010b, ...minute, zh: '费控模式切换时间', ...SG },
  dateAndTime: { id: 0x0400010c, ...moment('YYMMDDWWhhmmss'), zh: '日期时间', ...SG },

  yearZones: { id: 0x04000201, ...bcd(1), zh: '年时区数', ...RW },
  dayTables: { id: 0x04000202, ...bcd(1), zh: '日时段表数', ...RW },
  dayPeriods: { id: 0x04000203, ...bcd(1), zh: '日时段数', ...RW },
  rates: { id: 0x04000204, ...bcd(1), zh: '费率数', ...RW },
  holidays: { id: 0x04000205, ...bcd(2), zh: '公共假日数', ...RW },
  harmonicsAnalysed: { id: 0x04000206, ...bcd(1), zh: '谐波分析次数', ...RW },
  ladderSteps: { id: 0x04000207, ...bcd(1), zh: '梯度数', ...SG },
  keys: { id: 0x04000208, ...binary(1), zh: '密钥总条数', access: 'r', clause: 'SG FWB FWD' },

  autoScreens: { id: 0x04000301, ...bcd(1), zh: '自动循环显示屏数', ...RW },
  screenTime: { id: 0x04000302, ...seconds, zh: '每屏显示时间', ...RW },
  energyDecimals: { id: 0x04000303, ...bcd(1), zh: '显示电能小数位数', ...RW },
  powerDecimals: { id: 0x04000304, ...bcd(1), zh: '显示功率小数位数', ...RW },
  keyScreens: { id: 0x04000305, ...bcd(1), zh: '按键循环显示屏数', ...RW },
  currentRatio: { id: 0x04000306, ...bcd(3), zh: '电流互感器变比', ...SG1 },
  voltageRatio: { id: 0x04000307, ...bcd(3), zh: '电压互感器变比', ...SG1 },
  fullDisplayTime: { id: 0x04000308, ...seconds, zh: '上电全显时间', access: 'rw2', clause: 'SG FWB' },

  communicationAddress: { id: 0x04000401, ...digits(6), zh: '通信地址', ...RW },
  meterNumber: { id: 0x04000402, ...digits(6), zh: '表号', access: 'rw1', clause: 'A.5 600 FWD' },
  assetCode: { id: 0x04000403, ...text(32), zh: '资产管理编码', ...RW },
  ratedVoltage: { id: 0x04000404, ...text(6), zh: '额定电压', ...R },
  basicCurrent: { id: 0x04000405, ...text(6), zh: '额定电流/基本电流', ...R },
  greatestCurrent: { id: 0x04000406, ...text(6), zh: '最大电流', ...R },
  activeAccuracy: { id: 0x04000407, ...text(4), zh: '有功准确度等级', ...R },
  reactiveAccuracy: { id: 0x04000408, ...text(4), zh: '无功准确度等级', ...R },
  activeConstant: { id: 0x04000409, ...bcd(3, 'imp/kWh'), zh: '电表有功常数', ...R },
  reactiveConstant: { id: 0x0400040a, ...bcd(3, 'imp/kvarh'), zh: '电表无功常数', ...R },
  meterModel: { id: 0x0400040b, ...text(10), zh: '电表型号', ...R },
  productionDate: { id: 0x0400040c, ...text(10), zh: '生产日期', ...R },
  protocolVersion: { id: 0x0400040d, ...text(16), zh: '协议版本号', ...R },
  customerNumber: { id: 0x0400040e, ...digits(6), zh: '客户编号', access: 'rw1', clause: 'SG CLOU FWC FWD' },
  meterLocation: { id: 0x0400040f, ...raw(11), zh: '电能表位置信息', access: 'rw2', clause: 'SG FWB' },

  statusWord1: { id: 0x04000501, ...statusWord1, zh: '电表运行状态字1', access: 'r', clause: 'A.5 LIB HDR YJ JS3' },
  statusWord2: { id: 0x04000502, ...statusWord2, zh: '电表运行状态字2', access: 'r', clause: 'A.5 HDR YJ JS3' },
  statusWord3: {
    id: 0x04000503,
    codec: 'statusWord3',
    bytes: 2,
    ...plain,
    zh: '电表运行状态字3',
    access: 'r',
    clause: 'A.5 HDR CLOU JS3',
  },
  statusWord4: {
    id: 0x04000504,
    ...phaseStatusWord,
    zh: '电表运行状态字4(A相故障)',
    access: 'r',
    clause: 'A.5 HDR YJ BOBY',
  },
  statusWord5: {
    id: 0x04000505,
    ...phaseStatusWord,
    zh: '电表运行状态字5(B相故障)',
    access: 'r',
    clause: 'A.5 HDR YJ BOBY',
  },
  statusWord6: {
    id: 0x04000506,
    ...phaseStatusWord,
    zh: '电表运行状态字6(C相故障)',
    access: 'r',
    clause: 'A.5 HDR YJ BOBY',
  },
  statusWord7: { id: 0x04000507, ...statusWord7, zh: '电表运行状态字7(合相故障)', access: 'r', clause: 'A.5 HDR YJ' },
  keyWord: { id: 0x04000508, ...keyWord, zh: '密钥状态字', access: 'r', clause: 'SG FWD CLOU JS3' },
  statusWordBlock: {
    id: 0x040005ff,
    codec: 'statusWords',
    bytes: 2,
    ...plain,
    zh: '电表运行状态字数据块',
    access: 'r',
    clause: 'A.5 CLOU JS3',
  },

  activeCombination: { id: 0x04000601, ...activeCombination, zh: '有功组合方式特征字', ...RW },
  reactiveCombination1: { id: 0x04000602, ...reactiveCombination, zh: '无功组合方式1特征字', ...RW },
  reactiveCombination2: { id: 0x04000603, ...reactiveCombination, zh: '无功组合方式2特征字', ...RW },
  infraredRate: { id: 0x04000701, ...rateWord, zh: '调制型红外光口通信速率特征字', ...RW },
  contactInfraredRate: { id: 0x04000702, ...rateWord, zh: '接触式红外光口通信速率特征字', ...RW },
  port1Rate: { id: 0x04000703, ...rateWord, zh: '通信口1通信速率特征字', ...RW },
  port2Rate: { id: 0x04000704, ...rateWord, zh: '通信口2通信速率特征字', ...RW },
  port3Rate: { id: 0x04000705, ...rateWord, zh: '通信口3通信速率特征字', ...RW },
  workdays: { id: 0x04000801, ...workdays, zh: '周休日特征字', ...RW },
  weekendDayTable: { id: 0x04000802, ...bcd(1), zh: '周休日采用的日时段表号', ...RW },
  loadProfileMode: { id: 0x04000901, ...loadProfileMode, zh: '负荷记录模式字', ...RW },
  timedFreezeMode: { id: 0x04000902, ...freezeMode, zh: '定时冻结数据模式字', ...RW },
  instantFreezeMode: { id: 0x04000903, ...freezeMode, zh: '瞬时冻结数据模式字', ...SG },
  agreedFreezeMode: { id: 0x04000904, ...freezeMode, zh: '约定冻结数据模式字', ...SG },
  hourlyFreezeMode: { id: 0x04000905, ...hourlyFreezeMode, zh: '整点冻结数据模式字', ...SG },
  dailyFreezeMode: { id: 0x04000906, ...freezeMode, zh: '日冻结数据模式字', ...SG },
  loadProfileStart: { id: 0x04000a01, ...moment('MMDDhhmm'), zh: '负荷记录起始时间', ...RW },

  forwardPowerLimit: { id: 0x04000e01, ...powerLimit, zh: '正向有功功率上限值', ...RW },
  reversePowerLimit: { id: 0x04000e02, ...powerLimit, zh: '反向有功功率上限值', ...RW },
  upperVoltageLimit: { id: 0x04000e03, ...voltage, zh: '电压上限值', ...RW },
  lowerVoltageLimit: { id: 0x04000e04, ...voltage, zh: '电压下限值', ...RW },
  energyAlarm1: { id: 0x04000f01, ...energy, zh: '报警电量1限值', ...SG },
  energyAlarm2: { id: 0x04000f02, ...energy, zh: '报警电量2限值', ...SG },
  energyHoardingLimit: { id: 0x04000f03, ...energy, zh: '囤积电量限值', ...SG },
  energyOverdraftLimit: { id: 0x04000f04, ...energy, zh: '透支电量限值', ...SG },
  moneyAlarm1: { id: 0x04001001, ...money, zh: '报警金额1限值', ...SG1 },
  moneyAlarm2: { id: 0x04001002, ...money, zh: '报警金额2限值', ...SG1 },
  moneyOverdraftLimit: { id: 0x04001003, ...money, zh: '透支金额限值', ...SG },
  moneyHoardingLimit: { id: 0x04001004, ...money, zh: '囤积金额限值', ...SG },
  moneyToClose: { id: 0x04001005, ...money, zh: '合闸允许金额限值', ...SG },
  refund: { id: 0x04001006, ...binary(4, 'fen'), zh: '退费金额', access: 'w2', clause: 'SG FWB FWA' },
  characteristicWord1: { id: 0x04001101, ...characteristicWord1, zh: '电表运行特征字1', ...FW },
  activeReportMode: { id: 0x04001104, ...raw(8), zh: '主动上报模式字', access: 'rw2', clause: 'SG FWB COLB' },
  hourlyFreezeStart: { id: 0x04001201, ...minute, zh: '整点冻结起始时间', ...SG },
  hourlyFreezeInterval: { id: 0x04001202, ...bcd(1, 'min'), zh: '整点冻结时间间隔', ...SG },
  dailyFreezeTime: { id: 0x04001203, ...moment('hhmm'), zh: '日冻结时间', ...SG },
  radioSignal: { id: 0x04001301, ...bcd(1), zh: '无线通信在线及信号强弱指示', access: 'rw3', clause: 'SG CLOU FWB' },
  tripDelay: { id: 0x04001401, ...bcd(2, 'min'), zh: '跳闸延时时间', ...SG },
  // Older meters hold a closing delay of two bytes here: see the profiles.
  tripCurrentLimit: { id: 0x04001402, ...maxCurrent, zh: '继电器拉闸控制电流门限值', ...FW },
  tripCurrentProtectionDelay: { id: 0x04001403, ...bcd(2, 'min'), zh: '继电器拉闸控制电流门限保护延时时间', ...FW },
  infraredAuthenticationTime: { id: 0x04001404, ...bcd(1, 'min'), zh: '红外认证时效', ...FW },
  reportResetDelay: { id: 0x04001405, ...bcd(1, 'min'), zh: '上报状态字自动复位延时时间', ...FW },
  activeReportStatus: {
    id: 0x04001501,
    ...record({ status: raw(12), counts: rest }),
    zh: '主动上报状态字',
    access: 'r',
    clause: 'SG FWA COLB COLD',
  },
  activeReportReset: { id: 0x04001503, ...raw(12), zh: '复位主动上报状态字', access: 'w3', clause: 'SG FWA CLOU COLB' },

  presentLadderTable: { id: 0x040604ff, ...ladderTable, zh: '当前套阶梯参数', access: 'r', clause: 'SG FWA FWB CLOU' },
  spareLadderTable: { id: 0x040605ff, ...ladderTable, zh: '备用套阶梯参数', access: 'rw1', clause: 'SG FWA FWB CLOU' },
  presentLadderTableLong: {
    id: 0x040606ff,
    ...longLadderTable,
    zh: '当前套阶梯表',
    access: 'r',
    clause: 'CSG FWB CLOU',
  },
  spareLadderTableLong: {
    id: 0x040607ff,
    ...longLadderTable,
    zh: '备用套阶梯表',
    access: 'rw1',
    clause: 'CSG FWB CLOU',
  },
  presentLadderTable2: {
    id: 0x04060aff,
    ...longLadderTable,
    zh: '第二套当前阶梯表',
    access: 'r',
    clause: 'CSG FWB CLOU',
  },
  spareLadderTable2: {
    id: 0x04060bff,
    ...longLadderTable,
    zh: '第二套备用阶梯表',
    access: 'rw1',
    clause: 'CSG FWB CLOU',
  },
  presentLadderZones: {
    id: 0x04070000,
    ...list(moment('MMDDNN'), 4, 4),
    zh: '当前套阶梯时区表',
    access: 'rw2',
    clause: 'SG FWB',
  },
  spareLadderZones: {
    id: 0x04070001,
    ...list(moment('MMDDNN'), 4, 4),
    zh: '备用套阶梯时区表',
    access: 'rw2',
    clause: 'SG FWB',
  },

  zoneTable1: { id: 0x04010000, ...list(moment('MMDDNN'), 1, 14), zh: '第一套时区表', ...RW },
  zoneTable2: { id: 0x04020000, ...list(moment('MMDDNN'), 1, 14), zh: '第二套时区表', ...RW },

  voltageLossTrigger: { id: 0x04090101, ...voltage, zh: '失压事件电压触发上限', ...T },
  voltageLossRecovery: { id: 0x04090102, ...voltage, zh: '失压事件电压恢复下限', ...T },
  voltageLossCurrent: { id: 0x04090103, ...maxCurrent, zh: '失压事件电流触发下限', ...T },
  voltageLossDelay: { id: 0x04090104, ...seconds, zh: '失压事件判定延时时间', ...T },
  underVoltageTrigger: { id: 0x04090201, ...voltage, zh: '欠压事件电压触发上限', ...T },
  underVoltageDelay: { id: 0x04090202, ...seconds, zh: '欠压事件判定延时时间', ...T },
  overVoltageTrigger: { id: 0x04090301, ...voltage, zh: '过压事件电压触发下限', ...T },
  overVoltageDelay: { id: 0x04090302, ...seconds, zh: '过压事件判定延时时间', ...T },
  phaseBreakVoltage: { id: 0x04090401, ...voltage, zh: '断相事件电压触发上限', ...T },
  phaseBreakCurrent: { id: 0x04090402, ...maxCurrent, zh: '断相事件电流触发上限', ...T },
  phaseBreakDelay: { id: 0x04090403, ...seconds, zh: '断相事件判定延时时间', ...T },
  voltageUnbalanceLimit: { id: 0x04090501, ...percent, zh: '电压不平衡率限值', ...T },
  voltageUnbalanceDelay: { id: 0x04090502, ...seconds, zh: '电压不平衡率判定延时时间', ...T },
  currentUnbalanceLimit: { id: 0x04090601, ...percent, zh: '电流不平衡率限值', ...T },
  currentUnbalanceDelay: { id: 0x04090602, ...seconds, zh: '电流不平衡率判定延时时间', ...T },
  currentLossVoltage: { id: 0x04090701, ...voltage, zh: '失流事件电压触发下限', ...T },
  currentLossUpper: { id: 0x04090702, ...maxCurrent, zh: '失流事件电流触发上限', ...T },
  currentLossLower: { id: 0x04090703, ...maxCurrent, zh: '失流事件电流触发下限', ...T },
  currentLossDelay: { id: 0x04090704, ...seconds, zh: '失流事件判定延时时间', ...T },
  overCurrentTrigger: { id: 0x04090801, ...bcd(2, 'mA', 100), zh: '过流事件电流触发下限', ...T },
  overCurrentDelay: { id: 0x04090802, ...seconds, zh: '过流事件判定延时时间', ...T },
  currentBreakVoltage: { id: 0x04090901, ...voltage, zh: '断流事件电压触发下限', ...T },
  currentBreakCurrent: { id: 0x04090902, ...maxCurrent, zh: '断流事件电流触发上限', ...T },
  currentBreakDelay: { id: 0x04090903, ...seconds, zh: '断流事件判定延时时间', ...T },
  powerReversedTrigger: { id: 0x04090a01, ...powerLimit, zh: '潮流反向事件有功功率触发下限', ...T },
  powerReversedDelay: { id: 0x04090a02, ...seconds, zh: '潮流反向事件判定延时时间', ...T },
  overloadTrigger: { id: 0x04090b01, ...powerLimit, zh: '过载事件有功功率触发下限', ...T },
  overloadDelay: { id: 0x04090b02, ...seconds, zh: '过载事件判定延时时间', ...T },
  qualifiedVoltageUpper: { id: 0x04090c01, ...voltage, zh: '电压考核上限', ...T },
  qualifiedVoltageLower: { id: 0x04090c02, ...voltage, zh: '电压考核下限', ...T },
  activeDemandLimit: { id: 0x04090d01, ...powerLimit, zh: '有功需量超限事件需量触发下限', ...T },
  reactiveDemandLimit: { id: 0x04090d02, ...reactivePowerLimit, zh: '无功需量超限事件需量触发下限', ...T },
  demandLimitDelay: { id: 0x04090d03, ...seconds, zh: '需量超限事件判定延时时间', ...T },
  powerFactorLimit: { id: 0x04090e01, ...powerFactor, signed: false, zh: '总功率因数超下限阀值', ...T },
  powerFactorDelay: { id: 0x04090e02, ...seconds, zh: '总功率因数超下限判定延时时间', ...T },
  severeUnbalanceLimit: { id: 0x04090f01, ...percent, zh: '电流严重不平衡限值', ...T },
  severeUnbalanceDelay: { id: 0x04090f02, ...seconds, zh: '电流严重不平衡触发延时时间', ...T },

  softwareVersion: { id: 0x04800001, ...text(32), zh: '厂家软件版本号', access: 'r', clause: 'A.5 600 FWA' },
  hardwareVersion: { id: 0x04800002, ...text(32), zh: '厂家硬件版本号', access: 'r', clause: 'A.5 600 FWA' },
  vendorCode: { id: 0x04800003, ...text(32), zh: '厂家编号', access: 'r', clause: 'A.5 600 FWA' },
  filingNumber: { id: 0x04800004, ...rest, zh: '软件备案号', access: 'r', clause: 'SG FWA' },
} as const satisfies Record<string, Row>

/** 04000A02 to 07 are the intervals of load classes 1 to 6. */
const loadClassAxis: Axis = Object.freeze({
  byte: 0,
  labels: Array.from({ length: 6 }, (_, index) => ({
    code: 2 + index,
    suffix: `${1 + index}`,
    zh: `第${1 + index}类`,
  })),
})
/** 04000C01 to 0A are the passwords of levels 0 to 9. */
const passwordAxis: Axis = Object.freeze({
  byte: 0,
  labels: Array.from({ length: 10 }, (_, level) => ({ code: 1 + level, suffix: `${level}`, zh: `${level}级` })),
})
/** Conductance, susceptance, resistance, reactance of phases A, B and C. */
const coefficientAxis: Axis = Object.freeze({
  byte: 0,
  labels: ['A', 'B', 'C'].flatMap((phase, place) =>
    (['Conductance', 'Susceptance', 'Resistance', 'Reactance'] as const).map((name, index) => ({
      code: 1 + 4 * place + index,
      suffix: `${phase}${name}`,
      zh: `${phase}相${['电导', '电纳', '电阻', '电抗'][index] ?? ''}`,
    })),
  ),
})

const dayTable = list(moment('hhmmNN'), 1, 14)
const holiday = moment('YYMMDDNN')
// The identifier that is shown, on grid meters with the part of the screen behind it.
const screen = record({ shown: identifierFormat, part: rest })

export const parameterFamilies: Readonly<Record<string, Family>> = {
  loadInterval: { base: 0x04000a00, axes: [loadClassAxis], format: bcd(2, 'min'), zh: '负荷记录间隔时间', ...RW },
  settlementDay: {
    base: 0x04000b00,
    axes: [numberAxis(1, 3, '', '')],
    format: moment('DDhh'),
    zh: '每月结算日',
    ...RW,
  },
  passwordLevel: {
    base: 0x04000c00,
    axes: [passwordAxis],
    format: record({ level: bcd(1), password: digits(3) }),
    zh: '密码',
    access: 'w',
    clause: 'A.5 600 FWC',
  },
  lineCoefficient: {
    base: 0x04000d00,
    axes: [coefficientAxis],
    format: bcd(2, '1/1000'),
    zh: '线路及变压器损耗系数',
    ...RW,
  },
  dayTable1Number: {
    base: 0x04010000,
    axes: [numberAxis(1, 8, '', '', false)],
    format: dayTable,
    zh: '第一套日时段表',
    ...RW,
  },
  dayTable2Number: {
    base: 0x04020000,
    axes: [numberAxis(1, 8, '', '', false)],
    format: dayTable,
    zh: '第二套日时段表',
    ...RW,
  },
  holiday: { base: 0x04030000, axes: [numberAxis(1, 254, '', '', false)], format: holiday, zh: '公共假日', ...RW },
  autoScreen: {
    base: 0x04040100,
    axes: [numberAxis(1, 254, '', '', false)],
    format: screen,
    zh: '自动循环显示屏',
    ...RW,
  },
  keyScreen: {
    base: 0x04040200,
    axes: [numberAxis(1, 254, '', '', false)],
    format: screen,
    zh: '按键循环显示屏',
    ...RW,
  },
  presentRatePrice: {
    base: 0x04050100,
    axes: [numberAxis(1, 63, '', '')],
    format: price,
    zh: '当前套费率电价',
    ...SGR,
  },
  spareRatePrice: { base: 0x04050200, axes: [numberAxis(1, 63, '', '')], format: price, zh: '备用套费率电价', ...SG1 },
}
