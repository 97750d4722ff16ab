import type { GatewayOptions } from '../gateway/virtual-gateway.ts'
import { modelOf, type MeterModel, type MeterOptions } from '../meter/meter-options.ts'
import { generatedGateway, generatedMeter } from './generate.ts'
import type { HomePlan } from './home.ts'
import type { Generate, Village, VillageGateway } from './village.ts'

/** The homes of a village: first the listed ones, then the generated ones. */
export const plansOf = ({ gateways, generate }: Village, measured: readonly string[]): HomePlan[] => {
  const shared = sharedModels()
  return [
    ...gateways.map((gateway) => listedPlan(gateway, shared)),
    ...(generate === null
      ? []
      : Array.from({ length: generate.gateways }, (_, number) => generatedPlan(generate, number, measured))),
  ]
}

const listedPlan = (gateway: VillageGateway, shared: (meter: MeterOptions) => MeterModel): HomePlan => ({
  gateway: gatewayOptionsOf(gateway),
  line: gateway.line,
  count: gateway.meters.length,
  meter(index) {
    const own = gateway.meters[index]
    if (own === undefined) throw new RangeError(`${gateway.id} has no meter ${String(index)}`)
    return { own, model: shared(own) }
  },
})

const generatedPlan = (generate: Generate, number: number, measured: readonly string[]): HomePlan => ({
  gateway: generatedGateway(generate, number),
  line: generate.line,
  count: generate.metersPerGateway,
  meter: (index) => ({
    own: generatedMeter(generate, number * generate.metersPerGateway + index, measured),
    model: generate.meter,
  }),
})

/** Meters with the same options share them: only a village that says nothing twice pays for each. */
const sharedModels = (): ((meter: MeterOptions) => MeterModel) => {
  const known = new Map<string, MeterModel>()
  return (meter) => {
    const model = modelOf(meter)
    const key = JSON.stringify(model)
    const same = known.get(key)
    if (same !== undefined) return same
    known.set(key, model)
    return model
  }
}

const gatewayOptionsOf = (gateway: VillageGateway): GatewayOptions => {
  const { id, faults } = gateway
  if (gateway.mode === 'dialled') return { id, faults, mode: gateway.mode, port: gateway.port }
  const { mode, registration, heartbeat, reconnectMs } = gateway
  return { id, faults, mode, registration, heartbeat, reconnectMs }
}
