/** What was counted of the exchanges with one meter, over the same stretch of time for all meters of a line. */
export type MeterCounts = Readonly<{
  meterId: number
  asked: number
  answered: number
  /** Unanswered, and nothing at all was heard. */
  silent: number
  /** A wrong checksum, or bytes that are no frame, were heard. */
  garbled: number
  /** Whole frames of somebody else were heard instead of, or before, the answer. */
  foreign: number
  /** The question itself was heard. */
  echoed: number
  /** Answers that came after they had been given up. */
  late: number
}>

export type LineCounts = Readonly<{
  online: boolean
  /** How often the gateway's link was lost in the same time. */
  linksLost: number
  /** Frames that nobody had asked for. */
  unasked: number
  meters: readonly MeterCounts[]
}>

/** `unknown`: too little was asked to say anything. */
export type LineState = 'good' | 'impaired' | 'down' | 'unknown'
export type LineCause = 'none' | 'gateway' | 'wire' | 'meter' | 'address-clash' | 'echo'

export type LineReasonCode =
  | 'gateway-offline'
  | 'links-lost'
  | 'nobody-answers'
  | 'garbled-everywhere'
  | 'garbled-at-few'
  | 'foreign-frames'
  | 'silent-meters'
  | 'silence-everywhere'
  | 'late-answers'
  | 'echoes'

/** `count` of `of`: exchanges, or meters where the code names meters. */
export type LineReason = Readonly<{ code: LineReasonCode; count: number; of: number; meterIds: readonly number[] }>

export type LineHealth = Readonly<{ state: LineState; cause: LineCause; reasons: readonly LineReason[] }>

/** Exchanges below which nothing is said. */
const fewestAsked = 10
/** Questions to one meter below which it is not judged by itself. */
const fewestAskedOfMeter = 3
/** Bad exchanges out of all: beyond it a line is not well. A tenth of a per cent of corrupted frames is usual. */
const badShare = 0.03
/** Garbled exchanges with one meter that point at it rather than at the wire. */
const clashShare = 0.3
/** At least so large a part of the meters must show it before it is the line's doing. */
const everywhere = 0.5
const echoShare = 0.5
const mostLinksLost = 3
/** Meters that are named in a reason. */
const mostNamed = 20

/**
 * What is most likely wrong with a line, from what was counted on it, the surest sign first; every sign that was found is
 * a reason. Two meters of one address answer together and garble one another alone; a bad wire garbles everybody; a dead
 * meter is silent alone; a slow or overloaded gateway is silent or late for all.
 */
export const judgeLine = (counts: LineCounts): LineHealth => {
  const { meters } = counts
  const asked = sum(meters, ({ asked: one }) => one)
  const answered = sum(meters, ({ answered: one }) => one)
  const garbled = sum(meters, (one) => one.garbled)
  const judged = meters.filter((one) => one.asked >= fewestAskedOfMeter)
  const silent = judged.filter((one) => one.answered === 0 && one.garbled === 0)
  const disturbed = judged.filter((one) => one.garbled / one.asked > badShare)
  const clashing = judged.filter((one) => one.garbled / one.asked >= clashShare)
  const hesitant = judged.filter((one) => one.answered > 0 && one.silent / one.asked > badShare)
  const foreign = sum(meters, (one) => one.foreign) + counts.unasked
  const late = sum(meters, (one) => one.late)
  const echoed = sum(meters, (one) => one.echoed)
  const isEverywhere = (some: readonly MeterCounts[]): boolean =>
    judged.length > 0 && some.length / judged.length >= everywhere && (some.length > 1 || judged.length === 1)

  const reasons: LineReason[] = []
  const tell = (code: LineReasonCode, count: number, of: number, named: readonly MeterCounts[] = []): void => {
    reasons.push({ code, count, of, meterIds: named.slice(0, mostNamed).map(({ meterId }) => meterId) })
  }
  if (!counts.online) tell('gateway-offline', 1, 1)
  if (counts.linksLost >= mostLinksLost) tell('links-lost', counts.linksLost, counts.linksLost)
  const nobody = asked >= fewestAsked && answered === 0
  if (nobody) tell('nobody-answers', asked, asked)
  const isWire = isEverywhere(disturbed)
  if (isWire) tell('garbled-everywhere', garbled, asked)
  else if (clashing.length > 0) tell('garbled-at-few', clashing.length, judged.length, clashing)
  if (foreign / Math.max(1, asked) > badShare) tell('foreign-frames', foreign, asked)
  if (!nobody && isEverywhere(hesitant)) tell('silence-everywhere', hesitant.length, judged.length)
  if (!nobody && silent.length > 0) tell('silent-meters', silent.length, judged.length, silent)
  if (late / Math.max(1, asked) > badShare) tell('late-answers', late, asked)
  if (asked > 0 && echoed / asked >= echoShare) tell('echoes', echoed, asked)

  const has = (code: LineReasonCode): boolean => reasons.some((reason) => reason.code === code)
  const cause = causeOf(has)
  if (!counts.online || nobody) return { state: 'down', cause, reasons }
  if (asked < fewestAsked) return { state: reasons.length > 0 ? 'impaired' : 'unknown', cause, reasons }
  return { state: cause === 'none' || cause === 'echo' ? 'good' : 'impaired', cause, reasons }
}

const causeOf = (has: (code: LineReasonCode) => boolean): LineCause => {
  if (has('gateway-offline') || has('links-lost')) return 'gateway'
  // Bytes come back, but no meter's: the adapter hears itself and nobody else.
  if (has('nobody-answers')) return has('garbled-everywhere') || !has('echoes') ? 'wire' : 'echo'
  if (has('garbled-everywhere')) return 'wire'
  if (has('garbled-at-few')) return 'address-clash'
  if (has('foreign-frames')) return 'address-clash'
  if (has('silence-everywhere') || has('late-answers')) return 'gateway'
  if (has('silent-meters')) return 'meter'
  return has('echoes') ? 'echo' : 'none'
}

const sum = <T>(of: readonly T[], value: (one: T) => number): number => of.reduce((total, one) => total + value(one), 0)
