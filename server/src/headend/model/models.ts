import { acrelAdfModel, acrelAdfSinglePhaseModel, acrelDdsy1352Model, acrelDtsy1352Model } from './acrel.ts'
import { acrelDdsy1352RegisterClockModel, acrelDtsy1352RegisterClockModel } from './acrel-register-clock.ts'
import { acrelDdsy1352RegisterPurseModel, acrelDtsy1352RegisterPurseModel } from './acrel-register-purse.ts'
import { genericModel } from './generic.ts'
import type { MeterModel } from './meter-model.ts'

/** Every Modbus meter that can be named in the archive. */
export const meterModels: readonly MeterModel[] = Object.freeze([
  acrelDdsy1352Model,
  acrelDtsy1352Model,
  acrelDdsy1352RegisterPurseModel,
  acrelDtsy1352RegisterPurseModel,
  acrelDdsy1352RegisterClockModel,
  acrelDtsy1352RegisterClockModel,
  acrelAdfModel,
  acrelAdfSinglePhaseModel,
  genericModel,
])

export const findModel = (name: string): MeterModel | null => meterModels.find((model) => model.name === name) ?? null
