import { createContext, use } from 'react'

/** The meter that is chosen in the list. It stays chosen while its page is open, so coming back loses no place. */
export type ChosenMeter = Readonly<{ id: number | null; choose: (id: number | null) => void }>

export const ChosenMeterContext = createContext<ChosenMeter>({ id: null, choose: () => undefined })

export const useChosenMeter = (): ChosenMeter => use(ChosenMeterContext)
