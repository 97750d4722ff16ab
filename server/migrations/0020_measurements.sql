-- What else a meter tells has a history: instantaneous values moment by moment, then day by day; its greatest demand and
-- its daily freeze, once a day. Before, only the newest of each was kept (meter_data, meter.instantaneous).

-- One row a meter and moment, by the month (UTC). Whole numbers, null where nothing was told: mv 1 mV, ma 1 mA, dw 0.1 W,
-- dvar 0.1 var, dva 0.1 VA (what DL/T 645 can tell of them), pm 1/1000, chz 0.01 Hz. A null takes no room, so a
-- single-phase meter does not pay for three. By meter first: it is asked for by meter, and written far less often than
-- readings are.
create table measurement (
  at timestamptz not null,
  meter_id int not null,
  voltage_a_mv int,
  voltage_b_mv int,
  voltage_c_mv int,
  current_a_ma int,
  current_b_ma int,
  current_c_ma int,
  active_total_dw int,
  active_a_dw int,
  active_b_dw int,
  active_c_dw int,
  reactive_total_dvar int,
  reactive_a_dvar int,
  reactive_b_dvar int,
  reactive_c_dvar int,
  apparent_total_dva int,
  bucket smallint not null,
  factor_total_pm smallint,
  factor_a_pm smallint,
  factor_b_pm smallint,
  factor_c_pm smallint,
  frequency_chz smallint,
  primary key (meter_id, at)
) partition by range (at);

-- What the measurements of a local day came to; stays when they are gone. `judged` voltages, those `above` and `below` the
-- limits of GB/T 12325, and the imbalance of the phases in thousandths.
create table measurement_day (
  day date not null,
  meter_id int not null,
  voltage_a_mv_least int,
  voltage_a_mv_mean int,
  voltage_a_mv_greatest int,
  voltage_b_mv_least int,
  voltage_b_mv_mean int,
  voltage_b_mv_greatest int,
  voltage_c_mv_least int,
  voltage_c_mv_mean int,
  voltage_c_mv_greatest int,
  current_a_ma_least int,
  current_a_ma_mean int,
  current_a_ma_greatest int,
  current_b_ma_least int,
  current_b_ma_mean int,
  current_b_ma_greatest int,
  current_c_ma_least int,
  current_c_ma_mean int,
  current_c_ma_greatest int,
  active_total_dw_least int,
  active_total_dw_mean int,
  active_total_dw_greatest int,
  reactive_total_dvar_least int,
  reactive_total_dvar_mean int,
  reactive_total_dvar_greatest int,
  bucket smallint not null,
  measurements smallint not null check (measurements > 0),
  factor_total_pm_least smallint,
  factor_total_pm_mean smallint,
  factor_total_pm_greatest smallint,
  frequency_chz_least smallint,
  frequency_chz_mean smallint,
  frequency_chz_greatest smallint,
  voltage_a_judged smallint,
  voltage_a_above smallint,
  voltage_a_below smallint,
  voltage_b_judged smallint,
  voltage_b_above smallint,
  voltage_b_below smallint,
  voltage_c_judged smallint,
  voltage_c_above smallint,
  voltage_c_below smallint,
  voltage_imbalance_count smallint,
  voltage_imbalance_mean_pm smallint,
  voltage_imbalance_greatest_pm smallint,
  current_imbalance_count smallint,
  current_imbalance_mean_pm smallint,
  current_imbalance_greatest_pm smallint,
  primary key (meter_id, day)
) partition by range (day);

-- The greatest demand of the meter's own month as it stood on a local day, and what else is collected with it.
create table meter_demand (
  at timestamptz not null,
  greatest_at timestamptz,
  reverse_wh bigint,
  day date not null,
  meter_id int not null,
  greatest_dw int,
  present_dw int,
  present_dvar int,
  bucket smallint not null,
  primary key (meter_id, day)
) partition by range (day);

-- The registers as the meter itself closed its last day, collected on a local day. `frozen_at` by the meter's own clock.
create table meter_freeze (
  at timestamptz not null,
  frozen_at timestamptz,
  total_wh bigint,
  this_month_wh bigint,
  last_month_wh bigint,
  day date not null,
  meter_id int not null,
  bucket smallint not null,
  rates_wh bigint[],
  primary key (meter_id, day)
) partition by range (day);

-- The local day up to which the measurements of a zone are rolled up.
create table measurement_roll_up (
  time_zone text primary key,
  rolled_to date not null
);

create function ensure_measurement_partitions(first_day date, last_day date) returns void language plpgsql as $$
declare
  month date;
  ending text;
  parent text;
begin
  for month in select m::date from generate_series(date_trunc('month', first_day), last_day, interval '1 month') m loop
    ending := to_char(month, 'YYYYMM');
    if to_regclass('measurement_' || ending) is null then
      execute format('create table if not exists %I partition of measurement for values from (%L) to (%L)',
        'measurement_' || ending, month::timestamp at time zone 'UTC', (month + interval '1 month')::timestamp at time zone 'UTC');
    end if;
    foreach parent in array array['measurement_day', 'meter_demand', 'meter_freeze'] loop
      if to_regclass(parent || '_' || ending) is null then
        execute format('create table if not exists %I partition of %I for values from (%L) to (%L)',
          parent || '_' || ending, parent, month, (month + interval '1 month')::date);
      end if;
    end loop;
  end loop;
end $$;
