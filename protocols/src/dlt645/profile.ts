import type { Family } from './family.ts'
import type { Row } from './item.ts'

/**
 * What one model or generation of meters means by identifiers, where that differs from the standard or goes beyond it.
 * Lines of the profile win over those of the standard by number and by name; the framing is never touched.
 */
export type MeterProfile = Readonly<{
  name: string
  identifiers?: Readonly<Record<string, Row>>
  families?: Readonly<Record<string, Family>>
}>
