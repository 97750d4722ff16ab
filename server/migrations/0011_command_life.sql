-- The life of relay commands in machine time, what becomes of supply that is owed (payment to power), relays that moved
-- without a command, and a compensation for those who waited too long.

alter table relay_command
  -- First time the bytes left, and first acknowledgement; machine time like the other real_ columns.
  add column real_sent_at timestamptz,
  add column real_acknowledged_at timestamptz;

alter table site
  -- Machine time from a payment to power behind an online gateway; later is late.
  add column restore_late_seconds int not null default 60 check (restore_late_seconds between 1 and 86400),
  -- From a field order to supply: 2 hours in town, 240 minutes in the country.
  add column restore_target_minutes int not null default 120 check (restore_target_minutes between 1 and 10080);

alter table meter
  -- Overload events that the meter has counted and that were looked at (DL/T 645: 030F0000).
  add column overload_count int not null default 0 check (overload_count >= 0),
  drop constraint meter_wiring_check,
  add constraint meter_wiring_check
    check (wiring in ('in-line', 'shunt-trip', 'contactor', 'contactor-inverse', 'external-breaker')),
  drop constraint meter_protocol_parts,
  add constraint meter_protocol_parts check (
    (protocol = 'dlt645' and unit_address is null and model is null and wiring in ('in-line', 'contactor', 'external-breaker'))
    or (protocol <> 'dlt645' and unit_address is not null and model is not null)
  );

-- One case of supply given back: from the payment (or whatever else lifted the balance) until a relay is seen closed.
create table restoration (
  id bigint generated always as identity primary key,
  bucket smallint not null,
  account_id int not null references account,
  meter_id int not null references meter,
  -- Null: not a payment, but a correction, a change of terms, a meter that had tripped by itself.
  payment_id uuid references payment,
  -- The close that was queued for it first.
  command_id uuid not null references relay_command,
  kind text not null check (kind in ('direct-close', 'permit-close')),
  -- Whether the gateway was there when it began: only then is the time to power ours.
  online boolean not null,
  -- `hand`: all that we can do is proven, and somebody must press the button or close the breaker.
  state text not null default 'running' check (state in ('running', 'hand', 'restored', 'withdrawn')),
  opened_at timestamptz not null,
  ended_at timestamptz,
  reminded_at timestamptz,
  late boolean not null default false,
  real_accepted_at timestamptz not null,
  real_queued_at timestamptz not null,
  real_sent_at timestamptz,
  real_acknowledged_at timestamptz,
  real_verified_at timestamptz,
  -- Written before the operation itself, in one transaction.
  compensation_id uuid references operation deferrable initially deferred,
  check ((state in ('restored', 'withdrawn')) = (ended_at is not null)),
  check (state not in ('hand', 'restored') or real_verified_at is not null)
) with (fillfactor = 70);
create unique index restoration_open on restoration (meter_id) where state in ('running', 'hand');
create index restoration_accepted on restoration (real_accepted_at);
create index restoration_uncompensated on restoration (id) where late and state = 'restored' and compensation_id is null;

-- Relays that opened without a command of ours: found in a status word, explained by asking the meter.
create table self_trip (
  id bigint generated always as identity primary key,
  bucket smallint not null,
  meter_id int not null references meter,
  at timestamptz not null,
  cause text check (cause in ('overload', 'own-balance', 'unknown')),
  -- What the meter told: status words and counts.
  evidence jsonb not null default '{}',
  looked_at timestamptz,
  looks int not null default 0
);
create unique index self_trip_open on self_trip (meter_id) where cause is null;
create index self_trip_meter on self_trip (meter_id, at);

-- Money that is given to a customer who waited too long for supply.
alter table ledger_code disable trigger user;
alter table ledger_route disable trigger user;
insert into ledger_code (code, side, owner, bound) values ('compensation', 'debit', 'house', false);
insert into ledger_route (kind, debit, credit) values ('compensation', 'compensation', 'customer-prepayment');
alter table ledger_code enable trigger user;
alter table ledger_route enable trigger user;

-- Cases of the past, as far as they can still be told: closes that were set off by a payment and proven.
insert into restoration (bucket, account_id, meter_id, payment_id, command_id, kind, online, state, opened_at, ended_at,
                         real_accepted_at, real_queued_at, real_sent_at, real_acknowledged_at, real_verified_at)
select c.bucket, c.account_id, c.meter_id, c.payment_id, c.id, c.kind, true, 'restored', c.at, c.finished_at,
       p.real_at, c.real_at, c.real_finished_at, c.real_finished_at, c.real_finished_at
from relay_command c join payment p on p.id = c.payment_id
where c.state = 'verified' and c.kind in ('direct-close', 'permit-close') and c.account_id is not null
  and c.real_finished_at is not null and c.finished_at is not null
order by c.at;
