import { wildcardAddress } from '@xianfu/protocols'
import type { GatewayOptions } from '../gateway/virtual-gateway.ts'
import type { OwnOptions } from '../meter/meter-options.ts'
import type { Generate } from './village.ts'

const addressDigits = wildcardAddress.length

/** Options of the gateway with this number, from 0. */
export const generatedGateway = (generate: Generate, number: number): GatewayOptions => {
  const id = `g${String(number + 1)}`
  if (generate.mode === 'dialled')
    return {
      id,
      mode: 'dialled',
      faults: generate.faults,
      port: generate.firstPort === 0 ? 0 : generate.firstPort + number,
    }
  const { mode, registration, heartbeat, reconnectMs, faults } = generate
  return { id, mode, faults, registration: registration.replaceAll('{id}', id), heartbeat, reconnectMs }
}

/** Different people: one of the measured households each, of another size, at another time of the year. */
const households = 7
const sizes = 31
const days = 365

/** Options of the meter with this number, from 0, counted over all gateways. */
export const generatedMeter = (generate: Generate, number: number, measured: readonly string[]): OwnOptions => ({
  address: String(BigInt(generate.firstAddress) + BigInt(number)).padStart(addressDigits, '0'),
  name: '',
  load: {
    household: measured[(number * households) % measured.length] ?? '',
    scale: 0.5 + (number % sizes) / 20,
    shiftDays: number % days,
  },
  constantWatts: generate.constantWatts,
  startWh: [(number % 997) * 100, (number % 991) * 1_000, (number % 983) * 2_000, (number % 977) * 1_000],
  clockOffsetMs: 0,
  livedDays: generate.livedDays,
  behaviours: [],
  modbus: null,
})
