import { bcd, record, rest } from '../format.ts'
import type { MeterProfile } from '../profile.ts'
import { characteristicWord1 } from './status.table.ts'
import { energy, money } from './units.ts'

/** The standard with the State Grid extension of 2013: what the tables say. */
export const standardProfile: MeterProfile = { name: 'standard' }

/** Meters of 2009: a closing delay where newer ones hold a limit of current, a characteristic word of four bytes. */
const grid2009Profile: MeterProfile = {
  name: 'grid-2009',
  identifiers: {
    closeDelay: { id: 0x04001402, ...bcd(2, 'min'), zh: '合闸延时时间', access: 'rw2', clause: 'SG CLOU' },
    characteristicWord1: {
      id: 0x04001101,
      ...characteristicWord1,
      bytes: 4,
      zh: '电表运行特征字1',
      access: 'rw2',
      clause: 'SG CLOU',
    },
  },
}

/** Meters whose bits 14 and 15 of status word 3 say 1 when the account is opened, as one driver has it. */
const accountsByOneProfile: MeterProfile = {
  name: 'accounts-by-one',
  identifiers: {
    statusWord3: {
      id: 0x04000503,
      codec: 'statusWord3',
      accountBits: 'one-is-opened',
      bytes: 2,
      signed: false,
      scale: 1,
      unit: '',
      zh: '电表运行状态字3',
      access: 'r',
      clause: 'YJ',
    },
  },
}

/** Meters that answer 00440000 with a register of their own (19.65 in a published frame). */
const combinedRegisterProfile: MeterProfile = {
  name: 'combined-register',
  identifiers: {
    vendorCombinedEnergy: { id: 0x00440000, ...energy, zh: '厂家自定义组合电能', access: 'r', clause: 'vendor' },
  },
}

/**
 * CET meters keep the balance themselves and are recharged by writing (function 14H) a count and an amount, both BCD,
 * without a security chip.
 */
const cetProfile: MeterProfile = {
  name: 'cet',
  identifiers: {
    recharge: {
      id: 0x04900000,
      ...record({ purchaseCount: bcd(4), amount: money }),
      zh: '充值',
      access: 'w',
      clause: 'YJ (one vendor)',
    },
    securityMode: { id: 0x049f0000, ...rest, zh: '安全模式切换', access: 'w', clause: 'YJ (one vendor)' },
  },
}

export const meterProfiles = Object.freeze({
  standard: standardProfile,
  'grid-2009': grid2009Profile,
  'accounts-by-one': accountsByOneProfile,
  'combined-register': combinedRegisterProfile,
  cet: cetProfile,
})
