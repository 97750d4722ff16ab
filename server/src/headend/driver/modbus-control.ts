import { encodeRegister, registerSpan, type ModbusRequest } from '@xianfu/protocols'
import type { ControlRequest, MeterAction } from '../headend.ts'
import type { Turn } from '../line/line.ts'
import type { MeterModel, RelayModel, RelayOrder } from '../model/meter-model.ts'
import { readRegister, registerNamed } from '../model/model-registers.ts'
import { contactsFor, relayState, relayWords, supplyStatus, type RelayState } from '../model/model-relay.ts'
import type { CannotSay, ControlLanguage, Ordered, StateRead } from './control-meter.ts'
import { type FieldMeter, type ModbusUnit } from './field-meter.ts'
import { askModbus } from './modbus-ask.ts'
import { exceptionWords, readSpan } from './modbus-read.ts'

/** Registers that order a relay, proven by the word that tells where it is; which ones, the model says. */
export const modbusControl = (
  meter: FieldMeter,
  unit: ModbusUnit,
  request: ControlRequest,
): ControlLanguage | CannotSay => {
  const intended = intention(unit, request.action)
  if ('cannot' in intended) return intended
  const { relay, order, shows } = intended
  return {
    order: async (turn) => write(turn, meter, unit, order, request),
    readState: async (turn, freshSinceMs) => readState(turn, meter, unit, { relay, shows, freshSinceMs, request }),
  }
}

type Intention = Readonly<{ relay: RelayModel; order: RelayOrder; shows: (state: RelayState) => boolean } | CannotSay>

/** What an action means for this relay as it is wired. */
const intention = ({ model, wiring }: ModbusUnit, action: MeterAction): Intention => {
  const { relay } = model
  if (relay === null) return { cannot: `the model ${model.name} has no relay` }
  switch (action) {
    case 'trip':
    case 'direct-close': {
      const position = contactsFor(action === 'trip' ? 'off' : 'on', wiring)
      return {
        relay,
        order: position === 'open' ? relay.orders.open : relay.orders.close,
        shows: ({ contacts, ordered }) => contacts === position && ordered === position,
      }
    }
    case 'release':
      return relay.orders.release === null
        ? { cannot: `the model ${model.name} forces nothing, so there is nothing to release` }
        : { relay, order: relay.orders.release, shows: ({ ordered }) => ordered === 'none' }
    case 'permit-close':
      // To close instead would take away the person at the switch whom the agreement asks for.
      return { cannot: `the model ${model.name} cannot permit a closing by button` }
    case 'alarm-on':
    case 'alarm-off':
    case 'keep-power-on':
    case 'keep-power-off':
      return { cannot: `the model ${model.name} does not know ${action}` }
  }
}

/** Exceptions that mean "not yet": the first is an acknowledgement of a longer work. */
const working = 0x05
const busy = 0x06

const write = async (
  turn: Turn,
  meter: FieldMeter,
  unit: ModbusUnit,
  order: RelayOrder,
  { action, signal }: ControlRequest,
): Promise<Ordered> => {
  const message = writeMessage(unit.model, order)
  const asked = await askModbus(turn, meter, unit, message, `control ${action}`, signal)
  if (asked.kind !== 'reply') return asked
  const { reply, exchange } = asked
  if (reply.kind !== 'exception' || reply.exceptionCode === working) return { kind: 'acknowledged', exchange }
  const detail = exceptionWords(reply)
  if (reply.exceptionCode === busy) return { kind: 'pending', detail, exchange }
  return { kind: 'refused', errors: { raw: reply.exceptionCode, reasons: ['other'] }, detail, exchange }
}

/**
 * Function 10H with all registers of an order, so that it is obeyed as a whole or not at all.
 *
 * @throws Error when they do not stand together: a mistake in the model, found by its test.
 */
export const writeMessage = (model: MeterModel, order: RelayOrder): ModbusRequest => {
  const writes = Object.entries(order)
    .map(([name, value]) => ({ register: registerNamed(model, name), value: value ?? 0 }))
    .sort((a, b) => a.register.at - b.register.at)
  const [first] = writes
  if (first === undefined) throw new Error(`The model ${model.name} orders nothing.`)
  let next = first.register.at
  const data: number[] = []
  for (const { register, value } of writes) {
    if (register.at !== next) throw new Error(`The registers of an order of ${model.name} do not stand together.`)
    next += registerSpan(register).count
    data.push(...encodeRegister(register, value))
  }
  return { kind: 'write-multiple', start: first.register.at, data: Uint8Array.from(data) }
}

const readState = async (
  turn: Turn,
  meter: FieldMeter,
  unit: ModbusUnit,
  look: Readonly<{
    relay: RelayModel
    shows: (state: RelayState) => boolean
    freshSinceMs: number
    request: ControlRequest
  }>,
): Promise<StateRead> => {
  const { relay, shows, freshSinceMs } = look
  const { model, wiring } = unit
  const span = registerSpan(registerNamed(model, relay.status))
  const { exchanges, ...read } = await readSpan(turn, meter, unit, span, look.request.signal, freshSinceMs)
  const exchange = exchanges.at(-1)
  if (!read.ok || exchange === undefined) {
    const failure = read.ok ? ({ code: 'bad-answer', detail: '' } as const) : read
    const code = failure.code === 'refused-by-meter' ? 'bad-answer' : failure.code
    return { ok: false, code, detail: failure.detail, exchanges }
  }
  const word = readRegister(model, relay.status, [{ ...span, data: read.data }])
  if (!word.ok) return { ok: false, code: 'bad-answer', detail: word.detail, exchanges }
  const state = relayState(model, relay, Number(word.value))
  return {
    ok: true,
    status: supplyStatus(state, wiring),
    shows: shows(state),
    words: relayWords(state),
    exchange,
  }
}
