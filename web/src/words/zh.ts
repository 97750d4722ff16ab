import type { Same } from './same.ts'
import { batch } from './zh/batch.ts'
import { command } from './zh/command.ts'
import { counter } from './zh/counter.ts'
import { completeness } from './zh/completeness.ts'
import { consoleWords } from './zh/console.ts'
import { event } from './zh/event.ts'
import { dryRun } from './zh/dry-run.ts'
import { frame } from './zh/frame.ts'
import { line } from './zh/line.ts'
import { load } from './zh/load.ts'
import { measurement } from './zh/measurement.ts'
import { message } from './zh/message.ts'
import { meter } from './zh/meter.ts'
import { money } from './zh/money.ts'
import { site } from './zh/site.ts'
import { stop } from './zh/stop.ts'
import { purse } from './zh/purse.ts'
import { work } from './zh/work.ts'

/** The words of the console in simplified Chinese. `en.ts` has the same keys. */
export const zh = {
  ...frame,
  ...consoleWords,
  ...command,
  ...money,
  ...counter,
  ...meter,
  ...measurement,
  ...message,
  ...work,
  ...completeness,
  ...purse,
  ...line,
  ...event,
  ...stop,
  ...site,
  ...batch,
  ...dryRun,
  ...load,
} as const

/** The shape that every language has. */
export type Words = Same<typeof zh>
