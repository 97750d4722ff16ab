import { ownLocalTime } from './meter-clock.ts'
import { currentOf, powerOf, voltageOf } from './power.ts'
import { rateRegister } from './register-bank.ts'
import type { Meter } from './state.ts'
import { isAlarming, overdraftFen, remainingFen } from './wallet.ts'

/** What somebody in front of the meter sees. */
export type Display = Readonly<{
  /** The item shown now, and how many there are; it changes every five seconds of the meter's clock. */
  item: number
  items: number
  label: string
  text: string
  /** Signs beside the digits: 拉闸 relay open, 请购电 buy now, 允许合闸 press the button. */
  signs: readonly string[]
  /** Lit while the meter warns. */
  backlight: boolean
}>

const secondsPerItem = 5

const fixed = (value: number, decimals: number, width: number): string => value.toFixed(decimals).padStart(width, '0')
const kwh = (wh: number): string => `${fixed(Math.floor(wh / 10) / 100, 2, 9)} kWh`
const two = (value: number): string => String(value).padStart(2, '0')

type Item = Readonly<{ label: string; text: (meter: Meter) => string }>

const common: readonly Item[] = [
  { label: '正向有功总电量', text: ({ bank, row }) => kwh(bank.totalWh(row, 'forward')) },
  ...['尖', '峰', '平', '谷'].map((name, index) => ({
    label: `正向有功${name}电量`,
    text: ({ bank, row }: Meter) => kwh(bank.wh(row, rateRegister('forward', index + 1))),
  })),
  { label: '反向有功总电量', text: ({ bank, row }) => kwh(bank.totalWh(row, 'reverse')) },
  { label: '功率', text: (meter) => `${fixed(powerOf(meter).activeTotal / 1_000_000, 4, 7)} kW` },
  ...(['A', 'B', 'C'] as const).map((name, phase) => ({
    label: `${name}相`,
    text: (meter: Meter) =>
      `${fixed(voltageOf(meter, phase) / 1_000, 1, 5)} V ${fixed(currentOf(meter, powerOf(meter), phase as 0 | 1 | 2) / 1_000, 3, 7)} A`,
  })),
  {
    label: '日期时间',
    text: (meter) => {
      const { year, month, day, hour, minute, second } = ownLocalTime(meter)
      return `${two(year % 100)}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}`
    },
  },
  { label: '表号', text: ({ address }) => address },
]

const prepaid: readonly Item[] = [
  { label: '剩余金额', text: ({ wallet }) => `${fixed(wallet === null ? 0 : remainingFen(wallet) / 100, 2, 9)} 元` },
  { label: '透支金额', text: ({ wallet }) => `${fixed(wallet === null ? 0 : overdraftFen(wallet) / 100, 2, 9)} 元` },
]

/** Item 0 is the first; without a number the one whose turn it is. */
export const displayOf = (meter: Meter, chosen?: number): Display => {
  const items = meter.wallet === null ? common : [...prepaid, ...common]
  const turn = Math.floor(meter.livedTo / (secondsPerItem * 1_000))
  const item = (chosen ?? turn) % items.length
  const { label, text } = items[item] ?? { label: '', text: () => '' }
  const alarming = meter.alarm || (meter.wallet !== null && isAlarming(meter, meter.wallet))
  const { commanded, actual } = meter.relay
  const signs = [
    ...(actual === 'open' ? ['拉闸'] : []),
    ...(alarming ? ['请购电'] : []),
    ...(commanded === 'closed' && actual === 'open' ? ['允许合闸'] : []),
  ]
  return { item, items: items.length, label, text: text(meter), signs, backlight: alarming }
}
