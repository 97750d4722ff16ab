import type { MeterEventSource } from '../../domain/meter-event.ts'
import type { FieldMeter } from '../driver/field-meter.ts'
import type { EventRecordRead, SignsOptions, SignsRead } from '../headend.ts'
import { readDlt645Counts, readDlt645Record, readDlt645States } from './dlt645-signs.ts'
import { readModbusSigns } from './modbus-signs.ts'
import { backingOff, noSigns } from './no-signs.ts'

/** States and counts cost a Modbus meter the same question, and a DL/T 645 meter one and some twenty. */
export const readMeterSigns = async (
  meter: FieldMeter,
  what: 'states' | 'counts',
  options: SignsOptions,
): Promise<SignsRead> => {
  if (meter.backOff.permission(options.priority, meter.clock.elapsedMs()) === 'refuse')
    return { ...backingOff, ...noSigns }
  if (meter.modbus !== null) return readModbusSigns(meter, meter.modbus, options)
  return what === 'states' ? readDlt645States(meter, options) : readDlt645Counts(meter, options)
}

export const readMeterRecord = async (
  meter: FieldMeter,
  source: MeterEventSource,
  last: number,
  options: SignsOptions,
): Promise<EventRecordRead> => {
  if (meter.backOff.permission(options.priority, meter.clock.elapsedMs()) === 'refuse')
    return { ...backingOff, exchanges: [] }
  if (meter.modbus === null) return readDlt645Record(meter, source, last, options)
  return { ok: false, code: 'refused-by-meter', detail: 'a Modbus meter keeps no records', exchanges: [] }
}
