import { rateAxis, settlementAxis } from '../axis.ts'
import type { Family } from '../family.ts'
import type { Format } from '../format.ts'
import type { Row } from '../item.ts'
import {
  apparentDemand,
  apparentEnergy,
  demand,
  energy,
  money,
  reactiveDemand,
  reactiveEnergy,
  signedEnergy,
  signedReactiveDemand,
  signedReactiveEnergy,
} from './units.ts'

// Classes 00 and 01: energy and greatest demand, `cc TT RR SS` with rate RR and settlement day SS, and the registers of
// prepayment 0090.

const A1 = { access: 'r', clause: 'A.1 600 BOBY MDREF' } as const
const A2 = { access: 'r', clause: 'A.2 600 BOBY MDREF' } as const
const SG = { access: 'r', clause: 'SG CLOU FWB' } as const

/** The lines that programs know by name; the others of these classes come from the families below. */
export const energyRows = {
  combinedActiveEnergyTotal: { id: 0x00000000, ...signedEnergy, zh: '组合有功总电能', ...A1 },
  forwardActiveEnergyTotal: { id: 0x00010000, ...energy, zh: '正向有功总电能', ...A1 },
  // Rates 1 to 4 are sharp, peak, flat and valley on almost every meter.
  forwardActiveEnergyRate1: { id: 0x00010100, ...energy, zh: '正向有功费率1(尖)电能', ...A1 },
  forwardActiveEnergyRate2: { id: 0x00010200, ...energy, zh: '正向有功费率2(峰)电能', ...A1 },
  forwardActiveEnergyRate3: { id: 0x00010300, ...energy, zh: '正向有功费率3(平)电能', ...A1 },
  forwardActiveEnergyRate4: { id: 0x00010400, ...energy, zh: '正向有功费率4(谷)电能', ...A1 },
  forwardActiveEnergyBlock: { id: 0x0001ff00, ...energy, codec: 'totalAndRates', zh: '正向有功电能数据块', ...A1 },
  reverseActiveEnergyTotal: { id: 0x00020000, ...energy, zh: '反向有功总电能', ...A1 },
  reverseActiveEnergyBlock: { id: 0x0002ff00, ...energy, codec: 'totalAndRates', zh: '反向有功电能数据块', ...A1 },

  ladderEnergyThisPeriod: { id: 0x000b0000, ...energy, zh: '当前结算周期组合有功总累计用电量', ...SG },
  ladderEnergyLastPeriod: { id: 0x000b0001, ...energy, zh: '上1结算周期组合有功总累计用电量', ...SG },
  energyThisMonth: { id: 0x000c0000, ...energy, zh: '当前月度组合有功总累计用电量', ...SG },
  energyLastMonth: { id: 0x000c0001, ...energy, zh: '上1月度组合有功总累计用电量', ...SG },
  ladderEnergyThisYear: { id: 0x000d0000, ...energy, zh: '当前年结算周期组合有功总累计用电量', ...SG },
  ladderEnergyYearBefore1: { id: 0x000d0001, ...energy, zh: '上1年结算周期累计用电量', ...SG },
  ladderEnergyYearBefore2: { id: 0x000d0002, ...energy, zh: '上2年结算周期累计用电量', ...SG },
  ladderEnergyYearBefore3: { id: 0x000d0003, ...energy, zh: '上3年结算周期累计用电量', ...SG },
  ladderEnergyYearBefore4: { id: 0x000d0004, ...energy, zh: '上4年结算周期累计用电量', ...SG },

  forwardActiveDemandTotal: { id: 0x01010000, ...demand, zh: '正向有功最大需量及发生时间总(当前)', ...A2 },

  remainingEnergy: { id: 0x00900100, ...energy, zh: '剩余电量', access: 'r', clause: 'SG CLOU COLC' },
  overdrawnEnergy: { id: 0x00900101, ...energy, zh: '透支电量', access: 'r', clause: 'SG COLC' },
  purchasedEnergy: { id: 0x00900102, ...energy, zh: '累计购电量', access: 'r', clause: 'SG COLC' },
  remainingMoney: { id: 0x00900200, ...money, zh: '剩余金额', access: 'r', clause: 'SG CLOU FWA FWC COLC' },
  overdrawnMoney: { id: 0x00900201, ...money, zh: '透支金额', access: 'r', clause: 'SG CLOU FWA FWC' },
  remainingFreeMoney: { id: 0x00900220, ...money, zh: '剩余赠送金额', access: 'r', clause: 'YJ (one vendor)' },
} as const satisfies Record<string, Row>

type Quantity = readonly [type: number, name: string, zh: string, energy: Format, demand: Format]

const quantities: readonly Quantity[] = [
  [0x00, 'combinedActive', '组合有功', signedEnergy, demand],
  [0x01, 'forwardActive', '正向有功', energy, demand],
  [0x02, 'reverseActive', '反向有功', energy, demand],
  [0x03, 'combinedReactive1', '组合无功1', signedReactiveEnergy, signedReactiveDemand],
  [0x04, 'combinedReactive2', '组合无功2', signedReactiveEnergy, signedReactiveDemand],
  [0x05, 'quadrant1Reactive', '第一象限无功', reactiveEnergy, reactiveDemand],
  [0x06, 'quadrant2Reactive', '第二象限无功', reactiveEnergy, reactiveDemand],
  [0x07, 'quadrant3Reactive', '第三象限无功', reactiveEnergy, reactiveDemand],
  [0x08, 'quadrant4Reactive', '第四象限无功', reactiveEnergy, reactiveDemand],
  [0x09, 'forwardApparent', '正向视在', apparentEnergy, apparentDemand],
  [0x0a, 'reverseApparent', '反向视在', apparentEnergy, apparentDemand],
]

const associated: readonly (readonly [type: number, name: string, zh: string])[] = [
  [0x80, 'associatedEnergy', '关联电能'],
  [0x81, 'fundamentalForwardActiveEnergy', '正向有功基波电能'],
  [0x82, 'fundamentalReverseActiveEnergy', '反向有功基波电能'],
  [0x83, 'harmonicForwardActiveEnergy', '正向有功谐波电能'],
  [0x84, 'harmonicReverseActiveEnergy', '反向有功谐波电能'],
  [0x85, 'copperLossEnergy', '铜损有功电能补偿量'],
  [0x86, 'ironLossEnergy', '铁损有功电能补偿量'],
]

/** Phases A, B and C repeat the types, 14H apart. */
const phaseStep = 0x14
const wholes = [
  ['', ''],
  ['phaseA', 'A相'],
  ['phaseB', 'B相'],
  ['phaseC', 'C相'],
] as const
const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1)
const nameIn = (phase: string, name: string): string => (phase === '' ? name : phase + capital(name))

const axes = [rateAxis, settlementAxis] as const
const lines: [string, Family][] = []
for (const [place, [phase, phaseZh]] of wholes.entries()) {
  const offset = place * phaseStep
  for (const [type, name, zh, energyFormat, demandFormat] of quantities) {
    // There is no combined active energy of a single phase, and no combined active demand at all.
    const base = (type + offset) << 16
    if (type !== 0 || place === 0) {
      lines.push([
        `${nameIn(phase, name)}Energy`,
        { base, axes, format: energyFormat, zh: `${phaseZh}${zh}电能`, ...A1 },
      ])
    }
    if (type !== 0) {
      const words = `${phaseZh}${zh}最大需量及发生时间`
      const format = demandFormat
      lines.push([`${nameIn(phase, name)}Demand`, { base: 0x01000000 | base, axes, format, zh: words, ...A2 }])
    }
  }
  for (const [type, name, zh] of associated) {
    lines.push([nameIn(phase, name), { base: (type + offset) << 16, axes, format: energy, zh: phaseZh + zh, ...A1 }])
  }
}

export const energyFamilies: Readonly<Record<string, Family>> = Object.fromEntries(lines)
