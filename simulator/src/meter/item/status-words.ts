import { encodeValue, statusWord3 } from '@xianfu/protocols'
import { binary, joined } from '../bytes.ts'
import { isDead } from '../faults.ts'
import { powerOf } from '../power.ts'
import { authenticated } from '../security/session.ts'
import type { Meter } from '../state.ts'
import { isAlarming } from '../wallet.ts'

/** Status words 1 to 7 (04000501 …): how the meter and its surroundings are. */

export const statusItem = (meter: Meter, last: number): Uint8Array | null => {
  if (last === 0xff) return joined(...[1, 2, 3, 4, 5, 6, 7].map((word) => wordBytes(meter, word)))
  if (last === 0x08) return new Uint8Array(4)
  return last >= 1 && last <= 7 ? wordBytes(meter, last) : null
}

const wordBytes = (meter: Meter, word: number): Uint8Array =>
  word === 3 ? encodeValue('statusWord3', word3(meter)) : binary(otherWord(meter, word), 2)

const word3 = (meter: Meter): ReturnType<typeof statusWord3> => {
  const { relay, wallet, faults } = meter
  return {
    ...statusWord3(0),
    relay: relay.actual,
    relayCommand: relay.commanded,
    keepPower: meter.keepPower,
    preTripAlarm: meter.alarm || (wallet !== null && isAlarming(meter, wallet)),
    meterType: wallet === null ? 'none' : 'money',
    programmingAllowed: faults.programmingKey,
    supply: isDead(faults) ? 'battery' : 'main',
    authenticated: authenticated(meter),
    localAccountOpened: wallet === null || wallet.opened,
  }
}

const bit = (condition: boolean, at: number): number => (condition ? 1 << at : 0)

const otherWord = (meter: Meter, word: number): number => {
  const power = powerOf(meter)
  const { faults, wallet } = meter
  switch (word) {
    case 1:
      return (
        bit(faults.clockBatteryLow, 2) |
        bit(power.activeTotal < 0, 4) |
        bit(power.reactiveTotal < 0, 5) |
        bit(wallet !== null && wallet.balance < 0, 14) |
        bit(faults.clockFault, 15)
      )
    case 2:
      return [0, 1, 2].reduce(
        (bits, phase) =>
          bits | bit((power.active[phase] ?? 0) < 0, phase) | bit((power.reactive[phase] ?? 0) < 0, phase + 4),
        0,
      )
    case 4:
    case 5:
    case 6: {
      const phase = word - 4
      const isLost = (faults.lost & (1 << phase)) !== 0
      const hasNoCurrent = (faults.currentLost & (1 << phase)) !== 0
      return bit((power.active[phase] ?? 0) < 0, 6) | bit(isLost, 0) | bit(hasNoCurrent, 3) | bit(isLost, 7)
    }
    case 7:
      return bit(isDead(faults), 5) | bit(faults.meterCoverOpen, 9) | bit(faults.terminalCoverOpen, 10)
    default:
      return 0
  }
}
