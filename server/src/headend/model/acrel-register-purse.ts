import type { Register } from '@xianfu/protocols'
import { acrelDdsy1352Model, acrelDtsy1352Model } from './acrel.ts'
import type { MeterModel } from './meter-model.ts'

/*
 * Acrel prepayment meters whose purse is filled by function 10H: 004EH with the next purchase count and 004FH with the
 * new balance, in one message. The maker prints both as read only, and publishes no other way than an enciphered
 * private function; some firmware takes plain writes. So it is a model of its own that an archive must name: whoever
 * does has tried it on his meters.
 */
const unproven = { access: 'rw', certainty: 'I', source: 'none' } as const satisfies Partial<Register>

const withRegisterPurse = (model: MeterModel): MeterModel => {
  const { purchaseCountSetUp, balanceSetUp, ...others } = model.table.registers
  if (model.purse === null || purchaseCountSetUp === undefined || balanceSetUp === undefined)
    throw new Error(`The model ${model.name} has no purse in registers.`)
  const written = {
    purchaseCountSetUp: { ...purchaseCountSetUp, ...unproven },
    balanceSetUp: { ...balanceSetUp, ...unproven },
  }
  return Object.freeze({
    ...model,
    name: `${model.name}-register-purse`,
    table: { ...model.table, registers: { ...others, ...written } },
    purse: { ...model.purse, write: { purchaseCount: 'purchaseCountSetUp', balance: 'balanceSetUp' } },
  })
}

export const acrelDdsy1352RegisterPurseModel = withRegisterPurse(acrelDdsy1352Model)
export const acrelDtsy1352RegisterPurseModel = withRegisterPurse(acrelDtsy1352Model)
