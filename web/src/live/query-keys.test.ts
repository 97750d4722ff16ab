import { describe, expect, it } from 'vitest'
import { keysOfTopics, liveKeys } from './query-keys.ts'

describe('topics of a live change to the keys to read again', () => {
  it.each([
    [[], []],
    [['guard'], [['guards'], ['sites']]],
    [['site'], [['sites']]],
    [['work-item'], [['work-items'], ['overview'], ['feed'], ['operation-requests'], ['shift']]],
    [['event'], [['events']]],
    [['completeness'], [['completeness']]],
    [['batch'], [['batches'], ['batch']]],
    [['message'], [['messages'], ['feed']]],
    [
      ['meter:12'],
      [['meters'], ['overview'], ['meter', 12], ['history', 12], ['measurements', 12], ['load', 12], ['purse', 12]],
    ],
    [['command:12'], [['meters'], ['overview'], ['meter', 12], ['commands', 12], ['feed']]],
    [
      ['account:7'],
      [
        ['meters'],
        ['overview'],
        ['entries', 7],
        ['quote', 7],
        ['purse'],
        ['stops'],
        ['account-stop', 7],
        ['account-file', 7],
        ['meter'],
        ['history'],
        ['feed'],
      ],
    ],
    [['gateway'], [['meters'], ['overview'], ['meter'], ['lines']]],
    [
      ['meter:12', 'command:12', 'meter:12'],
      [
        ['meters'],
        ['overview'],
        ['meter', 12],
        ['history', 12],
        ['measurements', 12],
        ['load', 12],
        ['purse', 12],
        ['commands', 12],
        ['feed'],
      ],
    ],
    [
      ['meter:12', 'account:7'],
      [
        ['meters'],
        ['overview'],
        ['measurements', 12],
        ['load', 12],
        ['entries', 7],
        ['quote', 7],
        ['purse'],
        ['stops'],
        ['account-stop', 7],
        ['account-file', 7],
        ['meter'],
        ['history'],
        ['feed'],
      ],
    ],
  ] as const)('%j → %j', (topics, keys) => {
    expect(keysOfTopics(topics)).toEqual(keys)
  })

  it('reads everything again for a topic of a later server', () => {
    for (const topic of ['plan:3', 'meter:x', '']) expect(keysOfTopics([topic])).toEqual(liveKeys)
  })
})
