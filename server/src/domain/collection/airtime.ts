import { mostTries } from './plan-line.ts'
import { dataSets, type DataSet } from './data-set.ts'

/** One question and its answer, in bytes on the wire, wake-up bytes included. */
export type ExchangeBytes = Readonly<{ request: number; reply: number }>

/** Meters of a line that are alike. */
export type AirtimeGroup = Readonly<{
  name: string
  meters: number
  /** From the last byte of a question to the first of its answer, gateway and network included. */
  turnaroundMs: number
  /** Silence that their language wants before a question (Modbus RTU: 3.5 characters). */
  quietMs: number
  sets: readonly Readonly<{ dataSet: DataSet; minutes: number; exchanges: readonly ExchangeBytes[] }>[]
}>

export type AirtimeLine = Readonly<{
  baudRate: number
  parity: 'none' | 'even' | 'odd'
  groups: readonly AirtimeGroup[]
  /** Share of the meters that do not answer, 0 to 1. */
  deadShare: number
  /** How long a question to a silent meter keeps the line, beyond its bytes. */
  silenceMs: number
}>

/** `tight`: it holds, but less than the reserve that repeats, commands and back-fill want is left. */
export type AirtimeVerdict = 'holds' | 'tight' | 'fails'

export type AirtimePlan = Readonly<{
  byteMs: number
  sets: readonly Readonly<{ dataSet: DataSet; exchangesPerHour: number; share: number }>[]
  /** Share of the line that waits for meters which do not answer. */
  silentShare: number
  /** Of everything together; more than 1 cannot be done. */
  share: number
  /** 1 less the share. */
  reserve: number
  /** One round of the energy of every meter, silent ones included. */
  energyRoundMs: number
  /** The shortest interval in which that is to be done; null when no energy is collected. */
  energyIntervalMs: number | null
  /** The most that a relay command may have to wait for: the longest exchange there is. */
  longestExchangeMs: number
  /** So many times as many meters of the same kinds could hang on this line; 0 when nothing is collected. */
  room: number
  verdict: AirtimeVerdict
}>

/** Less than this free, and a bad day (repeats, a round of back-fill) may not fit. */
const wantedReserve = 0.2

const hourMs = 3_600_000
const minuteMs = 60_000

/** Start bit, eight data bits, stop bit, and the parity bit where there is one. */
const bitsOfByte = (parity: AirtimeLine['parity']): number => (parity === 'none' ? 10 : 11)

/**
 * What a line has to carry, from lengths and paces alone: before it is built, or with what was measured of it. Silent
 * meters are asked one thing per try and set of energy; for anything else they are passed over.
 */
export const planAirtime = (line: AirtimeLine): AirtimePlan => {
  const byteMs = (bitsOfByte(line.parity) * 1_000) / line.baudRate
  const alive = 1 - line.deadShare
  const exchangeMs = (group: AirtimeGroup, { request, reply }: ExchangeBytes): number =>
    (request + reply) * byteMs + group.turnaroundMs + group.quietMs
  const sets = dataSets.flatMap((dataSet) => {
    let exchangesPerHour = 0
    let msPerHour = 0
    for (const group of line.groups)
      for (const set of group.sets) {
        if (set.dataSet !== dataSet) continue
        const perHour = (group.meters * alive * hourMs) / (set.minutes * minuteMs)
        exchangesPerHour += perHour * set.exchanges.length
        msPerHour += perHour * sum(set.exchanges.map((one) => exchangeMs(group, one)))
      }
    return exchangesPerHour === 0 ? [] : [{ dataSet, exchangesPerHour, share: msPerHour / hourMs }]
  })
  const energy = line.groups.flatMap((group) =>
    group.sets.flatMap((set) => (set.dataSet === 'energy' ? [{ group, ...set }] : [])),
  )
  /** One question without an answer. */
  const unansweredMs = ({ exchanges }: { exchanges: readonly ExchangeBytes[] }): number => {
    const [first] = exchanges
    return first === undefined ? 0 : (first.request + first.reply) * byteMs + line.silenceMs
  }
  const silentShare = sum(
    energy.map((set) => (set.group.meters * line.deadShare * mostTries * unansweredMs(set)) / (set.minutes * minuteMs)),
  )
  const energyRoundMs = sum(
    energy.map((set) => {
      const oneMs = sum(set.exchanges.map((one) => exchangeMs(set.group, one)))
      return set.group.meters * (alive * oneMs + line.deadShare * unansweredMs(set))
    }),
  )
  const intervals = energy.map(({ minutes }) => minutes * minuteMs)
  const energyIntervalMs = intervals.length === 0 ? null : Math.min(...intervals)
  const share = sum(sets.map((set) => set.share)) + silentShare
  const longest = line.groups.flatMap((group) =>
    group.sets.flatMap((set) => set.exchanges.map((one) => exchangeMs(group, one))),
  )
  return {
    byteMs,
    sets,
    silentShare,
    share,
    reserve: 1 - share,
    energyRoundMs,
    energyIntervalMs,
    longestExchangeMs: Math.max(0, ...longest),
    room: share === 0 ? 0 : (1 - wantedReserve) / share,
    verdict: verdictOf(share, energyRoundMs, energyIntervalMs),
  }
}

const verdictOf = (share: number, energyRoundMs: number, energyIntervalMs: number | null): AirtimeVerdict => {
  if (share > 1 || (energyIntervalMs !== null && energyRoundMs > energyIntervalMs)) return 'fails'
  return share > 1 - wantedReserve ? 'tight' : 'holds'
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
