import type { LineOptions } from '../meter/session.ts'

/** A field command over TCP to a line on this machine, patient for a second, printing for a person. */
export const linkTo = (port: number): LineOptions => ({
  link: { kind: 'tcp', host: '127.0.0.1', port },
  line: { baudRate: 9_600, parity: 'even' },
  waitMs: 1_000,
  trace: false,
  json: false,
})
