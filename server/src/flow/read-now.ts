import type { Headend, Values } from '../headend/headend.ts'
import { measuredOf } from '../domain/measurement.ts'
import { saveMeasurements } from '../store/measurements.ts'
import { meterAccount, saveInstantaneous } from '../store/meters.ts'
import { notifyLive } from '../store/notify.ts'
import { ensureMeasurementMonths } from '../store/partitions.ts'
import type { ReadNow } from './abilities.ts'
import { fieldReadingOf, personItems } from './field-reading.ts'
import type { FlowContext } from './process.ts'
import { settleReadings } from './settle.ts'

/** A read that a person waits for: it passes all scheduled reads of its line, and is settled like any other. */
export const createReadNow =
  (context: FlowContext, headend: Headend): ReadNow =>
  async (meterId) => {
    if ((await meterAccount(context.database, meterId)) === null) return { ok: false, code: 'unknown-meter' }
    const outcome = await headend.read(meterId, personItems, { priority: 'person' })
    const reading = fieldReadingOf(meterId, outcome, 'person')
    if (reading === null)
      return {
        ok: false,
        code: !outcome.ok && outcome.code === 'gateway-offline' ? 'gateway-offline' : 'meter-did-not-answer',
      }
    await settleReadings(context.database, context.ids, [reading], context.clock.now())
    await ensureMeasurementMonths(context.database, reading.at, reading.at)
    await saveMeasurements(context.database, [{ meterId, at: reading.at, measured: measuredOf(outcome.values) }])
    await saveInstantaneous(context.database, meterId, { at: reading.at, ...instantaneousOf(outcome.values) })
    await notifyLive(context.database, [`meter:${String(meterId)}`])
    return { ok: true, at: reading.at, exchanges: outcome.exchanges }
  }

const text = (value: number | null): string | null => (value === null ? null : String(value))

/** What the console shows of the moment. */
export const instantaneousOf = ({ voltageBlock, currentBlock, activePowerTotal, activePowerBlock }: Values) => ({
  voltageMillivolts: voltageBlock === undefined ? [] : [voltageBlock.a, voltageBlock.b, voltageBlock.c].map(text),
  currentMilliamperes: currentBlock === undefined ? [] : [currentBlock.a, currentBlock.b, currentBlock.c].map(text),
  powerMilliwatts: text(activePowerTotal ?? activePowerBlock?.total ?? null),
})
