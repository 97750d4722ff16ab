import { harmonicAxis, phaseAxis, phaseOnlyAxis, totalAndPhaseAxis } from '../axis.ts'
import type { Family } from '../family.ts'
import { bcd } from '../format.ts'
import type { Row } from '../item.ts'
import {
  angle,
  apparentPower,
  apparentPowerLimit,
  batteryVoltage,
  current,
  frequency,
  percent,
  power,
  powerFactor,
  powerLimit,
  price,
  reactivePower,
  reactivePowerLimit,
  temperature,
  voltage,
} from './units.ts'

// Class 02: what the meter measures now. A three-wire meter gives U ab as A, U cb as C, and 0 as B.

const A3 = { access: 'r', clause: 'A.3 600 JS3 MDREF' } as const
const X3 = { access: 'r', clause: 'A.3 600 BOBY FWB' } as const
const SG = { access: 'r', clause: 'SG CLOU FWB' } as const

export const measuredRows = {
  voltageA: { id: 0x02010100, ...voltage, zh: 'A相电压', ...A3 },
  voltageB: { id: 0x02010200, ...voltage, zh: 'B相电压', ...A3 },
  voltageC: { id: 0x02010300, ...voltage, zh: 'C相电压', ...A3 },
  voltageBlock: { id: 0x0201ff00, ...voltage, codec: 'phases', zh: '电压数据块', ...A3 },
  currentA: { id: 0x02020100, ...current, zh: 'A相电流', ...A3 },
  currentB: { id: 0x02020200, ...current, zh: 'B相电流', ...A3 },
  currentC: { id: 0x02020300, ...current, zh: 'C相电流', ...A3 },
  currentBlock: { id: 0x0202ff00, ...current, codec: 'phases', zh: '电流数据块', ...A3 },
  activePowerTotal: { id: 0x02030000, ...power, zh: '瞬时总有功功率', ...A3 },
  activePowerBlock: { id: 0x0203ff00, ...power, codec: 'totalAndPhases', zh: '瞬时有功功率数据块', ...A3 },
  reactivePowerTotal: { id: 0x02040000, ...reactivePower, zh: '瞬时总无功功率', ...A3 },
  reactivePowerBlock: { id: 0x0204ff00, ...reactivePower, codec: 'totalAndPhases', zh: '瞬时无功功率数据块', ...A3 },
  apparentPowerTotal: { id: 0x02050000, ...apparentPower, zh: '瞬时总视在功率', ...A3 },
  apparentPowerBlock: { id: 0x0205ff00, ...apparentPower, codec: 'totalAndPhases', zh: '瞬时视在功率数据块', ...A3 },
  powerFactorTotal: { id: 0x02060000, ...powerFactor, zh: '总功率因数', ...A3 },
  powerFactorBlock: { id: 0x0206ff00, ...powerFactor, codec: 'totalAndPhases', zh: '功率因数数据块', ...A3 },

  neutralCurrent: { id: 0x02800001, ...current, zh: '零线电流', ...X3 },
  frequency: { id: 0x02800002, ...frequency, zh: '电网频率', ...X3 },
  averageActivePower: { id: 0x02800003, ...power, zh: '一分钟有功总平均功率', ...X3 },
  presentActiveDemand: { id: 0x02800004, ...powerLimit, zh: '当前有功需量', ...X3 },
  presentReactiveDemand: { id: 0x02800005, ...reactivePowerLimit, zh: '当前无功需量', ...X3 },
  presentApparentDemand: { id: 0x02800006, ...apparentPowerLimit, zh: '当前视在需量', ...X3 },
  temperature: { id: 0x02800007, ...temperature, zh: '表内温度', ...X3 },
  clockBatteryVoltage: { id: 0x02800008, ...batteryVoltage, zh: '时钟电池电压(内部)', ...X3 },
  readingBatteryVoltage: { id: 0x02800009, ...batteryVoltage, zh: '停电抄表电池电压(外部)', ...X3 },
  batteryWorkingTime: { id: 0x0280000a, ...bcd(4, 'min'), zh: '内部电池工作时间', access: 'r', clause: 'A.3 600 FWC' },
  presentLadderPrice: { id: 0x0280000b, ...price, zh: '当前阶梯电价', ...SG },
  presentPrice: { id: 0x02800020, ...price, zh: '当前电价', ...SG },
  presentRatePrice: { id: 0x02800021, ...price, zh: '当前费率电价', ...SG },
  authenticationTimeLeft: { id: 0x02800022, ...bcd(2, 'min'), zh: '身份认证有效时长剩余时间', ...SG },
  infraredAuthenticationTimeLeft: { id: 0x02800023, ...bcd(1, 'min'), zh: '红外认证有效时长剩余时间', ...SG },
} as const satisfies Record<string, Row>

export const measuredFamilies: Readonly<Record<string, Family>> = {
  voltage: { base: 0x02010000, axes: [phaseAxis], format: voltage, zh: '电压', ...A3 },
  current: { base: 0x02020000, axes: [phaseAxis], format: current, zh: '电流', ...A3 },
  activePower: { base: 0x02030000, axes: [totalAndPhaseAxis], format: power, zh: '瞬时有功功率', ...A3 },
  reactivePower: { base: 0x02040000, axes: [totalAndPhaseAxis], format: reactivePower, zh: '瞬时无功功率', ...A3 },
  apparentPower: { base: 0x02050000, axes: [totalAndPhaseAxis], format: apparentPower, zh: '瞬时视在功率', ...A3 },
  powerFactor: { base: 0x02060000, axes: [totalAndPhaseAxis], format: powerFactor, zh: '功率因数', ...A3 },
  phaseAngle: { base: 0x02070000, axes: [phaseAxis], format: angle, zh: '相角', ...A3 },
  voltageDistortion: { base: 0x02080000, axes: [phaseAxis], format: percent, zh: '电压波形失真度', ...A3 },
  currentDistortion: { base: 0x02090000, axes: [phaseAxis], format: percent, zh: '电流波形失真度', ...A3 },
  voltageHarmonic: {
    base: 0x020a0000,
    axes: [phaseOnlyAxis(1), harmonicAxis],
    format: percent,
    zh: '电压谐波含量',
    ...A3,
  },
  currentHarmonic: {
    base: 0x020b0000,
    axes: [phaseOnlyAxis(1), harmonicAxis],
    format: percent,
    zh: '电流谐波含量',
    ...A3,
  },
}
