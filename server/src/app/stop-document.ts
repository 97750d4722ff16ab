import { z } from 'zod'
import { jurisdictions } from '../domain/legal-path.ts'
import { microYuan, parseMoney } from '../domain/quantity.ts'
import { defaultStopTerms, plausibleStopTerms, type StopTerms } from '../domain/stop-terms.ts'

/** The way to a stop as a person writes it down (docs/stopping.md); what is left out has the product's defaults. */
const clock = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/u, 'must be HH:MM')
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)))
const everyDay = [0, 1, 2, 3, 4, 5, 6]
const hourMs = 3_600_000
const { sendWindow } = defaultStopTerms

export const stopSchema = z
  .strictObject({
    mode: z.enum(['prepaid', 'post-paid']).default('prepaid'),
    approval: z.enum(['automatic', 'approved']).default('automatic'),
    legalPath: z.enum(['agreement', 'overdue-30']).default('agreement'),
    jurisdiction: z.enum(jurisdictions as readonly [StopTerms['jurisdiction']]).default('CN'),
    supply: z.enum(['residential', 'other']).default('residential'),
    overdueDays: z.int().min(0).max(365).optional(),
    noticeDays: z.int().min(0).max(365).optional(),
    againMinutes: z.int().min(0).max(1_440).optional(),
    dueDays: z.int().min(0).max(365).default(defaultStopTerms.dueDays),
    noticeFrom: clock.default(sendWindow.fromMinute),
    noticeTo: clock.default(sendWindow.toMinute),
    emergencyCredit: z
      .string()
      .refine((text) => (parseMoney(text) ?? -1n) >= 0n, 'must be yuan as text, such as "10.00"')
      .transform((text) => parseMoney(text) ?? microYuan(0n))
      .default(microYuan(0n)),
    friendlyHours: z
      .array(
        z
          .strictObject({ from: clock, to: clock, weekdays: z.array(z.int().min(0).max(6)).min(1).default(everyDay) })
          .transform(({ from, to, weekdays }) => ({ fromMinute: from, toMinute: to, weekdays })),
      )
      .max(21)
      .default([]),
    holidays: z.enum(['CN', 'none']).default('CN'),
    readingAgeHours: z
      .int()
      .min(1)
      .max(72)
      .default(defaultStopTerms.readingAgeMs / hourMs),
  })
  .transform(
    ({ overdueDays, noticeDays, againMinutes, noticeFrom, noticeTo, readingAgeHours, ...rest }): StopTerms => ({
      ...rest,
      longer: {
        ...(overdueDays !== undefined && { overdueDays }),
        ...(noticeDays !== undefined && { noticeDays }),
        ...(againMinutes !== undefined && { againMinutes }),
      },
      sendWindow: { fromMinute: noticeFrom, toMinute: noticeTo },
      readingAgeMs: readingAgeHours * hourMs,
    }),
  )
  .refine(
    plausibleStopTerms,
    'must hold together: noticeFrom before noticeTo; a post-paid account has the legal path overdue-30',
  )
