-- What meters tell of themselves: events that they recorded or counted, states that their status words show for a while,
-- and how far each has been asked. Alarms that follow from them lie in work_item.

create table meter_event (
  id bigint generated always as identity primary key,
  meter_id int not null references meter,
  kind text not null check (kind ~ '^[a-z0-9-]{1,40}$'),
  -- Empty: the whole meter.
  phase text not null default '' check (phase in ('', 'a', 'b', 'c')),
  origin text not null check (origin in ('record', 'counter', 'status')),
  -- The meter's own number of this event; null of states.
  sequence int,
  -- By the meter's own clock where its record has a time; of a state, when it was seen first and seen to be over.
  began_at timestamptz,
  ended_at timestamptz,
  -- When it was collected.
  seen_at timestamptz not null,
  operator_code text,
  by_us boolean not null default false,
  -- In the meter before it was first asked: history.
  was_there boolean not null default false,
  detail jsonb,
  -- Answers as they were on the wire.
  raw bytea,
  check ((origin = 'status') = (sequence is null))
);
-- Once each. A counter that starts anew repeats numbers, but never with the same time.
create unique index meter_event_once on meter_event (meter_id, kind, phase, sequence, began_at)
  where origin = 'record' and began_at is not null;
create unique index meter_event_state on meter_event (meter_id, kind, phase) where origin = 'status' and ended_at is null;
create index meter_event_newest on meter_event (meter_id, (coalesce(began_at, seen_at)) desc, id desc);
create index meter_event_feed on meter_event (seen_at desc, id desc);

-- The counters of a meter as they stood, and kinds that it does not have, which are asked again now and then.
create table meter_event_count (
  meter_id int not null references meter,
  kind text not null,
  phase text not null default '' check (phase in ('', 'a', 'b', 'c')),
  count int check (count >= 0),
  absent boolean not null default false,
  at timestamptz not null,
  primary key (meter_id, kind, phase),
  check (absent = (count is null))
) with (fillfactor = 70);

-- How long the gateways of a site were online, of how long they were watched: all gateways together, wall time.
create table online_time (
  day date not null,
  site_id int not null references site,
  online_ms bigint not null default 0 check (online_ms >= 0),
  watched_ms bigint not null default 0 check (watched_ms >= online_ms),
  primary key (day, site_id)
) with (fillfactor = 50);

alter table site
  -- Communication alarms: a gateway is away, is back, a meter is silent.
  add column offline_after_minutes int not null default 10 check (offline_after_minutes between 0 and 1440),
  add column back_for_minutes int not null default 5 check (back_for_minutes between 0 and 1440),
  add column silent_after_reads int not null default 3 check (silent_after_reads between 1 and 1000);

-- States are a set of their own: they cost one answer, and tell of an open cover long before its record.
alter table reading_schedule
  drop constraint reading_schedule_data_set_check,
  add constraint reading_schedule_data_set_check
    check (data_set in ('energy', 'instantaneous', 'states', 'events', 'demand', 'freeze', 'parameters'));
alter table meter_data
  drop constraint meter_data_data_set_check,
  add constraint meter_data_data_set_check
    check (data_set in ('instantaneous', 'states', 'events', 'demand', 'freeze', 'parameters'));
