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
