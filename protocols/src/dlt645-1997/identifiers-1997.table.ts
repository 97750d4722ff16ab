import { bcd, digits, type Format, moment } from '../dlt645/format.ts'
import { wordsOf } from '../dlt645/item.ts'

/**
 * How sure a line is: `published` where a public frame or program shows what the identifier means, `memory` where it is
 * general knowledge that no public source at hand confirms. Try what is of memory against a meter before money depends
 * on it; the decimals of B61x to B65x, too, differ between meters of this age.
 */
export type Certainty = 'published' | 'memory'

/** One identifier of two bytes. */
export type Row1997 = Format & Readonly<{ id: number; zh: string; certainty: Certainty }>
export type Item1997 = Row1997 & Readonly<{ name: string; en: string }>

const number = { codec: 'number', signed: false, scale: 1 } as const
const energy = { ...number, bytes: 4, scale: 10, unit: 'Wh' } as const
const reactiveEnergy = { ...energy, unit: 'varh' } as const
const demand = { ...number, bytes: 3, scale: 100, unit: 'mW' } as const
const reactiveDemand = { ...demand, unit: 'mvar' } as const
const voltage = { ...number, bytes: 2, scale: 1000, unit: 'mV' } as const
const current = { ...number, bytes: 2, scale: 10, unit: 'mA' } as const
const power = { ...number, bytes: 3, scale: 100, unit: 'mW' } as const
const reactivePower = { ...number, bytes: 2, scale: 10_000, unit: 'mvar' } as const
const powerFactor = { ...number, bytes: 2, unit: '1/1000' } as const
const demandTime = moment('MMDDhhmm')

const P = { certainty: 'published' } as const
const M = { certainty: 'memory' } as const

const rows = {
  voltageA: { id: 0xb611, ...voltage, zh: 'A相电压', ...P },
  voltageB: { id: 0xb612, ...voltage, zh: 'B相电压', ...P },
  voltageC: { id: 0xb613, ...voltage, zh: 'C相电压', ...P },
  voltageBlock: { id: 0xb61f, ...voltage, codec: 'phases', zh: '电压数据块', ...P },
  currentA: { id: 0xb621, ...current, zh: 'A相电流', ...P },
  currentB: { id: 0xb622, ...current, zh: 'B相电流', ...P },
  currentC: { id: 0xb623, ...current, zh: 'C相电流', ...P },
  currentBlock: { id: 0xb62f, ...current, codec: 'phases', zh: '电流数据块', ...P },
  activePowerTotal: { id: 0xb630, ...power, zh: '瞬时总有功功率', ...P },
  activePowerA: { id: 0xb631, ...power, zh: 'A相有功功率', ...P },
  activePowerB: { id: 0xb632, ...power, zh: 'B相有功功率', ...P },
  activePowerC: { id: 0xb633, ...power, zh: 'C相有功功率', ...P },
  reactivePowerTotal: { id: 0xb640, ...reactivePower, zh: '瞬时总无功功率', ...P },
  reactivePowerA: { id: 0xb641, ...reactivePower, zh: 'A相无功功率', ...P },
  reactivePowerB: { id: 0xb642, ...reactivePower, zh: 'B相无功功率', ...P },
  reactivePowerC: { id: 0xb643, ...reactivePower, zh: 'C相无功功率', ...P },
  powerFactorTotal: { id: 0xb650, ...powerFactor, zh: '总功率因数', ...P },
  powerFactorA: { id: 0xb651, ...powerFactor, zh: 'A相功率因数', ...P },
  powerFactorB: { id: 0xb652, ...powerFactor, zh: 'B相功率因数', ...P },
  powerFactorC: { id: 0xb653, ...powerFactor, zh: 'C相功率因数', ...P },
  dateAndWeekday: { id: 0xc010, ...moment('YYMMDDWW'), zh: '日期及周次', ...P },
  time: { id: 0xc011, ...moment('hhmmss'), zh: '时间', ...P },
  activeConstant: { id: 0xc030, ...bcd(3, 'imp/kWh'), zh: '电表常数(有功)', ...P },
  reactiveConstant: { id: 0xc031, ...bcd(3, 'imp/kvarh'), zh: '电表常数(无功)', ...P },
  meterNumber: { id: 0xc032, ...digits(6), zh: '表号', ...P },
  userNumber: { id: 0xc033, ...digits(6), zh: '用户号', ...M },
  deviceCode: { id: 0xc034, ...digits(6), zh: '设备码', ...P },
} as const satisfies Record<string, Row1997>

/** Groups of registers, DI1 = group + kind and month: energies, greatest demands, their times. */
const groups = [
  [0x9000, 'Energy', '电能', energy, reactiveEnergy],
  [0xa000, 'Demand', '最大需量', demand, reactiveDemand],
  [0xb000, 'DemandTime', '最大需量发生时间', demandTime, demandTime],
] as const
const months = [
  [0x0000, '', '(当前)'],
  [0x0400, 'LastMonth', '(上月)'],
  [0x0800, 'MonthBeforeLast', '(上上月)'],
] as const
const actives = [
  [0x10, 'forwardActive', '正向有功'],
  [0x20, 'reverseActive', '反向有功'],
] as const
const reactives = [
  [0x10, 'forwardReactive', '正向无功'],
  [0x20, 'reverseReactive', '反向无功'],
  [0x30, 'quadrant1Reactive', '一象限无功'],
  [0x40, 'quadrant4Reactive', '四象限无功'],
  [0x50, 'quadrant2Reactive', '二象限无功'],
  [0x60, 'quadrant3Reactive', '三象限无功'],
] as const
const reactiveKind = 0x0100
const rates = 14
const blockNibble = 0xf
/** 90xx to 95xx: energies of now and of last month. */
const shownBelow = 0x9600
const shownRates = 4

function* registers(): Generator<Item1997> {
  for (const [group, what, whatZh, active, reactive] of groups) {
    for (const [month, monthName, monthZh] of months) {
      for (const [code, name, zh] of actives) {
        yield* ratesOf(group + month + code, [name + what, monthName], `${zh}${whatZh}${monthZh}`, active)
      }
      for (const [code, name, zh] of reactives) {
        yield* ratesOf(
          group + month + reactiveKind + code,
          [name + what, monthName],
          `${zh}${whatZh}${monthZh}`,
          reactive,
        )
      }
    }
  }
}

function* ratesOf(
  id: number,
  [start, end]: readonly [string, string],
  zh: string,
  format: typeof energy | typeof reactiveEnergy | typeof demand | typeof reactiveDemand | typeof demandTime,
): Generator<Item1997> {
  // Of energies now and last month, public tables show total, rates 1 to 4 and block.
  const shown = id < shownBelow ? P : M
  yield itemOf(`${start}Total${end}`, { id, ...format, zh: `${zh}总`, ...shown })
  for (let rate = 1; rate <= rates; rate++) {
    yield itemOf(`${start}Rate${rate}${end}`, {
      id: id + rate,
      ...format,
      zh: `${zh}费率${rate}`,
      ...(rate <= shownRates ? shown : M),
    })
  }
  const block: Format = format.codec === 'number' ? { ...format, codec: 'totalAndRates' } : listOf(format)
  yield itemOf(`${start}Block${end}`, { id: id + blockNibble, ...block, zh: `${zh}数据块`, ...shown })
}

const listOf = (format: Format): Format => ({
  codec: 'rates',
  of: format,
  bytes: format.bytes,
  signed: false,
  scale: 1,
  unit: '',
})

const itemOf = (name: string, row: Row1997): Item1997 => Object.freeze({ ...row, name, en: wordsOf(name) })

const items: readonly Item1997[] = Object.freeze([
  ...Object.entries(rows).map(([name, row]) => itemOf(name, row)),
  ...registers(),
])
const byId: ReadonlyMap<number, Item1997> = new Map(items.map((item) => [item.id, item]))
const byName: ReadonlyMap<string, Item1997> = new Map(items.map((item) => [item.name, item]))

/** All identifiers of the old protocol that can be read here. */
export const items1997 = items

/**
 * @example
 * item1997(0x9010)?.name // 'forwardActiveEnergyTotal'
 */
export const item1997 = (id: number): Item1997 | null => byId.get(id) ?? null
export const item1997ByName = (name: string): Item1997 | null => byName.get(name) ?? null
