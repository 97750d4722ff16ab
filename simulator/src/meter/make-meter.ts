import type { LoadProfile } from '../load/load-profile.ts'
import { dayMs } from '../time/local-time.ts'
import { noBehaviours, stack } from './behaviour.ts'
import { noFaults } from './faults.ts'
import { liveTo } from './life.ts'
import type { MeterModel, OwnOptions } from './meter-options.ts'
import { rateRegister, type RegisterBank } from './register-bank.ts'
import { newRelay } from './relay.ts'
import type { Meter, Obeyed, Surroundings, Terminal } from './state.ts'
import { newWallet } from './wallet.ts'

const nobody: Obeyed[] = []
const terminalAtFirst: Terminal = Object.freeze({ output: 'clock-second', since: 0, pulses: 0 })

export type MeterParts = Readonly<{
  around: Surroundings
  profile: LoadProfile
  bank: RegisterBank
  row: number
  /** Shared by meters of one kind. */
  model: MeterModel
}>

/** A meter as it leaves the works, after it has lived its `livedDays`. */
export const makeMeter = (options: OwnOptions, { around, profile, bank, row, model }: MeterParts): Meter => {
  const { address, name, load, constantWatts, startWh, clockOffsetMs, livedDays, behaviours } = options
  const now = around.clock.now()
  const bornAt = now - livedDays * dayMs
  for (const [index, wh] of startWh.entries()) bank.addWh(row, rateRegister('forward', index + 1), wh)
  const meter: Meter = {
    address,
    name,
    model,
    around,
    bank,
    row,
    load: load === null ? null : profile.halfHours(load.household),
    loadThousandths: Math.round((load?.scale ?? 0) * 1_000),
    loadShiftDays: load?.shiftDays ?? 0,
    timetable: around.timetable,
    constantMilliwatts: Math.round(constantWatts * 1_000),
    livedTo: bornAt,
    clockOffsetMs,
    clockSetAt: bornAt,
    clockMovedOn: 0,
    relay: newRelay('closed', 'closed', model.overload?.reclosings ?? 0),
    seenMilliwatts: null,
    keepPower: false,
    alarm: false,
    faults: noFaults,
    stacked: noBehaviours,
    obeyed: nobody,
    baudRate: null,
    wallet: model.prepayment === null ? null : newWallet(model.prepayment),
    demand: null,
    events: null,
    memories: null,
    parameters: null,
    followUp: null,
    session: null,
    wrongPasswords: null,
    terminal: terminalAtFirst,
    modbus: options.modbus,
    forced: null,
    timedFreeze: null,
  }
  if (livedDays > 0) liveTo(meter, now)
  meter.stacked = stack(behaviours)
  return meter
}
