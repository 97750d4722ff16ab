-- Statements of closed periods and the items of reconciliation. docs/statements.md explains both.

-- A closed period of one account, for ever. A later change of its charges makes a further revision that `corrects` the
-- one before. `last_entry`: the account's transfers up to this number of the journal are in it, so that the sum can be
-- proven again at any time, also after later corrections.
create table statement (
  id uuid primary key,
  bucket smallint not null,
  account_id int not null references account,
  number text not null unique check (length(number) between 8 and 60),
  revision int not null check (revision > 0),
  corrects uuid unique references statement,
  -- `(start_at, end_at]`, as a settlement period is.
  start_at timestamptz not null,
  end_at timestamptz not null,
  closed_at timestamptz not null,
  last_entry bigint not null,
  opening_balance bigint not null,
  payments bigint not null,
  movements bigint not null,
  -- What the month's settlement periods had charged. A charge belongs to the period that it rates, also where the
  -- reading that caused it is of the next month.
  energy bigint not null,
  -- That, fees, and rounding posted by an earlier revision; and what this statement's rounding adds.
  charged bigint not null,
  rounding bigint not null,
  total bigint not null,
  net bigint not null,
  tax bigint not null,
  closing_balance bigint not null,
  rounding_transfer_id uuid,
  tax_transfer_id uuid,
  -- Names, places, readings, payments and daily energy as they were on that day: what the papers are printed from.
  document jsonb not null,
  unique (account_id, start_at, revision),
  check (end_at > start_at),
  check ((revision = 1) = (corrects is null)),
  check (total = charged + rounding),
  check (total = net + tax),
  check (closing_balance = opening_balance + payments + movements - total)
);
create index statement_account on statement (account_id, end_at desc);

create table statement_line (
  statement_id uuid not null references statement,
  position int not null check (position > 0),
  meter_id int references meter,
  code text not null,
  formula text not null,
  -- Thousandths of the unit, as watt-hours are of a kilowatt-hour.
  quantity bigint,
  unit text,
  price bigint,
  amount bigint not null,
  -- Shown, but contained in another line.
  memo boolean not null,
  agreement_id int references agreement,
  price_plan_id int references price_plan,
  detail jsonb not null,
  primary key (statement_id, position),
  check ((quantity is null) = (unit is null))
);

create trigger statement_is_immutable before update or delete on statement for each row execute function refuse_change();
create trigger statement_line_is_immutable before update or delete on statement_line
  for each row execute function refuse_change();
create trigger statement_is_not_emptied before truncate on statement for each statement execute function refuse_statement();
create trigger statement_line_is_not_emptied before truncate on statement_line
  for each statement execute function refuse_statement();

-- The total is the sum of the lines, whoever writes them: looked at when the transaction ends.
create function check_statement_total() returns trigger language plpgsql as $$
declare
  wrong text;
begin
  select s.number into wrong from statement s
    where s.id = coalesce((to_jsonb(new) ->> 'statement_id')::uuid, (to_jsonb(new) ->> 'id')::uuid)
      and s.total <> (select coalesce(sum(l.amount), 0) from statement_line l where l.statement_id = s.id and not l.memo);
  if wrong is not null then
    raise exception 'the lines of statement % do not add up to its total', wrong
      using errcode = '23514', constraint = 'statement_total';
  end if;
  return null;
end $$;
create constraint trigger statement_adds_up after insert on statement
  deferrable initially deferred for each row execute function check_statement_total();
create constraint trigger statement_line_adds_up after insert on statement_line
  deferrable initially deferred for each row execute function check_statement_total();

-- What a transfer is about: its own kind, or that of what a reversal (of a reversal …) undoes. Through the operation,
-- because a transfer is found by its time or by its operation, never by its id alone.
create function transfer_cause(kind text, operation uuid, refers_to uuid) returns text language plpgsql stable as $$
declare
  found_kind text := kind;
  found_operation uuid := operation;
  found_refers uuid := refers_to;
begin
  while found_kind = 'reversal' loop
    select t.kind, t.operation_id, t.refers_to into found_kind, found_operation, found_refers
      from operation o join transfer t on t.operation_id = o.reverses and t.id = found_refers
      where o.id = found_operation;
  end loop;
  return coalesce(found_kind, kind);
end $$;

-- Which periods belong to an agreement: asked for when a month is closed.
create index settlement_period_agreement on settlement_period (agreement_id, start_at);

-- One run of a comparison, with what it was given and what it counted. The same input again is the same run.
create table reconciliation (
  id uuid primary key,
  kind text not null check (kind in ('line-loss', 'payment-channel', 'meter-balance')),
  subject text not null check (length(subject) between 1 and 200),
  input_hash text not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  summary jsonb not null,
  operator_id int references operator,
  at timestamptz not null,
  check (to_at >= from_at),
  unique (kind, subject, input_hash)
);
create trigger reconciliation_is_immutable before update or delete on reconciliation
  for each row execute function refuse_change();

-- One difference to work on. `fingerprint` says what it is about, so that a later run that finds it again adds nothing.
create table reconciliation_item (
  id bigint generated always as identity primary key,
  reconciliation_id uuid not null references reconciliation,
  kind text not null,
  fingerprint text not null unique,
  account_id int references account,
  detail jsonb not null,
  state text not null default 'open' check (state in ('open', 'explained', 'corrected')),
  reason text not null default '',
  operator_id int references operator,
  at timestamptz not null,
  resolved_at timestamptz,
  check ((state = 'open') = (resolved_at is null)),
  check (state = 'open' or reason <> '')
);
create index reconciliation_item_open on reconciliation_item (id) where state = 'open';
create index reconciliation_item_run on reconciliation_item (reconciliation_id);
