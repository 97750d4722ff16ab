-- What people set for a site in the product, and a guard over the trips of the whole installation beside those of its sites.

alter table site
  -- Moves with each change of the settings, so that nobody overwrites what they have not seen.
  add column settings_version int not null default 0,
  -- Hours of the week without trips, for every account of the site, beside what its agreement says.
  add column friendly_hours jsonb not null default '[]' check (jsonb_typeof(friendly_hours) = 'array');

-- What late supply is worth: of a site, or of the installation (no site). Versions are added and never changed; a case
-- goes by the version that was in force when it was opened.
create table compensation_rule (
  id int generated always as identity primary key,
  site_id int references site,
  version int not null check (version > 0),
  from_at timestamptz not null,
  -- `installation`: as the installation does. `none`: nothing is paid. `own`: by the rule.
  kind text not null check (kind in ('installation', 'none', 'own')),
  rule jsonb,
  operator_id int references operator,
  reason text not null check (length(reason) between 1 and 200),
  unique nulls not distinct (site_id, version),
  check ((kind = 'own') = (rule is not null)),
  check (site_id is not null or kind <> 'installation')
);
create trigger compensation_rule_is_immutable before update or delete on compensation_rule
  for each row execute function refuse_change();

-- By which version a case was paid; null: by the setting of installations that have no version yet.
alter table restoration add column compensation_rule_id int references compensation_rule;

-- Who changed what is read site by site; the log itself is long.
create index audit_log_site on audit_log (subject, id desc) where subject like 'site:%' or subject = 'installation';

alter table trip_guard
  -- Null: no limit of the hour.
  add column most_per_hour int check (most_per_hour between 1 and 100000),
  add column hour_at timestamptz not null default '1970-01-01Z',
  add column sent_in_hour int not null default 0,
  -- A day with more than so many times the usual is no usual day, but never with fewer trips than the floor.
  add column wave_factor int not null default 5 check (wave_factor between 2 and 100),
  add column wave_floor int not null default 10 check (wave_floor between 1 and 10000),
  drop constraint trip_guard_frozen_because_check,
  add constraint trip_guard_frozen_because_check check (frozen_because in
    ('too-many-trips', 'unusual-wave', 'too-few-reads', 'clock-jumped', 'plan-imported', 'by-operator',
     'too-many-trips-in-all', 'unusual-wave-in-all'));

-- One row: the trips of all sites together. It counts always and limits nothing until somebody says so. What it stops, it
-- stops site by site, so that a person releases site by site.
create table installation_guard (
  id boolean primary key default true check (id),
  settings_version int not null default 0,
  most_per_minute int check (most_per_minute between 1 and 100000),
  most_per_hour int check (most_per_hour between 1 and 1000000),
  most_per_day int check (most_per_day between 1 and 10000000),
  wave_factor int check (wave_factor between 2 and 100),
  wave_floor int not null default 10 check (wave_floor between 1 and 100000),
  minute_at timestamptz not null default '1970-01-01Z',
  sent_in_minute int not null default 0,
  hour_at timestamptz not null default '1970-01-01Z',
  sent_in_hour int not null default 0,
  day date not null default '1970-01-01',
  sent_in_day int not null default 0,
  usual_per_day double precision not null default 0 check (usual_per_day >= 0),
  usual_days int not null default 0 check (usual_days >= 0)
) with (fillfactor = 50);
insert into installation_guard default values;
