import type { BatchItem, BatchSummary } from '@xianfu/contract'
import { describe, expect, it } from 'vitest'
import {
  batchSearchOf,
  deedsFor,
  emptySelection,
  parametersOf,
  percentOf,
  selectBatches,
  selectionOf,
  sortItems,
} from './batch-list.ts'

describe('the selection of a batch', () => {
  it.each([
    [{}, null],
    [{ prefix: '  ' }, null],
    [{ prefix: ' 3- ' }, { placePrefix: '3-' }],
    [{ names: '3-101, 3-102\n3-103，3-101' }, { names: ['3-101', '3-102', '3-103'] }],
    [
      { siteId: 2, stage: 'cut-off' },
      { siteId: 2, stage: 'cut-off' },
    ],
  ] as const)('%j', (change, selection) => {
    expect(selectionOf({ ...emptySelection, ...change })).toEqual(selection)
  })
})

describe('what a person can do with a batch', () => {
  const asked = { login: 'li', name: 'Li' }
  it.each([
    ['waiting', 'wang', true, true, ['approve', 'refuse']],
    ['waiting', 'wang', true, false, []],
    ['waiting', 'li', true, true, ['withdraw']],
    ['running', 'wang', true, false, ['stop']],
    ['running', 'wang', false, false, []],
    ['finished', 'wang', true, true, []],
  ] as const)('%s, %s', (state, login, mayControl, mayApprove, deeds) => {
    expect(deedsFor({ state, requestedBy: asked }, { login, mayControl, mayApprove })).toEqual(deeds)
  })
})

describe('parameters', () => {
  it('are those that are filled in', () => {
    expect(parametersOf({ 'money-alarm-1': ' 20 ', 'money-alarm-2': ' ' })).toEqual([
      { item: 'money-alarm-1', value: '20' },
    ])
  })
})

describe('progress', () => {
  it('counts what is behind it', () => {
    const counts = { total: 3, waiting: 1, underWay: 1, done: 1, failed: 0, leftOut: 0 }
    expect(percentOf(counts)).toBe(33)
    expect(percentOf({ ...counts, total: 0 })).toBe(100)
  })

  it('shows first what needs a look', () => {
    const item = (place: string, change: Partial<BatchItem>) => ({
      place,
      state: 'waiting',
      command: null,
      written: [],
      ...change,
    })
    const command = (state: 'failed' | 'queued' | 'verified') => ({ id: '', state, failure: null, attempts: 1 })
    const items = [
      item('f', { state: 'skipped' }),
      item('e', { state: 'commanded', command: command('verified') }),
      item('d', {}),
      item('c', { state: 'commanded', command: command('queued') }),
      item('b', { state: 'failed' }),
      item('a', { state: 'commanded', command: command('failed') }),
    ] as BatchItem[]
    expect(sortItems(items).map(({ place }) => place)).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  })
})

describe('the list', () => {
  const batch = (id: string, change: Partial<BatchSummary>) =>
    ({
      id,
      state: 'finished',
      reason: '',
      requestedBy: { login: 'li', name: '李' },
      decision: null,
      ...change,
    }) as BatchSummary
  const wang = { by: { login: 'wang', name: 'Wang' }, at: 0, reason: null }
  const batches = [
    batch('a', { reason: 'Autumn tariff' }),
    batch('b', { state: 'running', decision: wang }),
    batch('c', { state: 'running', requestedBy: { login: 'qin', name: '秦' } }),
  ]
  it.each([
    [{}, 'abc'],
    [{ state: 'running' }, 'bc'],
    [{ state: 'nonsense' }, 'abc'],
    [{ q: 'tariff' }, 'a'],
    [{ q: 'WANG' }, 'b'],
    [{ q: '秦', state: 'finished' }, ''],
  ])('%j leaves %s', (search, ids) => {
    expect(
      selectBatches(batches, batchSearchOf(search))
        .map(({ id }) => id)
        .join(''),
    ).toBe(ids)
  })
})

describe('the address', () => {
  it('names a batch, or none', () => {
    expect(batchSearchOf({ id: 'x', other: 1 })).toEqual({ id: 'x' })
    expect(batchSearchOf({ id: null, state: ['x'] })).toEqual({})
  })
})
