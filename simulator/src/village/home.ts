import { VirtualGateway, type GatewayEvent, type GatewayOptions } from '../gateway/virtual-gateway.ts'
import type { LineOptions } from '../line/line-options.ts'
import { Rs485Line } from '../line/line.ts'
import type { LoadProfile } from '../load/load-profile.ts'
import type { MeterModel, OwnOptions } from '../meter/meter-options.ts'
import { RegisterBank } from '../meter/register-bank.ts'
import type { RememberedMeter } from '../meter/remember.ts'
import type { Surroundings } from '../meter/state.ts'
import { VirtualMeter } from '../meter/virtual-meter.ts'

/** A gateway with its line and the meters on it. */
export type Home = Readonly<{
  gateway: VirtualGateway
  meters: readonly VirtualMeter[]
  /** Changes what the line is like, for this connection and those to come. */
  changeLine(options: Partial<LineOptions>): void
}>

/** What a home is made of. Its meters are asked for one by one: a million of them are never listed. */
export type HomePlan = Readonly<{
  gateway: GatewayOptions
  line: LineOptions
  count: number
  meter(index: number): Readonly<{ own: OwnOptions; model: MeterModel }>
}>

export type HomeParts = Readonly<{
  around: Surroundings
  profile: LoadProfile
  headends: readonly Readonly<{ host: string; port: number }>[]
  remembered(address: string): RememberedMeter | undefined
  onEvent(event: GatewayEvent): void
}>

export const makeHome = (plan: HomePlan, { around, profile, headends, remembered, onEvent }: HomeParts): Home => {
  const { clock, random } = around
  const bank = new RegisterBank(plan.count)
  const meters: VirtualMeter[] = []
  for (let row = 0; row < plan.count; row += 1) {
    const { own, model } = plan.meter(row)
    const meter = new VirtualMeter(own, { around, profile, bank, row, model })
    const memory = remembered(own.address)
    if (memory !== undefined) meter.load(memory)
    meters.push(meter)
  }
  let line = plan.line
  const gateway = new VirtualGateway(plan.gateway, {
    clock,
    random,
    headends,
    onEvent,
    lineFor: (deliver) => new Rs485Line(line, { meters, clock, random, deliver }),
  })
  return {
    gateway,
    meters,
    changeLine(changed) {
      line = { ...line, ...changed }
      gateway.changeLine(changed)
    },
  }
}
