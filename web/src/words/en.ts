import { batch } from './en/batch.ts'
import { command } from './en/command.ts'
import { counter } from './en/counter.ts'
import { completeness } from './en/completeness.ts'
import { consoleWords } from './en/console.ts'
import { event } from './en/event.ts'
import { dryRun } from './en/dry-run.ts'
import { frame } from './en/frame.ts'
import { line } from './en/line.ts'
import { load } from './en/load.ts'
import { measurement } from './en/measurement.ts'
import { message } from './en/message.ts'
import { meter } from './en/meter.ts'
import { money } from './en/money.ts'
import { site } from './en/site.ts'
import { stop } from './en/stop.ts'
import { purse } from './en/purse.ts'
import { work } from './en/work.ts'
import type { Words } from './zh.ts'

/** The words of the console in English. */
export const en: Words = {
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
}
