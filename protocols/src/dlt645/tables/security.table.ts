import { bcd, binary, digits, type Format, raw, record, rest } from '../format.ts'
import { keyWord } from './status.table.ts'

// Class 07, function 03: what goes to the security chip of a meter and what comes back, as bytes with names. The
// ciphers are not ours: a master without the utility's keys cannot make them, and a virtual meter can only pretend.

/** A command of function 03: the data behind operator code, and the data behind the identifier of the reply. */
export type SecurityRow = Readonly<{ id: number; request: Format; reply: Format; zh: string; clause: string }>

/** Amounts are binary here, in fen; counts are binary as well. */
const amount = binary(4, 'fen')
const purchases = binary(4)
const mac = raw(4)
const none = record({})

const purchase = record({
  amount,
  purchaseCount: purchases,
  amountMac: mac,
  customerNumber: digits(6),
  customerMac: mac,
})
const wallet = { balance: amount, balanceMac: mac, purchaseCount: purchases, purchaseCountMac: mac } as const

const CF = 'SG CLOU FWD'

export const securityRows = {
  authenticate: {
    id: 0x070000ff,
    request: record({ cipher: raw(8), random: raw(8), dispersionFactor: raw(8) }),
    reply: record({ random: raw(4), chipSerial: raw(8) }),
    zh: '身份认证',
    clause: CF,
  },
  setAuthenticationTime: {
    id: 0x070001ff,
    request: record({ minutes: bcd(2, 'min'), mac }),
    reply: none,
    zh: '身份认证时效设置',
    clause: CF,
  },
  endAuthentication: {
    id: 0x070002ff,
    request: none,
    reply: record({ customerNumber: digits(6), balance: amount, purchaseCount: purchases, keyState: keyWord }),
    zh: '身份认证失效',
    clause: CF,
  },
  authenticateInfrared: {
    id: 0x070003ff,
    request: record({ cipher: raw(8) }),
    reply: none,
    zh: '红外认证',
    clause: CF,
  },
  askInfraredAuthentication: {
    id: 0x078003ff,
    request: record({ random: raw(8) }),
    reply: record({ meterNumber: digits(6), chipSerial: raw(8), cipher: raw(8), random: raw(8) }),
    zh: '红外认证查询',
    clause: CF,
  },
  writeChipFilePlain: {
    id: 0x070004ff,
    request: record({ file: raw(1), offset: binary(2), data: rest }),
    reply: none,
    zh: 'ESAM信息文件明文写',
    clause: 'SG FWD',
  },
  writeChipFileCiphered: {
    id: 0x070005ff,
    request: record({ file: raw(1), offset: binary(2), data: rest }),
    reply: none,
    zh: 'ESAM信息文件密文写',
    clause: 'SG FWD',
  },
  openAccount: { id: 0x070101ff, request: purchase, reply: none, zh: '开户', clause: 'SG CLOU FWD FWA' },
  recharge: { id: 0x070102ff, request: purchase, reply: none, zh: '充值', clause: 'SG CLOU FWD FWA' },
  initialiseWallet: {
    id: 0x070103ff,
    request: record({ amount, amountMac: mac, purchaseCount: purchases, purchaseCountMac: mac }),
    reply: none,
    zh: '钱包初始化',
    clause: CF,
  },
  updateControlKey: {
    id: 0x070201ff,
    request: record({ keyInformation: raw(4), mac, key: raw(32) }),
    reply: none,
    zh: '控制命令密钥更新',
    clause: 'SG CLOU',
  },
  updateParameterKey: {
    id: 0x070202ff,
    request: record({ keyInformation: raw(4), mac, key: raw(32) }),
    reply: none,
    zh: '参数密钥更新',
    clause: 'SG CLOU',
  },
  updateIdentityKey: {
    id: 0x070203ff,
    request: record({ keyInformation: raw(4), mac, key: raw(32) }),
    reply: none,
    zh: '身份认证密钥更新',
    clause: 'SG CLOU',
  },
  updateMasterKey: {
    id: 0x070204ff,
    request: record({ keyInformation: raw(4), mac, key: raw(32) }),
    reply: none,
    zh: '主控密钥更新',
    clause: 'SG CLOU',
  },
  // One to four keys of 36 bytes, then the code of authentication: told apart by the length alone.
  updateKeys: { id: 0x070301ff, request: rest, reply: none, zh: '密钥更新', clause: CF },
  readChip: {
    id: 0x078001ff,
    request: record({ length: binary(2), offset: binary(2), file: raw(2), directory: raw(2) }),
    reply: record({ length: binary(2), offset: binary(2), file: raw(2), directory: raw(2), data: rest }),
    zh: '数据回抄',
    clause: CF,
  },
  compareSoftware: {
    id: 0x078002ff,
    request: record({ processor: binary(1), keyIndex: binary(1), factorAddress: raw(4), dataAddress: raw(4) }),
    reply: record({ cipher: raw(64) }),
    zh: '软件比对',
    clause: 'SG FWD',
  },
  queryStatus: {
    id: 0x078102ff,
    request: none,
    reply: record({ ...wallet, customerNumber: digits(6), keyState: keyWord }),
    zh: '状态查询',
    clause: 'SG FWD FWA CLOU',
  },
  changeFeeMode: { id: 0x07a006ff, request: rest, reply: rest, zh: '费控模式切换', clause: 'CSG CLOU' },
} as const satisfies Record<string, SecurityRow>
