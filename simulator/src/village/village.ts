import { z } from 'zod'
import { faultsSchema } from '../gateway/outlet.ts'
import { lineSchema } from '../line/line-options.ts'
import { clockText, meterModelSchema, meterSchema } from '../meter/meter-options.ts'
import { isTimeZone } from '../time/local-time.ts'

const rate = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)])

const connection = {
  'dials-in': {
    mode: z.literal('dials-in'),
    heartbeat: z
      .strictObject({ text: z.string().min(1), everyMs: z.int().min(100) })
      .nullable()
      .default(null),
    reconnectMs: z.int().min(50).max(600_000).default(1_000),
  },
  dialled: { mode: z.literal('dialled') },
}
const field = { line: lineSchema.prefault({}), faults: faultsSchema.prefault({}) }
const listed = { ...field, id: z.string().min(1), meters: z.array(meterSchema).max(256) }

const gatewaySchema = z.discriminatedUnion('mode', [
  z.strictObject({ ...listed, ...connection['dials-in'], registration: z.string().min(1) }),
  z.strictObject({ ...listed, ...connection.dialled, port: z.int().min(0).max(65_535).default(0) }),
])

/** Many alike: gateways `g1` … and meters with consecutive addresses, their loads spread over the measured households. */
const generated = {
  ...field,
  gateways: z.int().min(1).max(100_000),
  metersPerGateway: z.int().min(1).max(256),
  firstAddress: z
    .string()
    .regex(/^\d{12}$/u, 'must be twelve digits')
    .default('000000000001'),
  constantWatts: z.number().min(-10_000_000).max(10_000_000).default(0),
  livedDays: z.int().min(0).max(400).default(0),
  meter: meterModelSchema.prefault({ memory: { daily: false, settlement: false } }),
}
const generateSchema = z.discriminatedUnion('mode', [
  z.strictObject({ ...generated, ...connection['dials-in'], registration: z.string().min(1).default('{id}') }),
  z.strictObject({
    ...generated,
    ...connection.dialled,
    /** The first gateway listens here, the next one above it …; 0 for any free ones. */
    firstPort: z.int().min(0).max(65_535).default(0),
  }),
])

const villageSchema = z
  .strictObject({
    name: z.string().min(1),
    timeZone: z.string().refine(isTimeZone, 'must be a time zone such as Asia/Shanghai'),
    seed: z.int().min(0).default(1),
    ratePeriods: z
      .array(z.strictObject({ from: clockText, rate }))
      .min(1)
      .max(14)
      .default([{ from: '00:00', rate: 3 }]),
    gateways: z.array(gatewaySchema).max(1_000).default([]),
    generate: generateSchema.nullable().default(null),
  })
  .refine(({ ratePeriods }) => ratePeriods[0]?.from === '00:00', {
    path: ['ratePeriods'],
    message: 'must begin at 00:00',
  })
  .refine(
    ({ ratePeriods }) =>
      ratePeriods.every(({ from }, index) => index === 0 || from > (ratePeriods[index - 1]?.from ?? '')),
    { path: ['ratePeriods'], message: 'must rise' },
  )
  .refine(({ gateways, generate }) => gateways.length > 0 || generate !== null, {
    path: ['gateways'],
    message: 'must have one, or generate some',
  })
  .refine(({ gateways }) => unique(gateways.map(({ id }) => id)), { path: ['gateways'], message: 'ids must differ' })
  .refine(({ gateways }) => unique(gateways.flatMap(({ meters }) => meters.map(({ address }) => address))), {
    path: ['gateways'],
    message: 'meter addresses must differ',
  })

const unique = (names: readonly string[]): boolean => new Set(names).size === names.length

/** A virtual field as its file describes it; see the README for each key. */
export type Village = z.output<typeof villageSchema>
/** The same before defaults are filled in: what a file or a program writes. */
export type VillageInput = z.input<typeof villageSchema>
export type VillageGateway = Village['gateways'][number]
export type VillageMeter = VillageGateway['meters'][number]
export type Generate = NonNullable<Village['generate']>

export type VillageResult = Readonly<{ ok: true; value: Village } | { ok: false; problems: readonly string[] }>

/** Every problem at once, each with the place where it is. */
export const parseVillage = (json: unknown): VillageResult => {
  const parsed = villageSchema.safeParse(json)
  if (parsed.success) return { ok: true, value: parsed.data }
  return {
    ok: false,
    problems: parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'village'}: ${message}`),
  }
}
