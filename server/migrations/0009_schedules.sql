-- What is collected of a meter and how often: rules that narrow from the company to the meter, pauses for maintenance,
-- what was collected beside the readings, and what was missed and why.

-- The most specific rule of a data set wins. Null minutes: not collected. Of the energy, the interval of the site
-- (site.reading_interval_minutes) stands where no rule does; rules of company and sites are written into it as well.
create table reading_schedule (
  id int generated always as identity primary key,
  scope text not null check (scope in ('company', 'site', 'line', 'meter')),
  site_id int references site,
  -- A line is what is behind one gateway.
  gateway_id int references gateway,
  meter_id int references meter,
  data_set text not null check (data_set in ('energy', 'instantaneous', 'events', 'demand', 'freeze', 'parameters')),
  minutes int check (minutes between 1 and 44640),
  changed_at timestamptz not null,
  check ((scope = 'site') = (site_id is not null)),
  check ((scope = 'line') = (gateway_id is not null)),
  check ((scope = 'meter') = (meter_id is not null)),
  check (data_set <> 'energy' or minutes is not null and minutes <= 1440),
  unique nulls not distinct (scope, site_id, gateway_id, meter_id, data_set)
);

-- A site whose interval was set on purpose keeps it whatever the company decides later.
insert into reading_schedule (scope, site_id, data_set, minutes, changed_at)
  select 'site', id, 'energy', reading_interval_minutes, now() from site where reading_interval_minutes <> 30;

-- Collection rests, for maintenance. Neither a failure nor an alarm; people may still read, and relays still obey.
create table reading_pause (
  id int generated always as identity primary key,
  site_id int references site,
  gateway_id int references gateway,
  meter_id int references meter,
  from_at timestamptz not null,
  to_at timestamptz not null check (to_at > from_at),
  reason text not null check (length(reason) between 1 and 200),
  operator_id int references operator,
  created_at timestamptz not null,
  check (num_nonnulls(site_id, gateway_id, meter_id) = 1)
);
create index reading_pause_to on reading_pause (to_at);

-- The newest values of each data set but the energy, whose readings have tables of their own.
create table meter_data (
  meter_id int not null references meter,
  data_set text not null check (data_set in ('instantaneous', 'events', 'demand', 'freeze', 'parameters')),
  -- The turn of the schedule that it was collected for.
  slot_at timestamptz not null,
  at timestamptz not null,
  data jsonb not null,
  -- Why some of it is not there; null when all is.
  problem text check (length(problem) <= 400),
  primary key (meter_id, data_set)
) with (fillfactor = 80);

-- A turn of a schedule that ended without its data. Null meter: so many meters of the line, because it was not there.
create table missed_read (
  gateway_id int not null references gateway,
  meter_id int references meter,
  data_set text not null,
  slot_at timestamptz not null,
  reason text not null check (reason ~ '^[a-z-]{1,40}$'),
  meters int not null default 1 check (meters > 0),
  unique nulls not distinct (gateway_id, meter_id, data_set, slot_at)
);
create index missed_read_slot on missed_read (slot_at);
create index missed_read_meter on missed_read (meter_id, slot_at) where meter_id is not null;
