-- The inbox: what a person must look at. Field work, approvals, alarms and differences lie in one list, because whoever
-- is on duty looks in one place.

-- `subject` is what it is about, as in the audit log: `meter:17`, `account:5`, `gateway:3`, `site:1`. The other columns
-- that name things are for finding and showing only.
create table work_item (
  id bigint generated always as identity primary key,
  kind text not null check (kind ~ '^[a-z0-9-]{1,40}$'),
  subject text not null check (length(subject) between 1 and 100),
  site_id int references site,
  account_id int references account,
  meter_id int references meter,
  gateway_id int references gateway,
  severity text not null check (severity in ('notice', 'warning', 'critical')),
  detail jsonb not null default '{}',
  opened_at timestamptz not null,
  -- Seen again while open: counted, not opened twice.
  seen_at timestamptz not null,
  seen int not null default 1 check (seen > 0),
  due_at timestamptz,
  -- How many of its steps (half of the time, four fifths, all of it) have passed without an end.
  escalation smallint not null default 0 check (escalation between 0 and 3),
  owner_id int references operator,
  acknowledged_at timestamptz,
  acknowledged_by int references operator,
  closed_at timestamptz,
  -- Null: the state has ended by itself.
  closed_by int references operator,
  closed_because text check (length(closed_because) between 1 and 200),
  check (due_at is null or due_at > opened_at),
  check ((acknowledged_at is null) = (acknowledged_by is null)),
  check ((closed_at is null) = (closed_because is null)),
  check (closed_at is not null or closed_by is null)
);
create unique index work_item_open on work_item (kind, subject) where closed_at is null;
create index work_item_due on work_item (due_at) where closed_at is null and due_at is not null;
create index work_item_closed on work_item (closed_at desc) where closed_at is not null;
