-- Batches: one order over many meters, looked at by a second person, with a result for each meter.

create table batch (
  id uuid primary key,
  kind text not null check (kind in ('trip', 'permit-close', 'direct-close', 'alarm-on', 'alarm-off', 'keep-power-on', 'keep-power-off',
                                     'write-parameters')),
  -- What was asked for, as asked: which meters, and for a download which items and values.
  selection jsonb not null,
  parameters jsonb not null default '[]',
  -- A trip also of who has enough money; a close also of who was stopped for debt. The second person has to see it.
  override boolean not null default false,
  reason text not null check (length(reason) between 1 and 200),
  state text not null check (state in ('waiting', 'running', 'finished', 'stopped', 'refused', 'expired')),
  -- Made by whoever asks; the same key with the same input is one batch.
  key text not null,
  requested_by int not null references operator,
  at timestamptz not null,
  -- Who approved or refused, and why.
  decided_by int references operator,
  decided_at timestamptz,
  decision_reason text,
  stopped_by int references operator,
  stopped_at timestamptz,
  stop_reason text,
  finished_at timestamptz,
  unique (requested_by, key),
  -- A person never approves what they asked for.
  check (decided_by is null or decided_by <> requested_by),
  check (state <> 'waiting' or decided_by is null)
) with (fillfactor = 70);
create index batch_open on batch (at) where state in ('waiting', 'running');
create index batch_newest on batch (at desc);

-- One row per meter. What became of a command is told by the command itself; a download keeps its own end here.
create table batch_item (
  batch_id uuid not null references batch,
  meter_id int not null references meter,
  position int not null,
  state text not null check (state in ('waiting', 'skipped', 'commanded', 'writing', 'written', 'failed')),
  -- Why it was left out or failed: a code, or the words of the meter.
  because text,
  -- What was known of the meter when the batch was asked for: what the second person sees.
  seen jsonb not null,
  command_id uuid references relay_command,
  -- Of a download: what stood in the meter before and after, and the bytes.
  detail jsonb,
  -- The process that is writing.
  writer text,
  -- Of a download whose line is away: not before this.
  not_before timestamptz,
  finished_at timestamptz,
  primary key (batch_id, meter_id),
  check ((state = 'commanded') = (command_id is not null))
) with (fillfactor = 70);
create unique index batch_item_command on batch_item (command_id) where command_id is not null;
create index batch_item_waiting on batch_item (batch_id, position) where state in ('waiting', 'writing');

-- The guard learns what is usual for a site, and knows two more reasons to freeze.
alter table trip_guard
  -- Trips of a day, averaged over the days; double precision, because it is compared and never charged.
  add column usual_per_day double precision not null default 0 check (usual_per_day >= 0),
  add column usual_days int not null default 0 check (usual_days >= 0),
  drop constraint trip_guard_frozen_because_check,
  add constraint trip_guard_frozen_because_check check (frozen_because in
    ('too-many-trips', 'unusual-wave', 'too-few-reads', 'clock-jumped', 'plan-imported', 'by-operator'));

-- Who has last looked at what the policy would do at a site: a freeze after a change of prices is released by nobody else.
create table dry_run_seen (
  site_id int not null references site,
  operator_id int not null references operator,
  at timestamptz not null,
  primary key (site_id, operator_id)
);

-- Load, time and single-run control: what holds the supply of a meter off beside money. One row per meter that has rules.
create table load_control (
  meter_id int primary key references meter,
  rules jsonb not null,
  -- What was decided on before: samples, counts of trips, the run under way.
  state jsonb not null,
  -- What holds the supply off now; empty: nothing. The credit policy does not restore a meter that is held.
  holds text[] not null default '{}',
  looked_at timestamptz not null default '1970-01-01Z',
  changed_at timestamptz not null,
  changed_by int references operator
) with (fillfactor = 50);
create index load_control_held on load_control (meter_id) where holds <> '{}';
