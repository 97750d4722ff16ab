import { createHeadend } from '../create-headend.ts'
import type { HeadendEvent } from '../headend-event.ts'
import type {
  ControlRequest,
  ControlStep,
  GatewayLink,
  Headend,
  LineConfig,
  MeterConfig,
  MeterProtocol,
} from '../headend.ts'
import type { HeadendLimits } from '../limits.ts'
import type { SecurityModule } from '../security/security-module.ts'
import type { SecureListening } from '../transport/gateway-server.ts'
import { until } from '../../domain/testing/until.ts'
import {
  answeringFor,
  dialIn,
  testClock,
  type Answering,
  type HandMadeGateway,
  type HandMadeMeter,
} from './hand-made-field.ts'

export type Bench = Readonly<{
  headend: Headend
  port: number
  securePort: number | null
  events: HeadendEvent[]
  /** Dials in, registers as gateway 1, and waits until the headend knows. */
  connect(answering: Answering): Promise<HandMadeGateway>
  isOnline(gatewayId?: number): boolean
  close(): Promise<void>
}>

export type BenchOptions = Readonly<{
  meters?: readonly Readonly<{ address: string; protocol?: MeterProtocol; gatewayId?: number }>[]
  links?: readonly GatewayLink[]
  line?: LineConfig
  listenSecurely?: SecureListening
  limits?: Partial<HeadendLimits>
  security?: SecurityModule | null
}>

export const registration = 'XF-GW-1'

const defaultLinks: readonly GatewayLink[] = [{ kind: 'dials-in', registration, heartbeat: 'HB' }]

/** A headend with one gateway (number 1) that has the given meters (numbers 1, 2, 3 …) on it. */
export const createBench = async ({
  meters = [],
  links = defaultLinks,
  line = { baudRate: 9_600, parity: 'even' },
  limits = {},
  listenSecurely,
  security = null,
}: BenchOptions): Promise<Bench> => {
  const events: HeadendEvent[] = []
  const headend = createHeadend({
    clock: testClock(),
    listen: { host: '127.0.0.1', port: 0 },
    ...(listenSecurely === undefined ? {} : { listenSecurely }),
    log: (event) => events.push(event),
    security,
    // Pauses that a test may have to sit through; answers still get all the time that a busy machine needs.
    limits: { registrationSettleMs: 50, dialFirstPauseMs: 20, guardMs: 50, ...limits },
  })
  headend.configure({
    gateways: links.map((link, index) => ({
      id: index + 1,
      code: `GW-${String(index + 1)}`,
      link,
      line,
    })),
    meters: meters.map((meter, index) => meterConfig(index + 1, meter)),
  })
  const { port, securePort = null } = await headend.start()
  const isOnline = (gatewayId = 1): boolean =>
    headend.gateways().some((status) => status.gatewayId === gatewayId && status.online)
  return {
    headend,
    port,
    securePort,
    events,
    isOnline,
    async connect(answering) {
      const gateway = await dialIn(port, answering)
      gateway.text(`${registration}\r\n`)
      await until('the gateway is online', isOnline)
      return gateway
    },
    close: async () => headend.stop(),
  }
}

/** A headend whose gateway has honest meters. */
export const createOnlineBench = async (
  options: BenchOptions & Readonly<{ meters: readonly HandMadeMeter[] }>,
): Promise<Bench & Readonly<{ gateway: HandMadeGateway }>> => {
  const bench = await createBench(options)
  const gateway = await bench.connect(answeringFor(...options.meters))
  return { ...bench, gateway }
}

const meterConfig = (
  id: number,
  { address, protocol, gatewayId = 1 }: NonNullable<BenchOptions['meters']>[number],
): MeterConfig => ({
  id,
  gatewayId,
  address,
  ...(protocol === undefined ? {} : { protocol }),
  credentials: { level: 2, password: '000000', operator: '00000001' },
  timeZone: 'Asia/Shanghai',
})

/** A control request that is confirmed, and what it reported. */
export const controlRequest = (
  change: Partial<ControlRequest> & Pick<ControlRequest, 'action'>,
): Readonly<{ request: ControlRequest; steps: ControlStep[] }> => {
  const steps: ControlStep[] = []
  return {
    steps,
    request: {
      validForMs: 60_000,
      readStateFirst: false,
      confirm: async () => ({ go: true }),
      onStep: (step) => steps.push(step),
      ...change,
    },
  }
}
