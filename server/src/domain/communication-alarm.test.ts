import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  judgeCommunication,
  leastMetersOfDeadLine,
  type CommunicationAlarm,
  type FieldReach,
  type GatewayReach,
  type MeterReach,
} from './communication-alarm.ts'

const minute = 60_000
const limits = { offlineAfterMs: 10 * minute, backForMs: 5 * minute, silentAfterReads: 3 }
const now = Date.UTC(2026, 10, 25, 4)
const gateway = (id: number, online: boolean, minutes: number, paused = false): GatewayReach => ({
  id,
  online,
  paused,
  since: now - minutes * minute,
  readEveryMs: 30 * minute,
  limits,
})
const meter = (id: number, missedReads: number, gatewayId = 1): MeterReach => ({ id, gatewayId, missedReads })
const field = (gateways: GatewayReach[], meters: MeterReach[], open: string[] = []): FieldReach => ({
  gateways,
  meters,
  lines: gateways.map(({ id }) => {
    const own = meters.filter(({ gatewayId }) => gatewayId === id)
    return { gatewayId: id, meters: own.length, silent: own.filter(({ missedReads }) => missedReads >= 3).length }
  }),
  open: open.map(alarmOfText),
})
const alarmOfText = (text: string): CommunicationAlarm => {
  const [kind = '', id] = text.split(' ')
  return { kind: kind as CommunicationAlarm['kind'], id: Number(id) }
}
const judged = (of: FieldReach): string[] => {
  const { open, close } = judgeCommunication(of, now)
  return [
    ...open.map(({ kind, id }) => `+ ${kind} ${String(id)}`),
    ...close.map(({ alarm: { kind, id }, because }) => `- ${kind} ${String(id)} ${because}`),
  ]
}
const silent = [meter(1, 9), meter(2, 9), meter(3, 9)]
const fine = [meter(1, 0), meter(2, 0), meter(3, 0)]
const one = [meter(1, 3), meter(2, 0), meter(3, 2)]

describe('what is away', () => {
  test.each<[string, FieldReach, string[]]>([
    ['nothing', field([gateway(1, true, 600)], fine), []],
    ['a gateway for a short while', field([gateway(1, false, 9)], silent), []],
    ['a gateway: one alarm, however many meters', field([gateway(1, false, 10)], silent), ['+ gateway-offline 1']],
    ['a gateway that is back for a moment', field([gateway(1, true, 4)], silent, ['gateway-offline 1']), []],
    ['a gateway that has gone again', field([gateway(1, false, 1)], silent, ['gateway-offline 1']), []],
    [
      'a gateway that has stayed',
      field([gateway(1, true, 5)], silent, ['gateway-offline 1']),
      ['- gateway-offline 1 back-online'],
    ],
    ['meters not asked since their gateway came back', field([gateway(1, true, 29)], silent), []],
    ['a line', field([gateway(1, true, 30)], silent), ['+ line-dead 1']],
    ['a line of one meter is that meter', field([gateway(1, true, 30)], [meter(1, 3)]), ['+ meter-silent 1']],
    ['one meter', field([gateway(1, true, 30)], one), ['+ meter-silent 1']],
    ['a meter that missed one read and had no alarm', field([gateway(1, true, 99)], [meter(1, 1), meter(2, 0)]), []],
    [
      'a meter that is not quite back',
      field([gateway(1, true, 99)], [meter(1, 1), meter(2, 0)], ['meter-silent 1']),
      [],
    ],
    [
      'a meter that answers again',
      field([gateway(1, true, 99)], fine, ['meter-silent 1']),
      ['- meter-silent 1 answers-again'],
    ],
    [
      'a line that answers again in part',
      field([gateway(1, true, 99)], one, ['line-dead 1']),
      ['+ meter-silent 1', '- line-dead 1 answers-again'],
    ],
    [
      'what hides behind a gateway',
      field([gateway(1, false, 10)], silent, ['line-dead 1', 'meter-silent 2']),
      ['+ gateway-offline 1', '- line-dead 1 behind-gateway', '- meter-silent 2 behind-gateway'],
    ],
    [
      'what hides behind a line',
      field([gateway(1, true, 99)], silent, ['meter-silent 2']),
      ['+ line-dead 1', '- meter-silent 2 behind-line'],
    ],
    ['a dead line while its gateway is away for a moment', field([gateway(1, false, 3)], silent, ['line-dead 1']), []],
    ['a gateway, a line, and meters that rest', field([gateway(1, false, 99, true)], silent), []],
    ['a line that rests while its gateway is there', field([gateway(1, true, 99, true)], silent), []],
    ['a gateway that was away before it rested', field([gateway(1, true, 99, true)], fine, ['gateway-offline 1']), []],
    [
      'what is no longer in the archive',
      field([], [], ['gateway-offline 1', 'line-dead 1', 'meter-silent 7']),
      ['- gateway-offline 1 gone', '- line-dead 1 gone', '- meter-silent 7 gone'],
    ],
  ])('%s', (_, of, expected) => expect(judged(of)).toEqual(expected))
})

const fields = fc
  .record({
    gateways: fc.uniqueArray(
      fc.record({
        id: fc.integer({ min: 1, max: 4 }),
        online: fc.boolean(),
        paused: fc.boolean(),
        minutes: fc.integer({ min: 0, max: 90 }),
      }),
      { selector: ({ id }) => id, maxLength: 4 },
    ),
    meters: fc.uniqueArray(
      fc.record({
        id: fc.integer({ min: 1, max: 20 }),
        gatewayId: fc.integer({ min: 1, max: 4 }),
        missedReads: fc.integer({ min: 0, max: 6 }),
      }),
      { selector: ({ id }) => id, maxLength: 20 },
    ),
    open: fc.uniqueArray(
      fc.oneof(
        fc.integer({ min: 1, max: 4 }).map((id) => `gateway-offline ${String(id)}`),
        fc.integer({ min: 1, max: 4 }).map((id) => `line-dead ${String(id)}`),
        fc.integer({ min: 1, max: 20 }).map((id) => `meter-silent ${String(id)}`),
      ),
      { maxLength: 10 },
    ),
  })
  .map(({ gateways, meters, open }) =>
    field(
      gateways.map(({ id, online, minutes, paused }) => gateway(id, online, minutes, paused)),
      meters,
      open,
    ),
  )
const key = ({ kind, id }: CommunicationAlarm): string => `${kind} ${String(id)}`
/** The alarms that stand when a judgement has been carried out. */
const after = (of: FieldReach): CommunicationAlarm[] => {
  const { open, close } = judgeCommunication(of, now)
  const over = new Set(close.map(({ alarm }) => key(alarm)))
  return [...of.open.filter((alarm) => !over.has(key(alarm))), ...open]
}

describe('laws', () => {
  test('judging again changes nothing', () =>
    fc.assert(
      fc.property(fields, (of) => {
        expect(judgeCommunication({ ...of, open: after(of) }, now)).toEqual({ open: [], close: [] })
      }),
    ))

  test('behind what is away stands no other alarm', () =>
    fc.assert(
      fc.property(fields, (of) => {
        const standing = new Set(after(of).map(key))
        for (const { gatewayId } of of.lines)
          expect(
            standing.has(`line-dead ${String(gatewayId)}`) && standing.has(`gateway-offline ${String(gatewayId)}`),
          ).toBe(false)
        const doubled = of.meters.flatMap(({ id, gatewayId }) => {
          const [own, ...behind] = [
            `meter-silent ${String(id)}`,
            `gateway-offline ${String(gatewayId)}`,
            `line-dead ${String(gatewayId)}`,
          ]
          return standing.has(own) ? behind.filter((one) => standing.has(one)) : []
        })
        expect(doubled).toEqual([])
      }),
    ))

  test('an alarm opens once, closes only if it was open, and never both', () =>
    fc.assert(
      fc.property(fields, (of) => {
        const { open, close } = judgeCommunication(of, now)
        const was = new Set(of.open.map(key))
        const [opened, closed] = [open.map(key), close.map(({ alarm }) => key(alarm))]
        expect(opened.filter((one) => was.has(one))).toEqual([])
        expect(closed.filter((one) => !was.has(one))).toEqual([])
        expect(new Set([...opened, ...closed]).size).toBe(opened.length + closed.length)
      }),
    ))

  test('a gateway with any number of silent meters is one alarm', () =>
    fc.assert(
      fc.property(fc.integer({ min: leastMetersOfDeadLine, max: 300 }), (meters) => {
        const all = Array.from({ length: meters }, (_, index) => meter(index + 1, 9))
        expect(after(field([gateway(1, false, 60)], all))).toHaveLength(1)
      }),
    ))
})
