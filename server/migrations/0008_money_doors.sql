-- Top-ups obey the plan: what part of a payment went to old debt, and how it was asked for (so much energy, so many
-- days). Rows before this paid no debt and were asked for by amount.
alter table payment
  add column to_debt bigint not null default 0,
  add column wish jsonb,
  add constraint payment_debt_part check (to_debt between 0 and amount);
