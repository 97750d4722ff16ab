import { isMeterAddress } from '@xianfu/protocols'
import { z } from 'zod'
import { behaviourSchema } from './behaviour.ts'

export const clockText = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/u, 'must be HH:MM')
/** Yuan with at most two decimals, kept in fen. */
const yuan = z
  .number()
  .min(0)
  .max(999_999.99)
  .transform((value) => Math.round(value * 100))
/** Yuan per kWh with at most four decimals, kept in 10⁻⁴ yuan. */
const price = z
  .number()
  .min(0)
  .max(9_999.9999)
  .transform((value) => Math.round(value * 10_000))
const minutes = z.int().min(0).max(9_999)

const loadSchema = z.strictObject({
  household: z.string().min(1),
  scale: z.number().min(0).max(1_000).default(1),
  shiftDays: z.int().default(0),
})

const relaySchema = z.strictObject({
  /** From the order to the contacts, real milliseconds. */
  delayMs: z.int().min(0).max(600_000).default(40),
  /** Whether a permitted close waits for a press of the button. */
  button: z.boolean().default(false),
  /** 04001401: minutes of the meter's clock between a trip order and the trip. */
  tripDelayMinutes: minutes.default(0),
  /** 04001402: above this current a trip waits, 0 for never. */
  tripCurrentLimitAmperes: z.number().min(0).max(999.999).default(0),
  /** 04001403: but not longer than this. */
  tripCurrentDelayMinutes: minutes.default(0),
  /** Whether function 1CH is answered with the two status bytes of newer meters. */
  twoByteResult: z.boolean().default(false),
})

const prepaymentSchema = z.strictObject({
  /** Whether an account is open; a virgin meter is opened by function 03. */
  opened: z.boolean().default(true),
  customerNumber: z
    .string()
    .regex(/^\d{12}$/u, 'must be twelve digits')
    .default('000000000000'),
  balance: yuan.default(0),
  purchases: z.int().min(0).max(65_535).default(0),
  /** Of rates 1 to 4. */
  prices: z.array(price).length(4),
  alarm1: yuan.default(0),
  alarm2: yuan.default(0),
  overdraft: yuan.default(0),
  /** Largest balance a purchase may lead to; 0 for no limit. */
  hoarding: yuan.default(0),
  /** Balance from which supply may come back. */
  closeFrom: yuan.default(0),
})

const overloadSchema = z.strictObject({
  watts: z.int().min(1),
  /** So long above it before the meter trips. */
  afterMs: z.int().min(0).max(3_600_000).default(5_000),
  /** So long after the trip it closes by itself … */
  recloseAfterMs: z.int().min(1_000).max(86_400_000).default(60_000),
  /** … but only so often until somebody closes it by command or button. */
  reclosings: z.int().min(0).max(100).default(3),
})

const malignantLoadSchema = z.strictObject({
  /** A rise by so much at once is a heater. */
  stepWatts: z.int().min(1),
})

const timeControlSchema = z.strictObject({
  /** When there is no supply, by the meter's clock; over midnight is two entries. */
  off: z.array(z.strictObject({ from: clockText, to: z.union([clockText, z.literal('24:00')]) })).max(14),
})

const memorySchema = z.strictObject({
  /** 0506: what the registers showed at midnight, 62 days. */
  daily: z.boolean().default(true),
  /** 0504: the same every so many minutes, 254 times; 0 for never. */
  hourlyMinutes: z.union([z.literal(0), z.literal(30), z.literal(60)]).default(0),
  /** 06: a record of the load profile every so many minutes; 0 for never. */
  profileMinutes: z.union([z.literal(0), z.literal(15), z.literal(30), z.literal(60)]).default(0),
  /** What the registers showed on the last twelve settlement days. */
  settlement: z.boolean().default(true),
  profileRecords: z.int().min(1).max(10_000).default(1_000),
})

/** Keys that meters of a kind have in common: they are kept once, however many meters there are. */
const modelKeys = {
  password: z
    .string()
    .regex(/^\d{6}$/u, 'must be six digits')
    .default('000000'),
  passwordLevel: z.int().min(0).max(99).default(2),
  answerDelayMs: z
    .strictObject({ min: z.number().min(0), max: z.number().max(60_000) })
    .refine(({ min, max }) => min <= max, 'min must not exceed max')
    .default({ min: 20, max: 60 }),
  relay: relaySchema.prefault({}),
  /** How the load spreads over phases A, B and C, hundredths; [100, 0, 0] is a single-phase meter. */
  phases: z
    .tuple([z.int().min(0), z.int().min(0), z.int().min(0)])
    .refine(([a, b, c]) => a + b + c === 100, 'must add up to 100')
    .default([42, 33, 25]),
  powerFactor: z.number().min(0.01).max(1).default(0.98),
  reactive: z.enum(['lagging', 'leading']).default('lagging'),
  /** Active pulses per kWh (imp/kWh). */
  pulseConstant: z.int().min(1).max(999_999).default(800),
  /** How fast the meter's own clock is wrong; positive runs fast. */
  clockDriftPpm: z.number().min(-10_000).max(10_000).default(0),
  /** Null: the balance is kept elsewhere (remote fee control). */
  prepayment: prepaymentSchema.nullable().default(null),
  overload: overloadSchema.nullable().default(null),
  malignantLoad: malignantLoadSchema.nullable().default(null),
  timeControl: timeControlSchema.nullable().default(null),
  /** Trips so long after each close by command or button (irrigation); null for never. */
  singleRunMinutes: z.int().min(1).max(9_999).nullable().default(null),
  memory: memorySchema.prefault({}),
  /** Key of the test ESAM; null for a meter without a security chip. */
  security: z
    .strictObject({ key: z.string().min(1).max(64) })
    .nullable()
    .default(null),
}

export const meterModelSchema = z.strictObject(modelKeys)
export type MeterModel = z.output<typeof meterModelSchema>

/** Keys that each meter has for itself. */
const ownKeys = {
  address: z.string().refine(isMeterAddress, 'must be the twelve digits of a meter address'),
  name: z.string().min(1),
  load: loadSchema.nullable().default(null),
  /** A steady load on top, W; negative feeds back. */
  constantWatts: z.number().min(-10_000_000).max(10_000_000).default(0),
  /** What registers 1 to 4 of forward energy show at the beginning, Wh. */
  startWh: z.array(z.int().min(0).max(999_999_990)).length(4).default([0, 0, 0, 0]),
  /** How far the meter's clock is wrong at the beginning. */
  clockOffsetMs: z.int().min(-86_400_000).max(86_400_000).default(0),
  /** So many days it has lived before the village begins, so that its memories are not empty. */
  livedDays: z.int().min(0).max(400).default(0),
  behaviours: z.array(behaviourSchema).max(16).default([]),
  /** Speaks Modbus RTU as this unit, with the registers of this model, and no DL/T 645. */
  modbus: z
    .strictObject({
      unit: z.int().min(1).max(247),
      model: z.enum(['acrel-dtsy1352', 'acrel-ddsy1352']),
      /** Firmware that takes plain writes to the purse, 004EH and 004FH, which are printed as read only. */
      registerPurse: z.boolean().default(false),
      /** Firmware whose clock is set by plain writes to 0354H, which is published for a private function alone. */
      registerClock: z.boolean().default(false),
    })
    .nullable()
    .default(null),
}

export const meterSchema = z.strictObject({ ...ownKeys, ...modelKeys })
export type MeterOptions = z.output<typeof meterSchema>
/** What a meter does not share with others of its kind. */
export type OwnOptions = Omit<MeterOptions, keyof MeterModel>

const modelNames = Object.keys(modelKeys) as (keyof MeterModel)[]

/** The part of a meter's options that it shares with others of its kind. */
export const modelOf = (options: MeterOptions): MeterModel => {
  const model: Record<string, unknown> = {}
  for (const name of modelNames) model[name] = options[name]
  return Object.freeze(model) as MeterModel
}
