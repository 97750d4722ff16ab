-- Whether every interval of every meter was read, what was read later out of the meter's own memory, and what the
-- registers were rolled up to.

-- Found later in the meter's own memory (back-filled), and looked at by a person and not believed.
alter table reading
  drop constraint reading_obtained_check,
  add constraint reading_obtained_check check (obtained in ('scheduled', 'person', 're-read')),
  drop constraint reading_quality_check,
  add constraint reading_quality_check check (quality in ('good', 'held', 'rejected'));

alter table meter
  -- Intervals are expected from here: the first sweep that has seen the meter. Null before it.
  add column watched_since timestamptz,
  -- Where the meter keeps half hours that have passed; null until it was asked. `none` is asked for again some day: a
  -- profile can be switched on, and one that was cleared a moment ago has nothing to show.
  add column record_source text check (record_source in ('load-profile', 'hourly-freeze', 'none')),
  add column record_source_at timestamptz;

-- The interval of each meter: by its own rule, by that of its line, or by its site.
create view meter_pace as
  select m.id as meter_id, coalesce(own.minutes, line.minutes, s.reading_interval_minutes) as minutes
  from meter m join site s on s.id = m.site_id
  left join reading_schedule own on own.meter_id = m.id and own.data_set = 'energy'
  left join reading_schedule line on line.gateway_id = m.gateway_id and line.data_set = 'energy';

-- Up to where the intervals of this length were looked at.
create table gap_sweep (
  interval_minutes int primary key check (interval_minutes between 1 and 1440),
  swept_to timestamptz not null
);

-- A stretch of whole intervals without a good reading when they were looked at: nothing is stored of what went well.
-- What was found since is told by `state`; the row stays, so completeness never has to look at readings.
create table reading_gap (
  meter_id int not null references meter,
  from_at timestamptz not null,
  to_at timestamptz not null,
  bucket smallint not null,
  reason text not null check (reason in
    ('gateway-away', 'meter-silent', 'bad-answer', 'line-busy', 'server-away', 'paused', 'held')),
  state text not null default 'open' check (state in ('open', 're-read', 'estimated', 'lost')),
  -- Why it is estimated or lost.
  because text check (because in ('no-record', 'no-memory', 'not-plausible')),
  -- The total register before it, if it is known: what is found may not be less.
  before_wh bigint,
  attempts int not null default 0,
  try_at timestamptz not null,
  settled_at timestamptz,
  primary key (meter_id, from_at),
  check (to_at > from_at),
  check ((state in ('estimated', 'lost')) = (because is not null))
) with (fillfactor = 70);
create index reading_gap_open on reading_gap (from_at) where state = 'open';
create index reading_gap_span on reading_gap (to_at, from_at);

-- What waits for a person is a handful among millions.
create index reading_held on reading (at, meter_id) where quality = 'held';

-- Roll-up: the half hours of a meter's local day in one row, and its months. `energies_wh` are what flowed in each
-- interval, between registers that lie on the line from one reading to the next; `marks` one letter for each: r read,
-- b found later, e estimated, m missing, l lost, . not watched. Null registers: not known.
create table meter_day (
  meter_id int not null,
  day date not null,
  bucket smallint not null,
  from_at timestamptz not null,
  interval_minutes smallint not null,
  opening_wh bigint,
  closing_wh bigint,
  closing_rates_wh bigint[] not null default '{}',
  energies_wh int[] not null,
  marks text not null,
  -- Of the day's readings; for checking the meter, not the bill.
  mean_power_mw bigint,
  least_power_mw bigint,
  primary key (meter_id, day),
  check (cardinality(energies_wh) = length(marks))
) partition by range (day);

create table meter_month (
  meter_id int not null,
  -- Its first day.
  month date not null,
  bucket smallint not null,
  opening_wh bigint,
  closing_wh bigint,
  used_wh bigint not null,
  days smallint not null,
  read int not null,
  re_read int not null,
  estimated int not null,
  missing int not null,
  primary key (meter_id, month)
);

-- The local day up to which the meters of a zone are rolled up.
create table roll_up (
  time_zone text primary key,
  rolled_to date not null
);

-- Days to be rolled up (again): something was found in them since, or their end was not known. `to_at` is their end.
create table roll_up_due (
  meter_id int not null,
  day date not null,
  to_at timestamptz not null,
  primary key (meter_id, day)
);

create function ensure_month_partitions(first_day date, last_day date) returns void language plpgsql as $$
declare
  month date;
begin
  for month in select m::date from generate_series(date_trunc('month', first_day), last_day, interval '1 month') m loop
    if to_regclass(format('meter_day_%s', to_char(month, 'YYYYMM'))) is null then
      execute format('create table if not exists %I partition of meter_day for values from (%L) to (%L)',
        'meter_day_' || to_char(month, 'YYYYMM'), month, (month + interval '1 month')::date);
    end if;
  end loop;
end $$;

-- Readings of a closed day by meter: by time they are written, by meter they are asked for.
create function index_reading_day(day date) returns void language plpgsql as $$
declare
  name text := 'reading_' || to_char(day, 'YYYYMMDD');
begin
  if to_regclass(name) is not null and to_regclass(name || '_meter') is null then
    execute format('create index %I on %I (meter_id, at)', name || '_meter', name);
  end if;
end $$;

-- The daily look at each meter: its clock, and what tells that something is wrong with it.
alter table meter
  add column checked_at timestamptz,
  -- The meter's clock less ours, at the last look.
  add column clock_offset_ms bigint,
  -- What is compared with at the next look.
  add column memo jsonb;
alter table gateway add column clock_broadcast_at timestamptz;
create index meter_check on meter (gateway_id, checked_at nulls first);
