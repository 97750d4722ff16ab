import {
  dataSet,
  gapReason,
  parameterName,
  powerState,
  scheduleScope,
  type airtimeVerdict,
  type BatchKind,
  type batchApproval,
  type BatchState,
  type CommandKind,
  type CommandState,
  type CreditStage,
  type DryRunOutcome,
  type FreezeReason,
  type GapState,
  type IntervalState,
  type lineCause,
  type lineReasonCode,
  type lineState,
  type ListKind,
  type loadHold,
  type LossReason,
  type noTripKind,
  type Permission,
  type PurchaseState,
  type Role,
  type settlementMode,
  type UnknownSide,
} from '@xianfu/contract'
import { describe, expect, expectTypeOf, test } from 'vitest'
import type { z } from 'zod'
import type { SettlementMode } from '../domain/agreement.ts'
import type * as batch from '../domain/batch.ts'
import type { AirtimeVerdict } from '../domain/collection/airtime.ts'
import { dataSets } from '../domain/collection/data-set.ts'
import type { LineCause, LineReasonCode, LineState } from '../domain/collection/line-health.ts'
import { scheduleScopes } from '../domain/collection/schedule-rule.ts'
import type * as completeness from '../domain/completeness.ts'
import type * as credit from '../domain/credit-facts.ts'
import type { Outcome } from '../domain/dry-run.ts'
import { gapReasons, type GapState as OurGapState, type LossReason as OurLossReason } from '../domain/gap.ts'
import type { UnknownSide as OurUnknownSide } from '../domain/gap.ts'
import type { LoadHold } from '../domain/load-control.ts'
import type * as purchase from '../domain/meter-purchase.ts'
import { parameterNames } from '../domain/parameter.ts'
import { powerStates } from '../domain/power-state.ts'
import type * as protection from '../domain/protection-list.ts'
import type { RelayCommandKind, RelayCommandState } from '../domain/relay-command.ts'
import type * as roles from '../domain/role.ts'
import type * as guard from '../domain/trip-guard.ts'

/**
 * The contract stands alone, and so does the domain; neither may import the other. What both call by the same words is
 * held equal here, so that a word added on one side is not forgotten on the other.
 */
describe('the contract and the domain have the same words', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['where the supply of a meter stands', powerState.options, powerStates],
    ['parameters of a meter', parameterName.options, parameterNames],
    ['why an interval has no reading', gapReason.options, gapReasons],
    ['what is collected', dataSet.options, dataSets],
    ['whom a schedule is for', scheduleScope.options, scheduleScopes],
  ])('%s', (_, theirs, ours) => {
    expect([...theirs].toSorted()).toEqual([...ours].toSorted())
  })

  /** Unions without a list at run time; the compiler refuses this file where they differ. */
  test('unions, as the compiler sees them', () => {
    expectTypeOf<BatchKind>().toEqualTypeOf<batch.BatchKind>()
    expectTypeOf<BatchState>().toEqualTypeOf<batch.BatchState>()
    expectTypeOf<z.infer<typeof batchApproval>>().toEqualTypeOf<batch.Approval>()
    expectTypeOf<CommandKind>().toEqualTypeOf<RelayCommandKind>()
    expectTypeOf<CommandState>().toEqualTypeOf<RelayCommandState>()
    expectTypeOf<CreditStage>().toEqualTypeOf<credit.CreditStage>()
    expectTypeOf<z.infer<typeof noTripKind>>().toEqualTypeOf<credit.NoTripKind>()
    expectTypeOf<DryRunOutcome>().toEqualTypeOf<Outcome>()
    expectTypeOf<FreezeReason>().toEqualTypeOf<guard.FreezeReason>()
    expectTypeOf<GapState>().toEqualTypeOf<OurGapState>()
    expectTypeOf<LossReason>().toEqualTypeOf<OurLossReason>()
    expectTypeOf<UnknownSide>().toEqualTypeOf<OurUnknownSide>()
    expectTypeOf<IntervalState>().toEqualTypeOf<completeness.IntervalState>()
    expectTypeOf<z.infer<typeof airtimeVerdict>>().toEqualTypeOf<AirtimeVerdict>()
    expectTypeOf<z.infer<typeof lineState>>().toEqualTypeOf<LineState>()
    expectTypeOf<z.infer<typeof lineCause>>().toEqualTypeOf<LineCause>()
    expectTypeOf<z.infer<typeof lineReasonCode>>().toEqualTypeOf<LineReasonCode>()
    expectTypeOf<z.infer<typeof loadHold>>().toEqualTypeOf<LoadHold>()
    expectTypeOf<z.infer<typeof settlementMode>>().toEqualTypeOf<SettlementMode>()
    expectTypeOf<PurchaseState>().toEqualTypeOf<purchase.PurchaseState>()
    expectTypeOf<ListKind>().toEqualTypeOf<protection.ListKind>()
    expectTypeOf<Role>().toEqualTypeOf<roles.Role>()
    expectTypeOf<Permission>().toEqualTypeOf<roles.Permission>()
  })
})
