-- Several processes may hold gateways of one database. A gateway belongs to the process that has its socket; the process
-- is believed to live as long as it renews its lease. All times of this file are real time of the database's own clock:
-- a lease must not run faster in a demonstration.

create table headend_process (
  id uuid primary key,
  -- `house`: the one process that also decides, closes months and serves people. `headend`: gateways only.
  kind text not null check (kind in ('house', 'headend')),
  name text not null check (length(name) between 1 and 200),
  started_at timestamptz not null default clock_timestamp(),
  alive_until timestamptz not null,
  -- Ended by itself, or buried by another when its lease was over.
  ended_at timestamptz
);
create index headend_process_living on headend_process (alive_until) where ended_at is null;

alter table gateway add column headend_id uuid references headend_process;
-- Who held it last: what another process has read in this turn is not read again.
alter table gateway add column last_headend_id uuid references headend_process;
create index gateway_headend on gateway (headend_id) where headend_id is not null;

-- A read that a person waits for, when the gateway is in the hands of another process than the one that was asked.
create table field_request (
  id uuid primary key,
  meter_id int not null references meter,
  headend_id uuid not null references headend_process,
  asked_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  taken_at timestamptz,
  answer jsonb,
  answered_at timestamptz
);
create index field_request_open on field_request (headend_id) where taken_at is null;

-- Whether a process may act on a meter: one that it holds the gateway of; or, for the house, also one whose gateway nobody
-- holds, so that somebody says that it is away.
create function meter_in_reach(meter int, self text, only_held boolean) returns boolean language sql stable as $$
  select case when only_held then g.headend_id::text = self
              else g.headend_id is null or g.headend_id::text = self
                   or exists (select from headend_process h where h.id = g.headend_id and h.ended_at is not null) end
  from meter m join gateway g on g.id = m.gateway_id where m.id = meter
$$;
