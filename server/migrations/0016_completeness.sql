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
