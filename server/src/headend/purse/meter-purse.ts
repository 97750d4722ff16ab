import type { FieldMeter } from '../driver/field-meter.ts'
import type { PurseOptions, PursePurchase, PurseRead, PurseWrite } from '../headend.ts'
import { SecurityModuleError, type SecurityModule } from '../security/security-module.ts'
import { dlt645Purse } from './dlt645-purse.ts'
import { modbusPurse } from './modbus-purse.ts'
import type { PurseLanguage } from './purse.ts'

const languageOf = (meter: FieldMeter, security: SecurityModule | null, options: PurseOptions): PurseLanguage =>
  meter.modbus === null ? dlt645Purse(meter, security, options) : modbusPurse(meter, meter.modbus, options)

export const readMeterPurse = async (
  meter: FieldMeter,
  security: SecurityModule | null,
  options: PurseOptions,
): Promise<PurseRead> => {
  try {
    return await languageOf(meter, security, options).read()
  } catch (error) {
    if (!(error instanceof SecurityModuleError)) throw error
    return { ok: false, code: 'security-failed', detail: error.message, exchanges: [] }
  }
}

/** The module is asked before anything of the purchase leaves: when it fails, nothing has. */
export const writeMeterPurse = async (
  meter: FieldMeter,
  security: SecurityModule | null,
  purchase: PursePurchase,
  options: PurseOptions,
): Promise<PurseWrite> => {
  try {
    return await languageOf(meter, security, options).write(purchase)
  } catch (error) {
    if (!(error instanceof SecurityModuleError)) throw error
    return { kind: 'unknown', reason: `not sent: ${error.message}`, exchanges: [] }
  }
}
