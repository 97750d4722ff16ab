-- Top-ups obey the plan: what part of a payment went to old debt, and how it was asked for (so much energy, so many
-- days). Rows before this paid no debt and were asked for by amount.
alter table payment
  add column to_debt bigint not null default 0,
  add column wish jsonb,
  add constraint payment_debt_part check (to_debt between 0 and amount);

-- The life of a purchase for a meter's own purse, step by step, for whoever waits for it.
create table meter_purchase_event (
  id bigint generated always as identity primary key,
  purchase_id uuid not null references meter_purchase,
  at timestamptz not null,
  real_at timestamptz not null default clock_timestamp(),
  kind text not null check (kind in
    ('written', 'accepted', 'refused', 'no-answer', 'unread', 'posted', 'voided', 'expired', 'disputed')),
  attempts int not null,
  proving_count int,
  -- A code of ours, or the words of the meter.
  reason text
);
create index meter_purchase_event_purchase on meter_purchase_event (purchase_id, id);
create trigger meter_purchase_event_is_immutable before update or delete on meter_purchase_event
  for each row execute function refuse_change();

-- Which meter is behind which, since when: a sub-meter (分表) has at most one master (总表) at a time. The ratio is what a
-- meter's registers leave out (transformers that its protocol does not know); the limit is the loss that is usual there.
create table meter_behind (
  id int generated always as identity primary key,
  sub_id int not null references meter,
  master_id int not null references meter,
  from_at timestamptz not null,
  to_at timestamptz,
  check (sub_id <> master_id),
  check (to_at > from_at)
);
create unique index meter_behind_open on meter_behind (sub_id) where to_at is null;
create index meter_behind_sub on meter_behind (sub_id, from_at);
create index meter_behind_master on meter_behind (master_id, from_at);
create function check_meter_behind() returns trigger language plpgsql as $$
begin
  if exists (select from meter_behind b where b.sub_id = new.sub_id and b.id <> new.id
             and b.from_at < coalesce(new.to_at, 'infinity') and new.from_at < coalesce(b.to_at, 'infinity')) then
    raise exception 'meter % is behind another meter at that time', new.sub_id
      using errcode = '23514', constraint = 'meter_behind_once';
  end if;
  return new;
end $$;
create trigger meter_behind_is_single before insert or update on meter_behind
  for each row execute function check_meter_behind();
alter table meter
  add column loss_ratio int not null default 1 check (loss_ratio between 1 and 1000000),
  -- Millionths of what the master measures; null: no loss is called too much.
  add column loss_limit int check (loss_limit between 0 and 1000000);

-- A difference that a person works on is in the inbox of work items as well: which one.
alter table reconciliation_item
  add column work_kind text,
  add column work_subject text,
  add constraint reconciliation_item_work check ((work_kind is null) = (work_subject is null));
create index reconciliation_item_of_work on reconciliation_item (work_kind, work_subject) where state = 'open';

-- Revenue by component. A charge is posted as revenue of energy, because it is the difference of two prices of a whole
-- period; closing the month knows its parts, and moves what was for capacity, demand, surcharges … to revenue of its own,
-- without the tax in it. `components` is what a statement and those it corrects have moved.
alter table ledger_code disable trigger ledger_code_is_fixed;
alter table ledger_route disable trigger ledger_route_is_fixed;
insert into ledger_code (code, side, owner, bound) values ('between-components', 'debit', 'house', false);
insert into ledger_route (kind, debit, credit) values
  ('revenue-out', 'revenue', 'between-components'),
  ('revenue-in', 'between-components', 'revenue');
alter table ledger_code enable trigger ledger_code_is_fixed;
alter table ledger_route enable trigger ledger_route_is_fixed;
alter table statement add column components jsonb not null default '{}';
