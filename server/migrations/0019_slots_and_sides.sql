-- Intervals are the slots of the schedule (counted from local midnight), gaps that cannot be filled are estimated wherever
-- a register is known on both sides, and what each process says of the lines it holds is seen in the house.

-- The zone belongs to a meter's grid as its pace does.
create or replace view meter_pace as
  select m.id as meter_id, coalesce(own.minutes, line.minutes, s.reading_interval_minutes) as minutes, s.time_zone
  from meter m join site s on s.id = m.site_id
  left join reading_schedule own on own.meter_id = m.id and own.data_set = 'energy'
  left join reading_schedule line on line.gateway_id = m.gateway_id and line.data_set = 'energy';

-- Up to where was looked stays what it was, zone by zone; the next look begins with the next slot.
alter table gap_sweep add column time_zone text, drop constraint gap_sweep_pkey;
insert into gap_sweep (interval_minutes, swept_to, time_zone)
  select w.interval_minutes, w.swept_to, z.time_zone from gap_sweep w cross join (select distinct time_zone from site) z;
delete from gap_sweep where time_zone is null;
alter table gap_sweep alter column time_zone set not null, add primary key (time_zone, interval_minutes);

-- The last register of a meter that is known from before an instant: of its readings, or of its roll-up where they are
-- no longer there. Null: it has never been read well before.
create function register_before(meter int, instant timestamptz) returns bigint language sql stable as $$
  select coalesce(
    (select r.total_wh from reading r
     where r.meter_id = meter and r.at < instant and r.at >= instant - interval '62 days' and r.quality = 'good'
     order by r.at desc limit 1),
    (select d.closing_wh from meter_day d join meter_pace p on p.meter_id = d.meter_id
     where d.meter_id = meter and d.day < (instant at time zone p.time_zone)::date and d.closing_wh is not null
     order by d.day desc limit 1))
$$;

-- The side on which nothing is known of a lost gap.
alter table reading_gap add column unknown_side text check (unknown_side in ('before', 'after'));
-- Gaps were called lost although older readings were there: they are looked at once more, as far as readings still are.
update reading_gap set state = 'open', because = null, settled_at = null, attempts = 0, try_at = to_at
where state = 'lost' and from_at >= coalesce(
  (select to_timestamp((value ->> 'at')::numeric / 1000) from setting where key = 'readings-kept-from'), '-infinity');
update reading_gap g set unknown_side = case when m.last_at >= g.to_at then 'before' else 'after' end
from meter m where m.id = g.meter_id and g.state = 'lost';
alter table reading_gap add check ((state = 'lost') = (unknown_side is not null));
create index reading_gap_lost_after on reading_gap (meter_id) where unknown_side = 'after';

-- What a process beside the house knows of the wire of each line it holds; true up to the process's `lines_at`, and gone
-- with its lease. Not written ahead: it is told anew within half a minute.
create unlogged table line_report (
  gateway_id int primary key references gateway on delete cascade,
  headend_id uuid not null references headend_process on delete cascade,
  at timestamptz not null,
  report jsonb not null check (length(report::text) <= 8192)
) with (fillfactor = 50);
create index line_report_headend on line_report (headend_id);
alter table headend_process add column lines_at timestamptz;
