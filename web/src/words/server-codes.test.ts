import { describe, expect, it } from 'vitest'
import { zh } from './zh.ts'

/** The server's own files as text: a code that is added there must get its words here. */
const sources = import.meta.glob<string>(
  [
    '../../../server/src/domain/credit-facts.ts',
    '../../../server/src/domain/communication-alarm.ts',
    '../../../server/src/domain/meter-event.ts',
    '../../../server/src/domain/public-holidays.table.ts',
    '../../../server/src/domain/batch.ts',
    '../../../server/src/domain/relay-command.ts',
    '../../../server/src/domain/work-item.ts',
    '../../../server/src/domain/operation.ts',
    '../../../server/src/domain/meter-signs.ts',
    '../../../server/src/domain/gap.ts',
    '../../../server/src/domain/trip-guard.ts',
    '../../../server/src/domain/collection/line-health.ts',
    '../../../server/src/headend/headend.ts',
    '../../../protocols/src/dlt645/meter-error.ts',
  ],
  { query: '?raw', import: 'default', eager: true },
)

/** The members of `export type Name = | 'a' | 'b'`. */
const unionOf = (file: string, name: string): readonly string[] => {
  const source = Object.entries(sources).find(([path]) => path.endsWith(file))?.[1] ?? ''
  const declared = new RegExp(`export type ${name} =([^=]*?)\\n\\n`, 'u').exec(source)?.[1] ?? ''
  return [...declared.matchAll(/'([a-z0-9-]+)'/gu)].map((found) => found[1] ?? '')
}

describe('every code of the server has words', () => {
  it.each([
    ['domain/credit-facts.ts', 'Reason', zh.reason],
    ['domain/credit-facts.ts', 'NoticeKind', zh.notice],
    ['domain/credit-facts.ts', 'CreditStage', zh.stage],
    ['domain/meter-event.ts', 'MeterEventKind', zh.meterEvent],
    ['domain/communication-alarm.ts', 'AlarmEnd', zh.reason],
    ['domain/batch.ts', 'SkipReason', zh.reason],
    ['domain/batch.ts', 'BatchState', zh.batchState],
    ['domain/relay-command.ts', 'RelayCommandKind', zh.command],
    ['domain/relay-command.ts', 'RelayCommandState', zh.commandState],
    ['domain/relay-command.ts', 'AttemptOutcome', zh.step],
    ['domain/operation.ts', 'OperationKind', zh.operation],
    ['domain/work-item.ts', 'WorkItemKind', zh.workItem],
    ['domain/work-item.ts', 'WorkItemKind', zh.workAdvice],
    ['domain/meter-signs.ts', 'MeterSign', zh.meterSign],
    ['domain/trip-guard.ts', 'GuardWait', zh.reason],
    ['domain/trip-guard.ts', 'FreezeReason', zh.guard.because],
    ['domain/gap.ts', 'GapState', zh.gapState],
    ['headend/headend.ts', 'LinkFailure', zh.linkFailure],
    ['collection/line-health.ts', 'LineReasonCode', zh.lineReason],
    ['collection/line-health.ts', 'LineCause', zh.lineCause],
    ['dlt645/meter-error.ts', 'MeterErrorReason', zh.meterError],
    ['dlt645/meter-error.ts', 'ControlRefusal', zh.meterError],
    ['dlt645/meter-error.ts', 'SecurityRefusal', zh.meterError],
  ] as const)('%s %s', (file, name, words) => {
    const codes = unionOf(file, name)
    expect(codes.length).toBeGreaterThan(3)
    expect(codes.filter((code) => !(code in words))).toEqual([])
  })
})

it('every public holiday of the server has a name', () => {
  const [, table = ''] = Object.entries(sources).find(([path]) => path.endsWith('public-holidays.table.ts')) ?? []
  const names = [...table.matchAll(/'\d{4}-\d\d-\d\d', '([^'\d]+)'/gu)].map((found) => found[1] ?? '')
  expect(names.length).toBeGreaterThan(15)
  expect(names.filter((name) => !(name in zh.holidayName))).toEqual([])
})
