/**
 * Public holidays as dated data: first and last local day, `YYYY-MM-DD`. A year that is not listed has only its days of
 * fixed date; whoever runs the house adds the others with `xianfu no-trip add`.
 *
 * CN: 2025 and 2026 as arranged by the State Council's notices of 12 November 2024 and 4 November 2025 (days off in a row,
 * working weekends left out: no trip is the cautious side). 2027: the days of the Regulation on Public Holidays (as
 * amended 10 November 2024) alone, because the arrangement of the days around them was not known.
 */
export type HolidayCalendar = 'CN' | 'none'
export type HolidaySpan = readonly [first: string, last: string, name: string]

export const publicHolidays: Readonly<Record<HolidayCalendar, readonly HolidaySpan[]>> = Object.freeze({
  none: [],
  CN: [
    ['2025-01-01', '2025-01-01', '元旦'],
    ['2025-01-28', '2025-02-04', '春节'],
    ['2025-04-04', '2025-04-06', '清明节'],
    ['2025-05-01', '2025-05-05', '劳动节'],
    ['2025-05-31', '2025-06-02', '端午节'],
    ['2025-10-01', '2025-10-08', '国庆节、中秋节'],
    ['2026-01-01', '2026-01-03', '元旦'],
    ['2026-02-15', '2026-02-23', '春节'],
    ['2026-04-04', '2026-04-06', '清明节'],
    ['2026-05-01', '2026-05-05', '劳动节'],
    ['2026-06-19', '2026-06-21', '端午节'],
    ['2026-09-25', '2026-09-27', '中秋节'],
    ['2026-10-01', '2026-10-07', '国庆节'],
    ['2027-01-01', '2027-01-01', '元旦'],
    ['2027-02-05', '2027-02-08', '春节'],
    ['2027-04-05', '2027-04-05', '清明节'],
    ['2027-05-01', '2027-05-02', '劳动节'],
    ['2027-06-09', '2027-06-09', '端午节'],
    ['2027-09-15', '2027-09-15', '中秋节'],
    ['2027-10-01', '2027-10-03', '国庆节'],
  ],
})

/** Days of fixed date, `MM-DD`, that every year has (same regulation). */
export const fixedHolidays: Readonly<Record<HolidayCalendar, readonly string[]>> = Object.freeze({
  none: [],
  CN: ['01-01', '05-01', '05-02', '10-01', '10-02', '10-03'],
})
