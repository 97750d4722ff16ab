import { z } from 'zod'
import { dataSets, defaultPaces, isPace, type DataSet } from '../../domain/collection/data-set.ts'
import {
  pacesOfLine,
  pacesOfMeter,
  ruleBook,
  type Paces,
  type ScheduleRule,
} from '../../domain/collection/schedule-rule.ts'
import type { Enrolment, EnrolledSchedules } from '../../domain/enrolment.ts'
import { alikeMeters, type AirtimeMeters } from '../../flow/line-airtime.ts'
import type { LineConfig } from '../../headend/headend.ts'

/** A line that may not exist yet, and its meters. */
export type PlannedLine = Readonly<{ name: string; line: LineConfig; meters: readonly AirtimeMeters[] }>

const pace = z.int().min(1).nullable()
const lineFile = z.strictObject({
  name: z.string().min(1).default('line'),
  baudRate: z.int().min(300).max(115_200).default(2400),
  parity: z.enum(['none', 'even', 'odd']).default('even'),
  meters: z
    .array(
      z.strictObject({
        count: z.int().min(1).max(256),
        /** A Modbus model by name; DL/T 645-2007 when absent. */
        model: z.string().min(1).optional(),
        schedules: z.partialRecord(z.enum(dataSets), pace).default({}),
      }),
    )
    .min(1)
    .max(50),
})

export type LineFile = Readonly<{ ok: true; line: PlannedLine } | { ok: false; problems: readonly string[] }>

/** A line as a person writes it down before anything is installed. */
export const readLineFile = (json: unknown): LineFile => {
  const parsed = lineFile.safeParse(json)
  if (!parsed.success)
    return { ok: false, problems: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) }
  const { name, baudRate, parity, meters } = parsed.data
  const problems = meters.flatMap(({ schedules }, index) =>
    dataSets
      .filter((dataSet) => !isAllowed(dataSet, schedules[dataSet]))
      .map((dataSet) => `meters.${String(index)}.schedules.${dataSet}: is no pace for it`),
  )
  if (problems.length > 0) return { ok: false, problems }
  return {
    ok: true,
    line: {
      name,
      line: { baudRate, parity },
      meters: meters.map(({ count, model, schedules }) => ({
        count,
        protocol: model === undefined ? { kind: 'dlt645' } : { kind: 'modbus-rtu', unit: 1, model, wiring: 'in-line' },
        paces: withSaid(defaultPaces, schedules),
      })),
    },
  }
}

const isAllowed = (dataSet: DataSet, minutes: number | null | undefined): boolean => {
  if (minutes === undefined) return true
  return minutes === null ? dataSet !== 'energy' : isPace(dataSet, minutes)
}

const withSaid = (paces: Paces, said: Readonly<{ [S in DataSet]?: number | null | undefined }>): Paces => {
  const found = Object.entries(said).filter(([, minutes]) => minutes !== undefined)
  return { ...paces, ...(Object.fromEntries(found) as EnrolledSchedules) }
}

/** The lines of a site that is to be enrolled. */
export const linesOf = ({ site, gateways, accounts }: Enrolment): readonly PlannedLine[] => {
  const rules: ScheduleRule[] = []
  const tell = (scope: 'site' | 'line' | 'meter', subjectId: number, said: EnrolledSchedules | undefined): void => {
    for (const dataSet of dataSets) {
      const minutes = said?.[dataSet]
      if (minutes !== undefined) rules.push({ scope, subjectId, dataSet, minutes })
    }
  }
  const meters = accounts.flatMap((account) => account.meters)
  tell('site', 1, site.schedules)
  gateways.forEach(({ schedules }, index) => tell('line', index, schedules))
  meters.forEach(({ schedules }, index) => tell('meter', index, schedules))
  const book = ruleBook(rules)
  return gateways.map(({ code, baudRate, parity }, gatewayId) => {
    const ofLine = pacesOfLine(book, { siteId: 1, gatewayId, siteMinutes: site.readingIntervalMinutes })
    const onLine = meters.flatMap((meter, index) =>
      meter.gateway === code
        ? [{ protocol: meter.protocol ?? ({ kind: 'dlt645' } as const), paces: pacesOfMeter(book, index, ofLine) }]
        : [],
    )
    return { name: code, line: { baudRate, parity }, meters: alikeMeters(onLine) }
  })
}
