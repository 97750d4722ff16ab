/** What the archive says of the field side: gateways, their links and lines, and the meters on them. */

export type GatewaySpec = Readonly<{
  id: number
  code: string
  link: Readonly<
    | { kind: 'dials-in'; registration: string; heartbeat: string | null }
    | { kind: 'dialled'; host: string; port: number }
    | { kind: 'serial'; path: string }
  >
  line: Readonly<{ baudRate: number; parity: 'none' | 'even' | 'odd' }>
}>

export type MeterSpec = Readonly<{
  id: number
  gatewayId: number
  address: string
  credentials: Readonly<{ level: number; password: string; operator: string }>
  timeZone: string
}>

export type FieldSpec = Readonly<{ gateways: readonly GatewaySpec[]; meters: readonly MeterSpec[] }>
