-- The ledger an accountant signs off: chart of accounts, named templates, operations with their keys, pending purchases,
-- agreements as versions, sealed blocks. docs/ledger.md explains it; the chart and the templates are also data in
-- server/src/domain/ledger, and a test holds both against each other.

-- The chart. `bound`: the side on which the account stands may not be overdrawn.
create table ledger_code (
  code text primary key,
  side text not null check (side in ('debit', 'credit')),
  owner text not null check (owner in ('account', 'meter', 'channel', 'cashier', 'component', 'house')),
  bound boolean not null
);
insert into ledger_code (code, side, owner, bound) values
  ('customer-prepayment', 'credit', 'account', false),
  ('customer-frozen', 'credit', 'account', true),
  ('customer-receivable', 'debit', 'account', true),
  ('meter-purchase-pending', 'credit', 'meter', true),
  ('meter-wallet', 'credit', 'meter', true),
  ('channel-clearing', 'debit', 'channel', false),
  ('cash-drawer', 'debit', 'cashier', true),
  ('bank', 'debit', 'house', false),
  ('revenue', 'credit', 'component', false),
  ('tax-payable', 'credit', 'house', false),
  ('rounding', 'debit', 'house', false),
  ('refunds-payable', 'credit', 'channel', true),
  ('write-off', 'debit', 'house', false),
  ('suspense', 'credit', 'channel', true),
  ('between-accounts', 'debit', 'house', false),
  ('opening-balances', 'debit', 'house', false),
  ('cash-difference', 'debit', 'house', false);

-- Which accounts a template may debit and credit: a balanced transfer can still be a wrong one.
create table ledger_route (
  kind text not null,
  debit text not null references ledger_code,
  credit text not null references ledger_code,
  primary key (kind, debit, credit)
);
insert into ledger_route (kind, debit, credit) values
  ('payment', 'cash-drawer', 'customer-prepayment'),
  ('payment', 'channel-clearing', 'customer-prepayment'),
  ('energy-charge', 'customer-prepayment', 'revenue'),
  ('energy-credit', 'revenue', 'customer-prepayment'),
  ('fee', 'customer-prepayment', 'revenue'),
  ('tax', 'revenue', 'tax-payable'),
  ('rounding-charge', 'customer-prepayment', 'rounding'),
  ('rounding-credit', 'rounding', 'customer-prepayment'),
  ('refund', 'customer-prepayment', 'cash-drawer'),
  ('refund', 'customer-prepayment', 'refunds-payable'),
  ('refund-paid', 'refunds-payable', 'channel-clearing'),
  ('transfer-out', 'customer-prepayment', 'between-accounts'),
  ('transfer-in', 'between-accounts', 'customer-prepayment'),
  ('freeze', 'customer-prepayment', 'customer-frozen'),
  ('unfreeze', 'customer-frozen', 'customer-prepayment'),
  ('opening-balance', 'opening-balances', 'customer-prepayment'),
  ('opening-debt', 'customer-receivable', 'opening-balances'),
  ('debt-collection', 'customer-prepayment', 'customer-receivable'),
  ('write-off', 'write-off', 'customer-prepayment'),
  ('debt-write-off', 'write-off', 'customer-receivable'),
  ('purchase-pending', 'customer-prepayment', 'meter-purchase-pending'),
  ('purchase-posted', 'meter-purchase-pending', 'meter-wallet'),
  ('purchase-voided', 'meter-purchase-pending', 'customer-prepayment'),
  ('purchase-expired', 'meter-purchase-pending', 'customer-prepayment'),
  ('wallet-charge', 'meter-wallet', 'revenue'),
  ('wallet-return', 'meter-wallet', 'customer-prepayment'),
  ('suspense-in', 'channel-clearing', 'suspense'),
  ('suspense-resolved', 'suspense', 'customer-prepayment'),
  ('channel-settled', 'bank', 'channel-clearing'),
  ('cash-handed-over', 'bank', 'cash-drawer'),
  ('cash-short', 'cash-difference', 'cash-drawer'),
  ('cash-over', 'cash-drawer', 'cash-difference');

create function refuse_reference_change() returns trigger language plpgsql as $$
begin
  raise exception 'the chart of accounts and its routes change by a migration only' using errcode = '23514';
end $$;

-- Ledger accounts: whose they are, when they were closed, and the bound of the chart as a check on the row itself.
alter table ledger_account
  drop constraint ledger_account_code_check,
  drop constraint ledger_account_check,
  drop constraint ledger_account_bucket_code_account_id_key;
alter table ledger_account
  add column owner text check (length(owner) between 1 and 64),
  add column bound text not null default 'none' check (bound in ('none', 'debit', 'credit')),
  add column closed_at timestamptz;
update ledger_account set code = 'channel-clearing', owner = 'cash-counter' where code = 'cash-counter';
update ledger_account set code = 'revenue', owner = 'energy' where code = 'energy-revenue';
alter table ledger_account
  add foreign key (code) references ledger_code,
  add unique nulls not distinct (bucket, code, account_id, owner),
  add constraint ledger_account_not_overdrawn check (
    (bound <> 'credit' or debits <= credits) and (bound <> 'debit' or credits <= debits));
create index ledger_account_owner on ledger_account (account_id) where account_id is not null;

create function open_ledger_account() returns trigger language plpgsql as $$
declare
  chart ledger_code;
begin
  select * into strict chart from ledger_code where code = new.code;
  if new.debits <> 0 or new.credits <> 0 or new.closed_at is not null then
    raise exception 'a ledger account opens empty' using errcode = '23514';
  end if;
  if (chart.owner in ('account', 'meter')) <> (new.account_id is not null)
    or (chart.owner in ('meter', 'channel', 'cashier', 'component')) <> (new.owner is not null) then
    raise exception 'a ledger account % belongs to a %', new.code, chart.owner using errcode = '23514';
  end if;
  new.bound := case when chart.bound then chart.side else 'none' end;
  return new;
end $$;
create trigger ledger_account_opens before insert on ledger_account for each row execute function open_ledger_account();

-- Balances move by transfers alone: the trigger of `transfer` is the only one that may change them.
create function guard_ledger_account() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'a ledger account is for ever' using errcode = '23514';
  end if;
  if (new.id, new.bucket, new.code, new.account_id, new.owner, new.bound)
    is distinct from (old.id, old.bucket, old.code, old.account_id, old.owner, old.bound) then
    raise exception 'a ledger account does not change what it is' using errcode = '23514';
  end if;
  if (new.debits, new.credits) is distinct from (old.debits, old.credits) then
    if old.closed_at is not null then
      raise exception 'ledger account % is closed', old.id using errcode = '23514', constraint = 'ledger_account_closed';
    end if;
    raise exception 'balances move by transfers alone' using errcode = '23514';
  end if;
  if new.closed_at is distinct from old.closed_at and new.debits <> new.credits then
    raise exception 'ledger account % is not empty', old.id using errcode = '23514', constraint = 'ledger_account_not_empty';
  end if;
  return new;
end $$;
create trigger ledger_account_is_guarded before update on ledger_account for each row
  when (old.closed_at is not null or new.closed_at is not null or pg_trigger_depth() = 0)
  execute function guard_ledger_account();
create trigger ledger_account_is_kept before delete on ledger_account for each row execute function guard_ledger_account();

-- What a person or a program asked of the ledger, once: its key, a hash of its input, and the result that a repetition
-- is given. `reverses` is unique: nothing is reversed twice.
create table operation (
  id uuid primary key,
  bucket smallint not null,
  kind text not null check (length(kind) between 1 and 40),
  account_id int references account,
  key text not null check (length(key) between 1 and 200),
  input jsonb not null,
  input_hash text not null,
  result jsonb not null,
  reason text not null default '',
  operator_id int references operator,
  reverses uuid unique references operation,
  at timestamptz not null,
  real_at timestamptz not null default clock_timestamp(),
  unique nulls not distinct (account_id, key)
);
insert into operation (id, bucket, kind, account_id, key, input, input_hash, result, operator_id, at, real_at)
  select id, bucket, 'payment', account_id, key, jsonb_build_object('channel', channel, 'amount', amount || 'n'), input_hash,
         jsonb_build_object('paymentId', id, 'balance', balance_after || 'n'), operator_id, at, real_at
  from payment order by at, id;
create trigger operation_is_immutable before update or delete on operation for each row execute function refuse_change();
create trigger payment_is_immutable before update or delete on payment for each row execute function refuse_change();

-- Transfers: their number in the journal, when they were posted (`at` is the time they are about), what they belong to.
create sequence transfer_entry;
drop trigger transfer_is_immutable on transfer;
alter table transfer
  add column entry bigint,
  add column posted_at timestamptz,
  add column operation_id uuid,
  add column refers_to uuid;
update transfer t set entry = n.entry, posted_at = n.at, operation_id = n.payment_id
  from (select at, id, payment_id, row_number() over (order by id) as entry from transfer) n where t.at = n.at and t.id = n.id;
select setval('transfer_entry', greatest(1, (select coalesce(max(entry), 0) from transfer)),
              exists (select from transfer));
alter table transfer
  alter column entry set default nextval('transfer_entry'),
  alter column entry set not null,
  alter column posted_at set not null,
  alter column account_id drop not null,
  alter column balance_after drop not null,
  drop constraint transfer_kind_check,
  add constraint transfer_kind_check check (kind ~ '^[a-z-]{3,30}$'),
  add constraint transfer_reversal_refers check (kind <> 'reversal' or refers_to is not null),
  add constraint transfer_names_account check ((account_id is null) = (balance_after is null));
-- The journal is read by its numbers and by time in long runs only, and a block range index costs an insert nothing.
create index transfer_entry_range on transfer using brin (entry, posted_at) with (pages_per_range = 16, autosummarize = on);
create index transfer_operation on transfer (operation_id) where operation_id is not null;
create index transfer_refers on transfer (refers_to) where refers_to is not null;
create trigger transfer_is_immutable before update or delete on transfer for each row execute function refuse_change();

-- Moves the balances of both sides, in the order of their ids, in the very statement that writes the transfers; refuses
-- a route that no template has, a meter's charge under another account's agreement, and a closed account. One pass over
-- the ledger accounts: they are locked in order, moved, and what they are comes back to be checked. The planner knows nothing
-- of how many rows were written; without nested loops it joins a thousand of them by hashing, and one at no cost.
create function apply_transfers() returns trigger language plpgsql set enable_nestloop = off as $$
declare
  closed boolean;
  wrong text;
begin
  with sides as materialized (
    select id, sum(debit)::bigint as debit, sum(credit)::bigint as credit from (
      select debit_id as id, amount as debit, 0 as credit from written
      union all select credit_id, 0, amount from written) s group by id
  ), held as materialized (
    select l.id from ledger_account l where l.id = any(array(select id from sides)) order by l.id for no key update
  ), moved as (
    update ledger_account l set debits = l.debits + s.debit, credits = l.credits + s.credit
    from held h join sides s on s.id = h.id where l.id = h.id and l.id = any(array(select id from sides))
    returning l.id, l.code, l.closed_at
  ), routes as (
    select distinct w.kind, d.code as debit, c.code as credit
    from written w left join moved d on d.id = w.debit_id left join moved c on c.id = w.credit_id
    where w.kind <> 'reversal'
  )
  select (select bool_or(closed_at is not null) from moved),
         (select format('%s from %s to %s', kind, coalesce(debit, '?'), coalesce(credit, '?')) from routes
          where not exists (select from ledger_route r where (r.kind, r.debit, r.credit) = (routes.kind, routes.debit, routes.credit))
          limit 1)
    into closed, wrong;
  if closed then
    raise exception 'a transfer to a closed ledger account' using errcode = '23514', constraint = 'ledger_account_closed';
  end if;
  if wrong is not null then
    raise exception 'no template moves money as %', wrong using errcode = '23514', constraint = 'transfer_route';
  end if;
  if exists (
    select from written w
    left join agreement g on g.id = w.agreement_id and g.id = any(array(select agreement_id from written))
    where w.agreement_id is not null and g.account_id is distinct from w.account_id) then
    raise exception 'a charge names an agreement of another account' using errcode = '23514', constraint = 'transfer_agreement';
  end if;
  return null;
end $$;
-- A writer shows itself (has a transaction id) before it draws a number of the journal: so whoever seals can know that
-- all writers of lower numbers have ended.
create function show_writer() returns trigger language plpgsql as $$
begin
  perform pg_current_xact_id();
  return null;
end $$;
create trigger transfer_writer_shows before insert on transfer for each statement execute function show_writer();
create trigger transfer_moves_balances after insert on transfer
  referencing new table as written for each statement execute function apply_transfers();

create function refuse_statement() returns trigger language plpgsql as $$
begin
  raise exception '% on % is refused: the journal is written through the table transfer and never emptied', tg_op, tg_table_name
    using errcode = '23514';
end $$;
create trigger transfer_is_not_emptied before truncate on transfer for each statement execute function refuse_statement();
create trigger operation_is_not_emptied before truncate on operation for each statement execute function refuse_statement();

-- A statement on a partition itself would pass the triggers of the whole: each partition refuses it.
create function guard_transfer_partition(partition regclass) returns void language plpgsql as $$
begin
  execute format('create trigger written_through_the_whole before insert or truncate on %s
                  for each statement execute function refuse_statement()', partition);
end $$;
select guard_transfer_partition(inhrelid::regclass) from pg_inherits where inhparent = 'transfer'::regclass;

create function day_partition_exists(parent text, name text) returns boolean language sql volatile as $$
  select exists (select from pg_inherits i join pg_class c on c.oid = i.inhrelid
                 where i.inhparent = parent::regclass and c.relname = name)
$$;

-- A day's table is made by itself and then attached: that waits for no writer and no writer waits for it. Two that make the
-- same day at once: the second waits for the lock, and looks into the catalog by a query, for a cached "there is none" would
-- not be looked up again after the wait. The order transfer, reading is that in which settling writes them.
create or replace function ensure_day_partitions(first_day date, last_day date) returns void language plpgsql as $$
declare
  day date;
  parent text;
  name text;
begin
  for day in select d::date from generate_series(first_day, last_day, interval '1 day') d loop
    foreach parent in array array['transfer', 'reading'] loop
      name := format('%s_%s', parent, to_char(day, 'YYYYMMDD'));
      if not day_partition_exists(parent, name) then
        perform pg_advisory_xact_lock(hashtext('xianfu partition ' || name));
        if not day_partition_exists(parent, name) then
          execute format('create table %I (like %I including defaults including constraints including storage)', name, parent);
          execute format('alter table %I attach partition %I for values from (%L) to (%L)',
            parent, name, day::timestamptz, (day + 1)::timestamptz);
          if parent = 'transfer' then
            perform guard_transfer_partition(format('%I', name)::regclass);
          end if;
        end if;
      end if;
    end loop;
  end loop;
end $$;

-- Channels by which money comes and goes.
alter table payment
  drop constraint payment_channel_check,
  add constraint payment_channel_check
    check (channel in ('cash-counter', 'card-terminal', 'bank-transfer', 'wechat-pay', 'alipay'));

create index payment_at on payment (at);

alter table account add column opened_at timestamptz, add column closed_at timestamptz;
create index account_customer on account (customer_id);

-- The supply contract and the prepayment agreement, as versions. A version is in force from `effective_from` until the
-- next one of the account is; an ending closes the last one. So no two are ever in force at once.
alter table agreement
  add column effective_from timestamptz,
  add column supply_contract text not null default '',
  add column settlement_mode text not null default 'remote' check (settlement_mode in ('remote', 'local')),
  add column legal_path text not null default 'agreement' check (legal_path in ('agreement', 'overdue-30'));
alter table agreement disable trigger agreement_is_immutable;
update agreement set effective_from = signed_at;
alter table agreement enable trigger agreement_is_immutable;
alter table agreement
  alter column effective_from set not null,
  add unique (account_id, effective_from);
create index agreement_account on agreement (account_id, effective_from desc);

create table agreement_ending (
  account_id int not null references account,
  agreement_id int primary key references agreement,
  at timestamptz not null,
  operation_id uuid
);
create trigger agreement_ending_is_immutable before update or delete on agreement_ending
  for each row execute function refuse_change();

-- Versions that are signed and not yet in force.
create table agreement_waiting (
  agreement_id int primary key references agreement,
  account_id int not null references account,
  effective_from timestamptz not null
);
create index agreement_waiting_due on agreement_waiting (effective_from);

create function follow_agreements() returns trigger language plpgsql as $$
declare
  latest agreement;
begin
  if new.effective_from is null then
    new.effective_from := new.signed_at;
  end if;
  select * into latest from agreement where account_id = new.account_id order by version desc limit 1;
  if found and (new.version <> latest.version + 1 or new.effective_from <= latest.effective_from) then
    raise exception 'version % of the agreement does not follow version %', new.version, latest.version
      using errcode = '23514', constraint = 'agreement_follows';
  end if;
  return new;
end $$;
create trigger agreement_follows before insert on agreement for each row execute function follow_agreements();

-- Local fee control: what the meter's own purse is known to hold, and purchases on their way into it.
create table meter_wallet (
  meter_id int primary key references meter,
  bucket smallint not null,
  purchase_count int not null check (purchase_count >= 0),
  balance bigint not null,
  read_at timestamptz not null,
  -- Since when the meter's purse and the ledger disagree in a way that only a person can explain.
  disputed_at timestamptz,
  dispute text
) with (fillfactor = 70);

create table meter_purchase (
  id uuid primary key,
  bucket smallint not null,
  account_id int not null references account,
  meter_id int not null references meter,
  amount bigint not null check (amount > 0 and amount % 10000 = 0),
  state text not null default 'waiting' check (state in ('waiting', 'written', 'posted', 'voided', 'expired', 'disputed')),
  -- The meter's purchase count that proves it; known once the count before it has been read.
  proving_count int check (proving_count > 0),
  attempts int not null default 0,
  last_answer text,
  at timestamptz not null,
  next_step_at timestamptz not null,
  expires_at timestamptz not null,
  finished_at timestamptz
) with (fillfactor = 70);
create unique index meter_purchase_open on meter_purchase (meter_id) where state in ('waiting', 'written', 'disputed');
create index meter_purchase_due on meter_purchase (next_step_at) where state in ('waiting', 'written');
create index meter_purchase_account on meter_purchase (account_id, at desc);

-- Sealed blocks of the journal: hash = sha256 of the hash before and the lines of all its transfers.
create table ledger_block (
  number int primary key check (number > 0),
  first_entry bigint not null,
  last_entry bigint not null check (last_entry >= first_entry),
  transfers int not null check (transfers >= 0),
  previous_hash text not null check (length(previous_hash) = 64),
  hash text not null unique check (length(hash) = 64),
  sealed_at timestamptz not null,
  real_at timestamptz not null default clock_timestamp()
);
create trigger ledger_block_is_immutable before update or delete on ledger_block for each row execute function refuse_change();

create trigger ledger_code_is_fixed before insert or update or delete on ledger_code
  for each statement execute function refuse_reference_change();
create trigger ledger_route_is_fixed before insert or update or delete on ledger_route
  for each statement execute function refuse_reference_change();
