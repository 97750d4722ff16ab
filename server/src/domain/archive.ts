import type { Wiring } from './wiring.ts'

/** What the archive says of the field side: gateways, their links and lines, and the meters on them. */

/** How a gateway and we find each other. */
export type LinkSpec = Readonly<
  | {
      kind: 'dials-in'
      registration: string
      heartbeat: string | null
      /** By its packet when absent. */
      identifiedBy?: 'packet' | 'meter' | 'remote-ip'
    }
  | { kind: 'dialled'; host: string; port: number }
  | { kind: 'serial'; path: string }
>

export type GatewaySpec = Readonly<{
  id: number
  code: string
  link: LinkSpec
  line: Readonly<{ baudRate: number; parity: 'none' | 'even' | 'odd' }>
}>

export type MeterSpec = Readonly<{
  id: number
  gatewayId: number
  address: string
  /** DL/T 645-2007 when absent. */
  protocol?: Readonly<
    { kind: 'dlt645' } | { kind: 'modbus-rtu' | 'modbus-tcp'; unit: number; model: string; wiring: Wiring }
  >
  credentials: Readonly<{ level: number; password: string; operator: string }>
  timeZone: string
}>

export type FieldSpec = Readonly<{ gateways: readonly GatewaySpec[]; meters: readonly MeterSpec[] }>
