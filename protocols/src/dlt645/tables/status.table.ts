import { type BitTable, bits } from '../format.ts'

// Words of conditions, bit by bit, lowest first. A bit is named for what it says when it is 1.

const none = null
const table = (...rows: BitTable): BitTable => Object.freeze(rows)

export const statusWord1 = bits(
  2,
  table(
    none,
    ['demandByBlock', '需量计算方式: 区间(0为滑差)'],
    ['clockBatteryLow', '时钟电池欠压'],
    ['readingBatteryLow', '停电抄表电池欠压'],
    ['activePowerReversed', '有功功率方向反向'],
    ['reactivePowerReversed', '无功功率方向反向'],
    ['meteringChipFault', '计量芯片故障'],
    none,
    ['controlCircuitFault', '控制回路错误'],
    ['securityChipFault', 'ESAM错误'],
    none,
    none,
    ['programFault', '程序错误'],
    ['memoryFault', '存储器故障'],
    ['overdrawn', '透支状态'],
    ['clockFault', '时钟故障'],
  ),
)

export const statusWord2 = bits(
  2,
  table(
    ['activePowerReversedA', 'A相有功功率反向'],
    ['activePowerReversedB', 'B相有功功率反向'],
    ['activePowerReversedC', 'C相有功功率反向'],
    none,
    ['reactivePowerReversedA', 'A相无功功率反向'],
    ['reactivePowerReversedB', 'B相无功功率反向'],
    ['reactivePowerReversedC', 'C相无功功率反向'],
  ),
)

/** Words 4, 5 and 6 are phases A, B and C. */
export const phaseStatusWord = bits(
  2,
  table(
    ['voltageLoss', '失压'],
    ['underVoltage', '欠压'],
    ['overVoltage', '过压'],
    ['currentLoss', '失流'],
    ['overCurrent', '过流'],
    ['overload', '过载'],
    ['powerReversed', '潮流反向'],
    ['phaseBreak', '断相'],
    ['currentBreak', '断流'],
  ),
)

export const statusWord7 = bits(
  2,
  table(
    ['voltageSequenceReversed', '电压逆相序'],
    ['currentSequenceReversed', '电流逆相序'],
    ['voltageUnbalance', '电压不平衡'],
    ['currentUnbalance', '电流不平衡'],
    ['auxiliarySupplyLost', '辅助电源失电'],
    ['powerFailure', '掉电'],
    ['demandOverLimit', '需量超限'],
    ['powerFactorLow', '总功率因数超下限'],
    ['severeCurrentUnbalance', '电流严重不平衡'],
    ['meterCoverOpened', '开表盖'],
    ['terminalCoverOpened', '开端钮盖'],
  ),
)

/** Which keys of the security chip are formal ones; all 17 are in a meter that has been put into service. */
const keys = 17
export const keyWord = bits(
  4,
  Object.freeze(Array.from({ length: keys }, (_, key) => [`key${key}Formal`, `密钥${key}为正式密钥`] as const)),
)

export const activeCombination = bits(
  1,
  table(
    ['forwardAdded', '正向有功(加)'],
    ['forwardSubtracted', '正向有功(减)'],
    ['reverseAdded', '反向有功(加)'],
    ['reverseSubtracted', '反向有功(减)'],
  ),
)

export const reactiveCombination = bits(
  1,
  table(
    ['quadrant1Added', 'Ⅰ象限(加)'],
    ['quadrant1Subtracted', 'Ⅰ象限(减)'],
    ['quadrant2Added', 'Ⅱ象限(加)'],
    ['quadrant2Subtracted', 'Ⅱ象限(减)'],
    ['quadrant3Added', 'Ⅲ象限(加)'],
    ['quadrant3Subtracted', 'Ⅲ象限(减)'],
    ['quadrant4Added', 'Ⅳ象限(加)'],
    ['quadrant4Subtracted', 'Ⅳ象限(减)'],
  ),
)

export const workdays = bits(
  1,
  table(
    ['sundayWorks', '周日工作'],
    ['mondayWorks', '周一工作'],
    ['tuesdayWorks', '周二工作'],
    ['wednesdayWorks', '周三工作'],
    ['thursdayWorks', '周四工作'],
    ['fridayWorks', '周五工作'],
    ['saturdayWorks', '周六工作'],
  ),
)

export const loadProfileMode = bits(
  1,
  table(
    ['voltageCurrentFrequency', '电压、电流、频率'],
    ['power', '有、无功功率'],
    ['powerFactor', '功率因数'],
    ['energy', '有、无功总电能'],
    ['quadrants', '四象限无功总电能'],
    ['demand', '当前需量'],
  ),
)

export const freezeMode = bits(
  1,
  table(
    ['forwardActiveEnergy', '正向有功电能'],
    ['reverseActiveEnergy', '反向有功电能'],
    ['combinedReactive1', '组合无功1电能'],
    ['combinedReactive2', '组合无功2电能'],
    ['quadrants', '四象限无功电能'],
    ['forwardActiveDemand', '正向有功最大需量'],
    ['reverseActiveDemand', '反向有功最大需量'],
    ['variables', '变量'],
  ),
)

export const hourlyFreezeMode = bits(
  1,
  table(['forwardActiveEnergy', '正向有功电能'], ['reverseActiveEnergy', '反向有功电能']),
)

/** Exactly one bit is set. */
export const rateWord = bits(
  1,
  table(
    none,
    ['baud600', '600bps'],
    ['baud1200', '1200bps'],
    ['baud2400', '2400bps'],
    ['baud4800', '4800bps'],
    ['baud9600', '9600bps'],
    ['baud19200', '19200bps'],
  ),
)

/** Sources disagree which level of bit 0 is pulse; it is named for the reading of most. */
export const characteristicWord1 = bits(
  1,
  table(
    ['externalSwitchByLevel', '外置开关控制方式(电平)'],
    ['displayMarksSets', '液晶①②字样意义'],
    ['activeReport', '主动上报模式'],
  ),
)
