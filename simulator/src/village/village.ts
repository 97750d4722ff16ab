import { isMeterAddress } from '@xianfu/protocols'
import { z } from 'zod'
import { isTimeZone } from '../local-time.ts'
import { behaviourSchema } from '../meter/behaviour.ts'

const clockText = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/u, 'must be HH:MM')
const probability = z.number().min(0).max(1)
const rate = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)])

const meterSchema = z.strictObject({
  address: z.string().refine(isMeterAddress, 'must be the twelve digits of a meter address'),
  name: z.string().min(1),
  load: z
    .strictObject({
      household: z.string().min(1),
      scale: z.number().min(0).max(1_000).default(1),
      shiftDays: z.int().default(0),
    })
    .nullable()
    .default(null),
  constantWatts: z.number().min(0).max(10_000_000).default(0),
  password: z
    .string()
    .regex(/^\d{6}$/u, 'must be six digits')
    .default('000000'),
  passwordLevel: z.int().min(0).max(99).default(2),
  startWh: z.array(z.int().min(0)).length(4).default([0, 0, 0, 0]),
  relay: z
    .strictObject({ delayMs: z.int().min(0).max(600_000).default(40), button: z.boolean().default(false) })
    .default({ delayMs: 40, button: false }),
  answerDelayMs: z
    .strictObject({ min: z.number().min(0), max: z.number().max(60_000) })
    .refine(({ min, max }) => min <= max, 'min must not exceed max')
    .default({ min: 20, max: 60 }),
  behaviours: z.array(behaviourSchema).max(16).default([]),
})

const lineSchema = z.strictObject({
  baudRate: z.int().min(300).max(1_000_000).default(2400),
  parity: z.enum(['none', 'even', 'odd']).default('even'),
  noise: probability.default(0),
  loss: probability.default(0),
  echo: z.boolean().default(false),
})

const common = { id: z.string().min(1), line: lineSchema, meters: z.array(meterSchema).max(256) }
const gatewaySchema = z.discriminatedUnion('mode', [
  z.strictObject({
    ...common,
    mode: z.literal('dials-in'),
    registration: z.string().min(1),
    heartbeat: z
      .strictObject({ text: z.string().min(1), everyMs: z.int().min(100) })
      .nullable()
      .default(null),
    reconnectMs: z.int().min(50).max(600_000).default(1_000),
  }),
  z.strictObject({ ...common, mode: z.literal('dialled'), port: z.int().min(0).max(65_535).default(0) }),
])

const villageSchema = z
  .strictObject({
    name: z.string().min(1),
    timeZone: z.string().refine(isTimeZone, 'must be a time zone such as Asia/Shanghai'),
    seed: z.int().min(0).default(1),
    ratePeriods: z
      .array(z.strictObject({ from: clockText, rate }))
      .min(1)
      .default([{ from: '00:00', rate: 3 }]),
    gateways: z.array(gatewaySchema).min(1).max(1_000),
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
  .refine(({ gateways }) => unique(gateways.map(({ id }) => id)), { path: ['gateways'], message: 'ids must differ' })
  .refine(({ gateways }) => unique(gateways.flatMap(({ meters }) => meters.map(({ address }) => address))), {
    path: ['gateways'],
    message: 'meter addresses must differ',
  })

const unique = (names: readonly string[]): boolean => new Set(names).size === names.length

/** A virtual field as its file describes it; see the README for each key. */
export type Village = z.output<typeof villageSchema>
export type VillageGateway = Village['gateways'][number]
export type VillageMeter = VillageGateway['meters'][number]

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
