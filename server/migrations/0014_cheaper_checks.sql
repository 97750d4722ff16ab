-- The same checks for less: what every charge of every meter pays for, several hundred times a second.

-- A trigger before an update locks each row once more before it is written. This one only refuses, so it can as well look
-- at what was written: an exception undoes it.
drop trigger ledger_account_is_guarded on ledger_account;
create trigger ledger_account_is_guarded after update on ledger_account for each row
  when (old.closed_at is not null or new.closed_at is not null or pg_trigger_depth() = 0)
  execute function guard_ledger_account();

-- How a kind may be written is a matter of the routes: a transfer of a kind that has none is refused anyway, but for the
-- reversal, which is one word.
alter table ledger_route add constraint ledger_route_kind check (kind ~ '^[a-z-]{3,30}$');
alter table transfer drop constraint transfer_kind_check;
