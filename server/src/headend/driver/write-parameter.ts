import { standardDictionary, type MeterErrors } from '@xianfu/protocols'
import type { ParameterName, ParameterValue } from '../../domain/parameter.ts'
import type { Exchange, ParameterWrite, ParameterWriteRequest } from '../headend.ts'
import type { Turn } from '../line/line.ts'
import { failureOf } from './ask-line.ts'
import { ask } from './dlt645-ask.ts'
import { errorWords, readIdentifier } from './dlt645-read.ts'
import { askerFor, noteAnswer, type FieldMeter } from './field-meter.ts'
import { turnFailureWords } from './read-meter.ts'

/** Each parameter is one identifier of the standard's dictionary. */
const itemOf: Readonly<Record<ParameterName, string>> = Object.freeze({
  'money-alarm-1': 'moneyAlarm1',
  'money-alarm-2': 'moneyAlarm2',
  'money-overdraft-limit': 'moneyOverdraftLimit',
  'money-hoarding-limit': 'moneyHoardingLimit',
  'money-to-close': 'moneyToClose',
  'spare-rate-price-1': 'spareRatePrice1',
  'spare-rate-price-2': 'spareRatePrice2',
  'spare-rate-price-3': 'spareRatePrice3',
  'spare-rate-price-4': 'spareRatePrice4',
  'rate-price-switch-time': 'ratePriceSwitchTime',
})

/**
 * Writes one parameter (function 14H) at most once and believes it only when the meter shows it: read, confirm, write, read
 * back, all in one turn of the line. A meter that shows the value already is not written to.
 */
export const writeParameter = async (meter: FieldMeter, request: ParameterWriteRequest): Promise<ParameterWrite> => {
  if (meter.modbus !== null)
    return { kind: 'refused', detail: 'parameters of a Modbus meter are not written remotely', exchanges: [] }
  const turn = await meter.line.run({ priority: 'person', signal: request.signal }, async (turn) =>
    sequence(turn, meter, request),
  )
  return turn.ok
    ? turn.value
    : { kind: 'not-sent', code: turn.code, detail: turnFailureWords[turn.code], exchanges: [] }
}

const sequence = async (turn: Turn, meter: FieldMeter, request: ParameterWriteRequest): Promise<ParameterWrite> => {
  const exchanges: Exchange[] = []
  const item = standardDictionary.byName(itemOf[request.name])
  if (item === null) throw new Error(`the dictionary has no ${itemOf[request.name]}`)
  const data = standardDictionary.encode(item.id, wireValue(request.value))
  const { address, credentials } = meter.config

  const read = async (freshSinceMs = 0) => {
    const options = { maxFollowUpFrames: 0, signal: request.signal, freshSinceMs }
    const found = await readIdentifier(turn, askerFor(meter), { address, identifier: item.id }, options)
    exchanges.push(...found.exchanges)
    if (found.ok || found.code === 'no-answer') noteAnswer(meter, found.ok)
    return found
  }

  const before = await read()
  if (!before.ok)
    return before.code === 'refused-by-meter'
      ? { kind: 'refused', detail: before.detail, exchanges }
      : { kind: 'not-sent', code: before.code, detail: before.detail, exchanges }
  if (sameBytes(before.data, data)) return { kind: 'verified', already: true, before: before.data, exchanges }
  const confirmation = await request.confirm()
  if (!confirmation.go) return { kind: 'withdrawn', reason: confirmation.reason, exchanges }

  const writtenAtMs = meter.clock.elapsedMs()
  const question = { kind: 'write', address, identifier: item.id, credentials, data } as const
  const asked = await ask(turn, askerFor(meter), question, `write ${item.name}`, request.signal)
  if (asked.kind === 'not-sent') return { kind: 'not-sent', ...failureOf(asked), exchanges }
  exchanges.push(asked.exchange)
  if (asked.kind === 'broken-off')
    return { kind: 'unverified', after: null, detail: failureOf(asked).detail, exchanges }
  const errors: MeterErrors | null = asked.kind === 'reply' && asked.reply.kind === 'error' ? asked.reply.errors : null
  if (errors !== null) return { kind: 'refused', detail: errorWords(errors), exchanges }
  // A lost answer says nothing about whether it was written; the meter does.
  const after = await read(writtenAtMs)
  if (!after.ok) return { kind: 'unverified', after: null, detail: after.detail, exchanges }
  return sameBytes(after.data, data)
    ? { kind: 'verified', already: false, before: before.data, exchanges }
    : { kind: 'unverified', after: after.data, detail: 'the meter shows something else', exchanges }
}

const wireValue = (value: ParameterValue): unknown => {
  switch (value.kind) {
    case 'money':
      return value.fen
    case 'price':
      return value.tenThousandths
    case 'minute': {
      const { kind: _, ...minute } = value
      return minute
    }
  }
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index])
