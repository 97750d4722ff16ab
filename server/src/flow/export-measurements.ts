import { channels, quantities, quantityNames, channelsOf, type Channel } from '../domain/measurement.ts'
import type { Sql } from '../store/database.ts'
import { viewMeasurementsAfter, type ExportPlace, type MeasurementSpan } from '../store/measurement-days.ts'

/** Measurements read at once: about a megabyte of text. */
const linesAtOnce = 5_000

const suffixes = { mV: 'mv', mA: 'ma', mW: 'mw', mvar: 'mvar', mVA: 'mva', '1/1000': 'per_mille', mHz: 'mhz' } as const

/** `activePowerTotal` of `mW` is `active_power_total_mw`. */
const headOf = (channel: Channel): string => {
  const quantity = quantityNames.find((one) => channelsOf(one).includes(channel)) ?? 'voltage'
  const words = channel.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`)
  return `${words}_${suffixes[quantities[quantity].unit]}`
}

const measurementsHeader = ['address', 'place', 'at', ...channels.map(headOf)].join(',')

/** A line for each measurement of a span, meter by meter; holds little in memory however long it is. */
export async function* measurementLines(sql: Sql, span: MeasurementSpan): AsyncGenerator<string> {
  yield `${measurementsHeader}\n`
  let after: ExportPlace = { meterId: 0, at: '-infinity' }
  for (;;) {
    const rows = await viewMeasurementsAfter(sql, span, after, linesAtOnce)
    const last = rows.at(-1)
    if (last === undefined) return
    yield rows
      .map(({ address, place, at, measured }) => {
        const values = channels.map((channel) => measured[channel] ?? '')
        return `${[address, `"${place.replaceAll('"', '""')}"`, new Date(at).toISOString(), ...values].join(',')}\n`
      })
      .join('')
    if (rows.length < linesAtOnce) return
    after = last.next
  }
}
