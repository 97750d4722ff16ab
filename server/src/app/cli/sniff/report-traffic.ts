import { explainFrame, meterProfiles, toHex } from '@xianfu/protocols'
import type { Desk, Language } from '../desk.ts'
import { explanationLines, summaryOf } from '../explain/explanation-lines.ts'
import type { ProfileName } from '../explain/identifier.ts'
import type { Piece } from '../explain/split-frames.ts'
import { frameOf, type Passed } from './pair-frames.ts'

export type ReportOptions = Readonly<{
  profile: ProfileName
  json: boolean
  /** Every field of every frame. */
  full: boolean
  /** The bytes below each line. */
  bytes: boolean
  /** When a byte passed, for people; empty where nobody knows. */
  timeText(atMs: number): string
  /** Whether times are known, and answers can be timed. */
  isTimed: boolean
}>

export type Counted = {
  frames: number
  requests: number
  answers: number
  unanswered: number
  stray: number
  broken: number
  noiseBytes: number
  readonly answerMs: number[]
}

export const createCounted = (): Counted => ({
  frames: 0,
  requests: 0,
  answers: 0,
  unanswered: 0,
  stray: 0,
  broken: 0,
  noiseBytes: 0,
  answerMs: [],
})

/** Tells what passes, and counts it. */
export const reportPassed = (passed: Passed, counted: Counted, options: ReportOptions, desk: Desk): void => {
  count(passed, counted, options.isTimed)
  if (options.json) desk.print(JSON.stringify(jsonOf(passed, options, desk)))
  else for (const line of linesOf(passed, options, desk)) desk.print(line)
}

const count = (passed: Passed, counted: Counted, isTimed: boolean): void => {
  switch (passed.kind) {
    case 'request':
      counted.frames += 1
      counted.requests += 1
      return
    case 'answer':
      counted.frames += 1
      counted.answers += 1
      if (isTimed) counted.answerMs.push(passed.answerMs)
      return
    case 'stray':
      counted.frames += 1
      counted.stray += 1
      return
    case 'unanswered':
      counted.unanswered += 1
      return
    case 'broken':
      counted.broken += 1
      return
    case 'noise':
      counted.noiseBytes += passed.piece.bytes.length
  }
}

const explained = ({ bytes }: Piece, profile: ProfileName) => explainFrame(bytes, meterProfiles[profile])

const words = {
  unanswered: { en: 'no answer from', zh: '无应答:' },
  stray: { en: 'answers nothing that was asked', zh: '没有对应的请求' },
} as const

const noiseText = (count: number, language: Language): string => {
  if (language === 'zh') return `${String(count)} 个字节不属于任何帧`
  return count === 1 ? '1 byte that belongs to no frame' : `${String(count)} bytes that belong to no frame`
}

const linesOf = (passed: Passed, options: ReportOptions, desk: Desk): readonly string[] => {
  const { language, paint } = desk
  const { piece } = passed
  const time = paint('dim', options.timeText(piece.beginMs))
  const head = options.isTimed ? `${time}  ` : ''
  const below = options.bytes ? [paint('dim', `    ${toHex(piece.bytes)}`)] : []
  switch (passed.kind) {
    case 'unanswered':
      return [`${head}${paint('yellow', `×  ${words.unanswered[language]} ${frameOf(piece.bytes)?.address ?? ''}`)}`]
    case 'noise': {
      const told = `${noiseText(piece.bytes.length, language)}: ${toHex(piece.bytes)}`
      return [`${head}${paint('yellow', `?  ${told}`)}`]
    }
    default: {
      const explanation = explained(piece, options.profile)
      const summary = summaryOf(explanation, language)
      const answerMs =
        passed.kind === 'answer' && options.isTimed
          ? `  ${paint('cyan', `${String(Math.round(passed.answerMs))} ms`)}`
          : ''
      const line = {
        request: `→  ${summary}`,
        answer: `←  ${summary}${answerMs}`,
        stray: paint('yellow', `←  ${summary}  (${words.stray[language]})`),
        broken: paint('red', `!  ${summary}`),
      }[passed.kind]
      const table = options.full
        ? explanationLines(explanation, piece.bytes.length, desk).map((row) => `    ${row}`)
        : []
      return [`${head}${line}`, ...below, ...table]
    }
  }
}

const jsonOf = (passed: Passed, options: ReportOptions, { language }: Desk): unknown => {
  const { kind, piece } = passed
  const timed = options.isTimed ? { beginMs: piece.beginMs, endMs: piece.endMs } : {}
  const base = { kind, ...timed, bytes: toHex(piece.bytes) }
  if (kind === 'noise' || kind === 'unanswered') return base
  const { direction, protocol, problems, ...explanation } = explained(piece, options.profile)
  return {
    ...base,
    direction,
    protocol,
    problems,
    summary: summaryOf({ ...explanation, direction, protocol, problems }, language),
    ...(kind === 'answer' && options.isTimed ? { answerMs: passed.answerMs } : {}),
  }
}

/** The whole of it in one line. */
export const countedText = ({ answerMs, ...counted }: Counted, language: Language): string => {
  const { frames, requests, answers, unanswered, stray, broken, noiseBytes } = counted
  const sorted = answerMs.toSorted((a, b) => a - b)
  const at = (part: number): string => String(Math.round(sorted[Math.floor((sorted.length - 1) * part)] ?? 0))
  const isTimed = sorted.length > 0
  if (language === 'zh') {
    const times = isTimed ? `(${at(0)} 至 ${at(1)} ms，中位 ${at(0.5)} ms)` : ''
    return (
      `${String(frames)} 帧: 请求 ${String(requests)}，应答 ${String(answers)}${times}，无应答 ${String(unanswered)}，` +
      `无对应请求 ${String(stray)}，错误帧 ${String(broken)}，杂散字节 ${String(noiseBytes)}`
    )
  }
  const times = isTimed ? ` (in ${at(0)} to ${at(1)} ms, half of them within ${at(0.5)} ms)` : ''
  return (
    `${String(frames)} frames: ${String(requests)} requests, ${String(answers)} answered${times}, ${String(unanswered)} unanswered, ` +
    `${String(stray)} answers to nothing, ${String(broken)} broken, ${String(noiseBytes)} bytes of noise`
  )
}
