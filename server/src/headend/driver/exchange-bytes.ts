import {
  expectedReplyLength,
  identifiers,
  modbusReplyBytes,
  planReads,
  registerSpan,
  rtuEnvelopeBytes,
  shortestFrameBytes,
  type IdentifierName,
} from '@xianfu/protocols'
import type { ExchangeBytes } from '../../domain/collection/airtime.ts'
import type { MeterProtocol } from '../headend.ts'
import { wakeUpBytes } from '../limits.ts'
import { findModel } from '../model/models.ts'
import { registerNamed } from '../model/model-registers.ts'
import { registersFor } from '../model/model-values.ts'
import { coverWithBlocks } from './dlt645-blocks.ts'

/** A total and four rates, as the meters of this country have them. */
const usualRates = 5
/** Status words 1 to 7. */
const statusWords = 7
const identifierBytes = 4
/** Unit, function, start and count, checksum. */
const rtuReadBytes = 8

/**
 * The exchanges that bring these items, by their bytes on the wire: what the driver would ask, without asking. What the
 * model does not have costs nothing. Null for a model that is not known.
 */
export const exchangesFor = (
  protocol: MeterProtocol,
  items: readonly IdentifierName[],
): readonly ExchangeBytes[] | null => {
  if (protocol.kind === 'dlt645')
    return coverWithBlocks(items, new Set()).map(({ ask }) => ({
      request: shortestFrameBytes + identifierBytes + wakeUpBytes,
      reply: usualReplyBytes(ask) + wakeUpBytes,
    }))
  const model = findModel(protocol.model)
  if (model === null) return null
  const names = new Set(items.flatMap((item) => registersFor(model, item) ?? []))
  const spans = [...names].map((name) => registerSpan(registerNamed(model, name)))
  return planReads(spans, model.reading).map((span) => ({
    request: rtuReadBytes,
    reply: modbusReplyBytes({ kind: model.table.readWith, ...span }) + rtuEnvelopeBytes,
  }))
}

const usualReplyBytes = (name: IdentifierName): number => {
  const shortest = expectedReplyLength({ kind: 'read', address: '000000000001', identifier: identifiers[name].id })
  const { codec, bytes } = identifiers[name]
  if (codec === 'totalAndRates') return shortest + (usualRates - 1) * bytes
  if (codec === 'statusWords') return shortest - bytes + statusWords * 2
  return shortest
}
