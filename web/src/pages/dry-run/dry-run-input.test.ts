import type { DryRunRow } from '@xianfu/contract'
import { runDryRun } from '@xianfu/contract'
import { describe, expect, it } from 'vitest'
import { documentOf, dryRunSearchOf, inputOf, isChanged, unchangedForm } from './dry-run-input.ts'

describe('what the form asks for', () => {
  it('changes nothing while it is empty', () => {
    expect(inputOf(unchangedForm)).toEqual({ hours: 24, goesOnUsing: true, change: {} })
  })

  it('names what is changed, and the contract takes it', () => {
    const input = inputOf({
      ...unchangedForm,
      siteId: 3,
      planName: ' home ',
      cutOff: ' 5 ',
      lead: '60',
      pricePercent: '130',
      ignoreNoTrip: true,
    })
    expect(input).toEqual({
      siteId: 3,
      planName: 'home',
      hours: 24,
      goesOnUsing: true,
      change: { cutOff: '5', noticeLeadMinutes: 60, pricePercent: '130', ignoreNoTrip: true },
    })
    expect(runDryRun.body.safeParse(input).success).toBe(true)
  })

  it('is refused by the contract with two prices', () => {
    const input = inputOf({ ...unchangedForm, pricePercent: '130', flatPrice: '0.6' })
    expect(runDryRun.body.safeParse(input).success).toBe(false)
  })

  it.each([
    [{ otherPlan: ' home ' }, { name: 'home' }],
    [{ otherPlan: 'home@3' }, { name: 'home', version: 3 }],
    [{ otherPlan: 'a@b' }, { name: 'a@b' }],
    [{ document: '{"code":"X"}', otherPlan: 'home' }, { document: { code: 'X' } }],
    [{ document: 'not json' }, undefined],
  ])('another plan as %j', (typed, plan) => {
    const input = inputOf({ ...unchangedForm, ...typed })
    expect('plan' in input ? input.plan : undefined).toEqual(plan)
    expect(runDryRun.body.safeParse(input).success).toBe(true)
  })

  it('is refused by the contract with another plan and a price', () => {
    const input = inputOf({ ...unchangedForm, otherPlan: 'home', flatPrice: '0.6' })
    expect(runDryRun.body.safeParse(input).success).toBe(false)
  })

  it('knows what is no JSON', () => {
    expect(documentOf('{')).toBeNull()
    expect(documentOf('[1]')).toEqual({ json: [1] })
  })
})

describe('a row', () => {
  const foreseen = { outcome: 'tripped', at: 1, reasons: [], balanceThen: '0', notices: [] } as const
  const row = (change: Partial<DryRunRow['changed']>): DryRunRow => ({
    accountId: 1,
    number: '1',
    place: 'A',
    balance: '0',
    changed: { ...foreseen, reasons: [], notices: [], ...change },
    unchanged: { ...foreseen, reasons: [], notices: [] },
  })
  it.each([
    [{}, false],
    [{ at: 2 }, true],
    [{ outcome: 'held' as const }, true],
  ])('%j: changed %s', (change, expected) => {
    expect(isChanged(row(change))).toBe(expected)
  })
})

describe('the address', () => {
  it('may name a site', () => {
    expect([dryRunSearchOf({ site: 2 }), dryRunSearchOf({ site: 'x' }), dryRunSearchOf({})]).toEqual([
      { site: 2 },
      {},
      {},
    ])
  })
})
