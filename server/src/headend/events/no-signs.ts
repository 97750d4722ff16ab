/** What a read brings that has brought nothing. */
export const noSigns = { at: 0, states: null, counts: [], absent: [], frame: null, exchanges: [] } as const

export const backingOff = { ok: false, code: 'backing-off', detail: 'the meter has not answered lately' } as const
