import { errorsFor, functionOfKind, type MeterErrorReason, type Reply, type RequestKind } from '@xianfu/protocols'
import type { Meter } from '../state.ts'

/** A refusal with its error byte. */
export const refuse = ({ address }: Meter, kind: RequestKind, reason: MeterErrorReason): Reply => ({
  kind: 'error',
  address,
  functionCode: functionOfKind[kind],
  errors: errorsFor([reason]),
})
