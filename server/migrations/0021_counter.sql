-- The counter: shifts of cashiers, and what a person asks of the ledger that a second person has to agree to.

-- A shift (班次) from the counted float to the counted cash. What the drawer holds is in the ledger; here stands when it
-- was counted, and what the shift came to when it was closed, which is printed and never computed anew.
create table cash_shift (
  id uuid primary key,
  cashier_id int not null references operator,
  opened_at timestamptz not null,
  -- The database's own clock: which operations belong to a shift must not depend on a clock that may be set.
  opened_real_at timestamptz not null default clock_timestamp(),
  -- By the books in the drawer before it, and what was counted; more than the books is drawn from the bank as float.
  carried bigint not null,
  opening bigint not null check (opening >= 0),
  closed_at timestamptz,
  expected bigint,
  counted bigint check (counted >= 0),
  note text,
  -- By means of payment.
  totals jsonb,
  check (num_nulls(closed_at, expected, counted, note, totals) in (0, 5))
);
create unique index cash_shift_open on cash_shift (cashier_id) where closed_at is null;
create index cash_shift_newest on cash_shift (opened_at desc);

create function refuse_closed_shift() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.closed_at is not null
    or (new.id, new.cashier_id, new.opened_at, new.opened_real_at, new.carried, new.opening)
      is distinct from (old.id, old.cashier_id, old.opened_at, old.opened_real_at, old.carried, old.opening) then
    raise exception 'a shift is closed once and never changed' using errcode = '23514', constraint = 'cash_shift_kept';
  end if;
  return new;
end $$;
create trigger cash_shift_is_kept before update or delete on cash_shift for each row execute function refuse_closed_shift();

create index operation_of_operator on operation (operator_id, real_at) where operator_id is not null;

-- An operation that waits for a second person. It is carried out under its own id as the key, in the name of who asked:
-- the cash leaves the drawer of the one who stands at the counter.
create table operation_request (
  id uuid primary key,
  account_id int not null references account,
  -- As asked: `kind` and what belongs to it; money as in `operation.input`.
  operation jsonb not null,
  input_hash text not null,
  reason text not null check (length(reason) between 1 and 200),
  key text not null,
  requested_by int not null references operator,
  at timestamptz not null,
  state text not null default 'waiting' check (state in ('waiting', 'approved', 'done', 'refused', 'withdrawn')),
  decided_by int references operator,
  decided_at timestamptz,
  decision_reason text,
  operation_id uuid references operation,
  unique (account_id, requested_by, key),
  -- A person never approves what they asked for.
  check (decided_by is null or (state = 'withdrawn') = (decided_by = requested_by)),
  check ((decided_by is null) = (state = 'waiting')),
  check ((operation_id is not null) = (state = 'done'))
) with (fillfactor = 70);
create index operation_request_waiting on operation_request (at) where state in ('waiting', 'approved');
create index operation_request_account on operation_request (account_id, at desc);

-- Cash that is drawn from the bank to begin a shift with (备用金).
alter table ledger_route disable trigger ledger_route_is_fixed;
insert into ledger_route (kind, debit, credit) values ('float-drawn', 'cash-drawer', 'bank');
alter table ledger_route enable trigger ledger_route_is_fixed;
