/** Condition that a column of site ids is within a reach, which is the parameter of this number: null reaches all. */
export const within = (column: string, parameter: number): string =>
  `($${String(parameter)}::int[] is null or ${column} = any($${String(parameter)}))`

/** The same for a column of account ids, of rows that do not know their site. */
export const accountWithin = (column: string, parameter: number): string =>
  `($${String(parameter)}::int[] is null or ${column} in (select id from account where site_id = any($${String(parameter)})))`

/** The same for a column of meter ids. */
export const meterWithin = (column: string, parameter: number): string =>
  `($${String(parameter)}::int[] is null or ${column} in (select id from meter where site_id = any($${String(parameter)})))`

/** The site of a row of `work_item`, by what it is about; null of what concerns no site. */
export const siteOfWorkItem = (row: string): string =>
  `coalesce(${row}.site_id, (select site_id from meter where id = ${row}.meter_id),
    (select site_id from account where id = ${row}.account_id), (select site_id from gateway where id = ${row}.gateway_id))`
