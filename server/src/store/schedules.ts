import type { DataSet, Pace } from '../domain/collection/data-set.ts'
import type { ScheduleRule, ScheduleScope } from '../domain/collection/schedule-rule.ts'
import type { Sql } from './database.ts'

/** Whom a rule or a pause is for; the company has no number. */
export type ScheduleSubject = Readonly<{ scope: ScheduleScope; subjectId: number | null }>

const subjectColumn = { company: null, site: 'site_id', line: 'gateway_id', meter: 'meter_id' } as const

/** Rules for one meter each may be many; everything else is a few. */
export const loadRules = async (sql: Sql): Promise<readonly ScheduleRule[]> => {
  const rows = await sql.query<{
    scope: ScheduleScope
    subject_id: number | null
    data_set: DataSet
    minutes: number | null
  }>(
    `select scope, coalesce(site_id, gateway_id, meter_id) as subject_id, data_set, minutes from reading_schedule
     order by scope, subject_id, data_set`,
  )
  return rows.map((row) => ({
    scope: row.scope,
    subjectId: row.subject_id,
    dataSet: row.data_set,
    minutes: row.minutes,
  }))
}

export const saveRule = async (sql: Sql, rule: ScheduleRule, now: number): Promise<void> => {
  const id = (scope: ScheduleScope): number | null => (rule.scope === scope ? rule.subjectId : null)
  await sql.query(
    `insert into reading_schedule (scope, site_id, gateway_id, meter_id, data_set, minutes, changed_at)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (scope, site_id, gateway_id, meter_id, data_set)
       do update set minutes = excluded.minutes, changed_at = excluded.changed_at`,
    [rule.scope, id('site'), id('line'), id('meter'), rule.dataSet, rule.minutes, new Date(now)],
  )
  if (rule.dataSet === 'energy') await followEnergyRules(sql)
}

/** True when there was one. */
export const removeRule = async (sql: Sql, subject: ScheduleSubject, dataSet: DataSet): Promise<boolean> => {
  const column = subjectColumn[subject.scope]
  const rows = await sql.query(
    `delete from reading_schedule where scope = $1 and data_set = $2 and ($3::int is null or ${column ?? '0'} = $3)
     returning id`,
    [subject.scope, dataSet, subject.subjectId],
  )
  if (dataSet === 'energy' && rows.length > 0) await followEnergyRules(sql)
  return rows.length > 0
}

/** The interval of a site is what its own rule says, else the company's, else half an hour. */
export const followEnergyRules = async (sql: Sql): Promise<void> => {
  await sql.query(
    `update site s set reading_interval_minutes = w.minutes
     from (select t.id, coalesce(own.minutes, company.minutes, 30) as minutes from site t
             left join reading_schedule own on own.scope = 'site' and own.site_id = t.id and own.data_set = 'energy'
             left join reading_schedule company on company.scope = 'company' and company.data_set = 'energy') w
     where w.id = s.id and s.reading_interval_minutes <> w.minutes`,
  )
}

/** One interval for everybody, in place of what company and sites had. */
export const setCompanyInterval = async (sql: Sql, minutes: Pace & number, now: number): Promise<void> => {
  await sql.query("delete from reading_schedule where scope = 'site' and data_set = 'energy'")
  await saveRule(sql, { scope: 'company', subjectId: null, dataSet: 'energy', minutes }, now)
}

/** The number of a site, line (by its gateway's code) or meter (by its address), or null; more than one: ambiguous. */
export const findSubject = async (
  sql: Sql,
  scope: Exclude<ScheduleScope, 'company'>,
  name: string,
): Promise<readonly number[]> => {
  const table = {
    site: 'select id from site where name = $1 order by id limit 2',
    line: 'select id from gateway where code = $1 order by id limit 2',
    meter: 'select id from meter where address = $1 order by id limit 2',
  }[scope]
  return (await sql.query<{ id: number }>(table, [name])).map(({ id }) => id)
}

/** Whether the number exists. */
export const subjectExists = async (sql: Sql, { scope, subjectId }: ScheduleSubject): Promise<boolean> => {
  if (scope === 'company') return subjectId === null
  const table = {
    site: 'select 1 from site where id = $1',
    line: 'select 1 from gateway where id = $1',
    meter: 'select 1 from meter where id = $1',
  }[scope]
  return (await sql.query(table, [subjectId])).length > 0
}
