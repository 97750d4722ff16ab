import type { RecordSource } from '../../domain/gap.ts'

/**
 * What is to be known of the memories in which a DL/T 645 meter keeps half hours. Which of them a meter has, and whether
 * it was told to fill them, only asking tells: the mode words 04000901 and 04000905 are missing in most.
 */
export const meterMemories = Object.freeze({
  /** 06040001: records of class 4 (energies) from a time on, oldest first (A.7). */
  loadProfile: Object.freeze({
    identifier: 0x06040001,
    newest: 0x06040002,
    /** A record of class 4 is 32 bytes, so the frame stays within 200 and needs no follow-up. */
    blocksPerExchange: 5,
  }),
  /** 0504FFnn: time, forward and reverse total; 01 is the newest (A.6 and State Grid 2013). */
  hourlyFreeze: Object.freeze({ block: 0x0504ff00, deepest: 254 }),
})

/** In which order an unknown meter is asked: the profile brings five half hours with one question. */
export const recordSources: readonly RecordSource[] = ['load-profile', 'hourly-freeze']
