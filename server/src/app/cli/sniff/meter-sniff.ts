import { appendFileSync } from 'node:fs'
import { toHex } from '@xianfu/protocols'
import { localTime } from '../../../domain/calendar.ts'
import type { LineConfig } from '../../../headend/headend.ts'
import { calledWrongly, cannotBeDone } from '../refusal.ts'
import type { Desk } from '../desk.ts'
import { parseCapture } from '../explain/capture.ts'
import type { ProfileName } from '../explain/identifier.ts'
import { createSplitter, longestByteGapMs, type Piece } from '../explain/split-frames.ts'
import { contentOf } from '../frame/explain-frames.ts'
import { openTransport, type MeterLink } from '../meter/meter-link.ts'
import { createPairing } from './pair-frames.ts'
import { countedText, createCounted, reportPassed, type Counted, type ReportOptions } from './report-traffic.ts'

export type SniffOptions = Readonly<{
  source: Readonly<{ kind: 'line'; link: MeterLink; line: LineConfig; waitMs: number } | { kind: 'file'; path: string }>
  profile: ProfileName
  json: boolean
  full: boolean
  bytes: boolean
  /** Of a line: how long to listen, null until interrupted. */
  forMs: number | null
  /** Of a line: keeps what was heard, one line for each chunk, as `--file` reads it. */
  save: string | null
}>

/** Listens and never sends; the exit code is 0 when at least one frame was heard. */
export const runSniff = async (options: SniffOptions, desk: Desk): Promise<number> => {
  const { source } = options
  if (source.kind === 'file' && (options.save !== null || options.forMs !== null))
    throw calledWrongly('--save and --for are for listening to a line, not for a --file.')
  const counted =
    source.kind === 'file' ? await readCapture(source.path, options, desk) : await listen(source, options, desk)
  if (options.json) desk.print(JSON.stringify({ kind: 'summary', ...counted }))
  else desk.print(desk.paint('bold', countedText(counted, desk.language)))
  if (counted.frames > 0) return 0
  desk.complain(
    desk.paint(
      'red',
      source.kind === 'file'
        ? 'There is no frame in it.'
        : 'No frame was heard. Check the wires A and B, and the rate and parity; on a gateway, that it passes on what it hears.',
    ),
  )
  return 1
}

type Ear = Readonly<{ hear(pieces: readonly Piece[]): void; finish(): Counted }>

const createEar = (report: ReportOptions, desk: Desk): Ear => {
  const pairing = createPairing()
  const counted = createCounted()
  return {
    hear: (pieces) => {
      for (const piece of pieces) for (const passed of pairing.hear(piece)) reportPassed(passed, counted, report, desk)
    },
    finish: () => {
      for (const passed of pairing.finish()) reportPassed(passed, counted, report, desk)
      return counted
    },
  }
}

const readCapture = async (path: string, options: SniffOptions, desk: Desk): Promise<Counted> => {
  const capture = parseCapture(path === '-' ? await desk.readInput() : await contentOf(path))
  if (!capture.ok)
    throw cannotBeDone(
      `Line ${String(capture.line)} of ${path} is not made of hexadecimal digits: "${capture.text.slice(0, 60)}".`,
    )
  const isTimed = capture.chunks.length > 0 && capture.chunks.every(({ atMs }) => atMs !== null)
  const startMs = capture.chunks[0]?.atMs ?? 0
  const ear = createEar({ ...options, isTimed, timeText: (atMs) => secondsText(atMs - startMs) }, desk)
  const splitter = createSplitter()
  for (const { atMs, bytes } of capture.chunks) {
    const sinceMs = splitter.waitingSinceMs()
    if (isTimed && sinceMs !== null && (atMs ?? 0) - sinceMs > longestByteGapMs) ear.hear(splitter.flush())
    ear.hear(splitter.push(bytes, atMs ?? 0))
  }
  ear.hear(splitter.flush())
  return ear.finish()
}

const secondsText = (ms: number): string => `+${(ms / 1_000).toFixed(3)} s`.padStart(11)

/** How often an unfinished piece is looked at. */
const lookEveryMs = 100

const listen = async (
  { link, line, waitMs }: Extract<SniffOptions['source'], { kind: 'line' }>,
  options: SniffOptions,
  desk: Desk,
): Promise<Counted> => {
  const { clock } = desk
  const interrupted = desk.interrupted()
  const transport = await openTransport({ link, line, clock, waitMs, trace: null, notice: desk.complain })
  const ear = createEar({ ...options, isTimed: true, timeText: (atMs) => timeOfDay(atMs, desk.timeZone) }, desk)
  const splitter = createSplitter()
  const closed = new AbortController()
  transport.onBytes((bytes) => {
    const atMs = clock.now()
    if (options.save !== null) appendFileSync(options.save, `${new Date(atMs).toISOString()} ${toHex(bytes)}\n`)
    ear.hear(splitter.push(bytes, atMs))
  })
  transport.onClose((reason) => closed.abort(reason))
  if (!options.json) desk.complain(`Listening on ${transport.remoteAddress}; Ctrl-C ends it.`)
  const over = AbortSignal.any([interrupted, closed.signal])
  const endMs = options.forMs === null ? Infinity : clock.elapsedMs() + options.forMs
  while (!over.aborted && clock.elapsedMs() < endMs) {
    await clock.delay(lookEveryMs, over).catch(() => undefined)
    const sinceMs = splitter.waitingSinceMs()
    if (sinceMs !== null && clock.now() - sinceMs > longestByteGapMs) ear.hear(splitter.flush())
  }
  transport.onClose(() => undefined)
  transport.close('done')
  ear.hear(splitter.flush())
  if (closed.signal.aborted && !interrupted.aborted)
    desk.complain(desk.paint('yellow', `The line was closed: ${String(closed.signal.reason)}.`))
  return ear.finish()
}

const timeOfDay = (atMs: number, timeZone: string): string => {
  const { hour, minute, second } = localTime(atMs, timeZone)
  const two = (part: number): string => String(part).padStart(2, '0')
  return `${two(hour)}:${two(minute)}:${two(second)}.${String(Math.floor(atMs) % 1_000).padStart(3, '0')}`
}
