-- Meters that speak Modbus, and gateways that are known by something else than a registration text. The defaults are
-- what every row meant before.

alter table meter
  add column protocol text not null default 'dlt645' check (protocol in ('dlt645', 'modbus-rtu', 'modbus-tcp')),
  -- Modbus unit on the gateway; `address` stays the twelve digits by which people know the meter.
  add column unit_address smallint check (unit_address between 0 and 255),
  -- A name of server/src/headend/model/models.ts: the program knows the models, not the database.
  add column model text,
  -- What the relay means for supply; a DL/T 645 meter speaks of supply itself.
  add column wiring text not null default 'in-line' check (wiring in ('in-line', 'shunt-trip')),
  -- One step of the energy registers as they are charged; behind transformers 10 Wh times their ratios.
  add column energy_step_wh int not null default 10 check (energy_step_wh > 0),
  add constraint meter_protocol_parts check (
    (protocol = 'dlt645' and unit_address is null and model is null and wiring = 'in-line')
    or (protocol <> 'dlt645' and unit_address is not null and model is not null)
  ),
  add constraint meter_rtu_unit check (protocol <> 'modbus-rtu' or unit_address between 1 and 247),
  add constraint meter_unit_once unique (gateway_id, unit_address);

alter table gateway
  -- `registration` is a text that the gateway sends, the address of a DL/T 645 meter behind it, or its IP address.
  add column identified_by text not null default 'packet' check (identified_by in ('packet', 'meter', 'remote-ip')),
  add constraint gateway_identified_by_link check (identified_by = 'packet' or link_kind = 'dials-in'),
  add constraint gateway_identified_by_meter check (identified_by <> 'meter' or registration ~ '^[0-9]{12}$'),
  add constraint gateway_identified_by_ip check (identified_by <> 'remote-ip' or registration ~ '^[0-9a-f.:]+$');
