-- What looks again and again for the few among a million finds them without passing the many.

-- Meters that nobody watches yet: new ones.
create index meter_unwatched on meter (id) where watched_since is null;

-- Meters whose last read has failed; nearly none, and of those that answer every reading leaves the column as it was.
create index meter_failing on meter (gateway_id) where failed_reads > 0;

create index agreement_local on agreement (account_id) where settlement_mode = 'local';

-- Paces that meters of a zone may have, from the few rows that say so; meter_pace says which each of them has.
create view pace_in_use as
  select time_zone, reading_interval_minutes as minutes from site
  union
  select s.time_zone, r.minutes from reading_schedule r join gateway g on g.id = r.gateway_id join site s on s.id = g.site_id
  where r.data_set = 'energy'
  union
  select s.time_zone, r.minutes from reading_schedule r join meter m on m.id = r.meter_id join site s on s.id = m.site_id
  where r.data_set = 'energy';
