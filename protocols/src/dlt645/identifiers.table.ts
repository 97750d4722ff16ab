import type { Family } from './family.ts'
import type { ValueOfFormat } from './format.ts'
import type { Row } from './item.ts'
import { energyFamilies, energyRows } from './tables/energy.table.ts'
import { eventFamilies, eventRows } from './tables/event.table.ts'
import { freezeFamilies, freezeRows, loadProfileFamilies } from './tables/freeze.table.ts'
import { measuredFamilies, measuredRows } from './tables/measured.table.ts'
import { parameterFamilies, parameterRows } from './tables/parameter.table.ts'

const rows = {
  ...energyRows,
  ...measuredRows,
  ...eventRows,
  ...parameterRows,
  ...freezeRows,
} as const satisfies Record<string, Row>

for (const row of Object.values(rows)) Object.freeze(row)

/**
 * The data identifiers that programs know by name, with the type of their value. The many others of the same patterns
 * (rates, settlement days, records, freezes …) are in the families and are reached through a dictionary.
 */
export const identifiers = Object.freeze(rows)

export type IdentifierName = keyof typeof identifiers

/** The value of an identifier, inferred from its line in the table. */
export type ValueOf<N extends IdentifierName> = ValueOfFormat<(typeof identifiers)[N]>

export const families: Readonly<Record<string, Family>> = Object.freeze({
  ...energyFamilies,
  ...measuredFamilies,
  ...eventFamilies,
  ...parameterFamilies,
  ...freezeFamilies,
  ...loadProfileFamilies,
})
