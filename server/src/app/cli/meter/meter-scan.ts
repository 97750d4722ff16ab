import { identifiers, standardDictionary } from '@xianfu/protocols'
import { defaultLimits } from '../../../headend/limits.ts'
import type { Transport } from '../../../headend/transport/transport.ts'
import type { Desk } from '../desk.ts'
import { explainData } from '../explain/identifier.ts'
import { calledWrongly } from '../refusal.ts'
import { searchAddresses, type SearchProgress, type SearchResult } from './address-search.ts'
import { createProbe } from './line-probe.ts'
import { openTransport, wireOver } from './meter-link.ts'
import { sessionOn, type LineOptions } from './session.ts'

export type MeterScanOptions = Omit<LineOptions, 'line'> &
  Readonly<{
    parity: LineOptions['line']['parity']
    /** Tried one after the other; a gateway has one of its own, so only serial ports take several. */
    baudRates: readonly number[]
    suffix: string
    deep: boolean
    mostQuestions: number
  }>

export type FoundMeter = Readonly<{
  address: string
  /** How long its answer took; null when it could be read only out of a collision. */
  answerMs: number | null
  /** Whether it answers to its whole address, and what it says. */
  isConfirmed: boolean
  energy: string
}>

/** Finds the meters of a line; the exit code is 0 when there is at least one. */
export const runMeterScan = async (options: MeterScanOptions, desk: Desk): Promise<number> => {
  const { link, baudRates } = options
  if (link.kind !== 'serial' && baudRates.length > 1)
    throw calledWrongly('A gateway has one rate of its own, so several --baud are for --serial alone.')
  const signal = desk.interrupted()
  let found = 0
  for (const baudRate of baudRates) if (!signal.aborted) found += await scanAt(baudRate, options, signal, desk)
  if (found > 0) return 0
  desk.complain(desk.paint('red', nobodyWords(options)))
  return 1
}

const scanAt = async (
  baudRate: number,
  options: MeterScanOptions,
  signal: AbortSignal,
  desk: Desk,
): Promise<number> => {
  const { link, parity, json, waitMs } = options
  const { clock } = desk
  const line = { baudRate, parity }
  const show = json ? desk.complain : desk.print
  const transport = await openTransport({
    link,
    line,
    clock,
    waitMs,
    trace: options.trace ? (text) => show(desk.paint('dim', text)) : null,
    notice: desk.complain,
  })
  try {
    const heard = new Map<string, number | null>()
    const latencyMs = link.kind === 'serial' ? defaultLimits.serialLatencyMs : defaultLimits.gatewayLatencyMs
    const probe = createProbe(transport, { clock, line, latencyMs })
    const startMs = clock.elapsedMs()
    const result = await searchAddresses({
      ask: async (request) => {
        if (probe.isClosed()) throw new Error('The connection was closed while the line was searched.')
        return probe.ask(request)
      },
      suffix: options.suffix,
      deep: options.deep,
      mostQuestions: options.mostQuestions,
      signal,
      onFound: (address, answerMs) => {
        heard.set(address, answerMs)
        if (!json) desk.progress(`found ${address}`)
      },
      onProgress: (progress) => desk.progress(progressText(progress, baudRate, clock.elapsedMs() - startMs)),
    })
    desk.progress(null)
    const meters = await confirm(transport, heard, { ...options, line }, desk)
    report(meters, result, baudRate, options, desk)
    return meters.length
  } finally {
    transport.close('done')
  }
}

const progressText = ({ pattern, asked, left, found }: SearchProgress, baudRate: number, spentMs: number): string => {
  const leftSeconds = asked === 0 ? null : Math.ceil(((spentMs / asked) * left) / 1_000)
  const about = leftSeconds === null || left <= 1 ? '' : `, about ${String(leftSeconds)} s left`
  return `${String(baudRate)} bit/s  ${pattern}  ${String(asked)} asked, ${String(found)} found${about}`
}

/** Each meter is asked by its whole address, which nobody else may answer. */
const confirm = async (
  transport: Transport,
  heard: ReadonlyMap<string, number | null>,
  options: LineOptions,
  desk: Desk,
): Promise<readonly FoundMeter[]> => {
  const session = sessionOn(wireOver(transport, desk.clock), options, desk)
  const meters: FoundMeter[] = []
  for (const [address, answerMs] of [...heard].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    desk.progress(`asking ${address} by its whole address`)
    const { id } = identifiers.forwardActiveEnergyTotal
    const read = await session.read(address, id)
    const isConfirmed = read.ok || read.code === 'refused-by-meter'
    const energy = read.ok ? explainData(standardDictionary, id, read.data, desk.language).text : read.detail
    meters.push({ address, answerMs, isConfirmed, energy })
  }
  desk.progress(null)
  return meters
}

const report = (
  meters: readonly FoundMeter[],
  result: SearchResult,
  baudRate: number,
  { json, parity }: MeterScanOptions,
  desk: Desk,
): void => {
  if (json) {
    desk.print(JSON.stringify({ baudRate, parity, meters, ...result }))
    return
  }
  for (const { address, answerMs, isConfirmed, energy } of meters) {
    const time = answerMs === null ? '' : `  (${String(answerMs)} ms)`
    desk.print(
      isConfirmed
        ? `${desk.paint('bold', address)}  ${String(baudRate)} bit/s  ${energy}${time}`
        : desk.paint('yellow', `${address}  was heard once, but does not answer to its address: ${energy}`),
    )
  }
  for (const address of result.shared)
    desk.print(
      desk.paint(
        'yellow',
        `${address}  is garbled even by its whole number: two meters share it, or the line is disturbed`,
      ),
    )
  const count = meters.length === 1 ? '1 meter' : `${String(meters.length)} meters`
  desk.print(
    `${count} at ${String(baudRate)} bit/s, ${result.asked === 1 ? '1 question' : `${String(result.asked)} questions`}${endingWords[result.because]}`,
  )
}

const endingWords: Readonly<Record<SearchResult['because'], string>> = Object.freeze({
  done: '',
  interrupted: '; interrupted, so there may be more',
  'too-many-questions': '; stopped at --most-questions, so there may be more: narrow it with --suffix',
})

const nobodyWords = ({ link, baudRates, parity, deep }: MeterScanOptions): string => {
  const rates = baudRates.join(', ')
  const next = deep ? '' : ' Some gateways swallow answers that collide: try --deep.'
  return link.kind === 'serial'
    ? `Nobody answered at ${rates} bit/s, parity ${parity}. Check the wires A and B (swap them), and try --baud 1200,2400,4800,9600 and --parity none.${next}`
    : `Nobody answered. Check the wires A and B at the gateway, and the rate and parity that are set in it.${next}`
}
