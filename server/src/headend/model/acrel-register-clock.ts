import type { Register } from '@xianfu/protocols'
import { acrelDdsy1352Model, acrelDtsy1352Model } from './acrel.ts'
import type { ClockModel, MeterModel } from './meter-model.ts'

/*
 * Acrel prepayment meters whose clock is set by function 10H at 0354H: second, minute, hour, weekday, day, month, year.
 * One program writes these bytes there by the maker's private function 20H, whose frame is published nowhere. That plain
 * 10H is taken as well is nobody's word. So it is a model of its own that an archive must name: whoever does has tried
 * it on his meters. A clock that was not obeyed is seen when it is read back.
 */
const clockSetUp = {
  at: 0x0354,
  type: 'bytes',
  registers: 5,
  scale: [1, 1],
  unit: '',
  access: 'rw',
  certainty: 'I',
  source: 'SW1',
} as const satisfies Register

const clock: ClockModel = {
  set: 'clockSetUp',
  order: ['second', 'minute', 'hour', 'weekday', 'day', 'month', 'year'],
}

const withRegisterClock = (model: MeterModel): MeterModel =>
  Object.freeze({
    ...model,
    name: `${model.name}-register-clock`,
    table: { ...model.table, registers: { ...model.table.registers, clockSetUp } },
    clock,
  })

export const acrelDdsy1352RegisterClockModel = withRegisterClock(acrelDdsy1352Model)
export const acrelDtsy1352RegisterClockModel = withRegisterClock(acrelDtsy1352Model)
