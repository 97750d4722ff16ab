import { functionCode } from '../dlt645/control-code.ts'
import { byteToHex } from '../hex.ts'
import type { MeterErrorReason } from '../dlt645/meter-error.ts'

/** Two languages, one meaning. */
export type Words = readonly [en: string, zh: string]

/** What each function is for. */
export const functionWords: ReadonlyMap<number, Words> = new Map([
  [functionCode.security, ['security authentication', '安全认证']],
  [functionCode.setTime, ['set time', '广播校时']],
  [functionCode.read, ['read data', '读数据']],
  [functionCode.readFollowUp, ['read follow-up data', '读后续数据']],
  [functionCode.readAddress, ['read address', '读通信地址']],
  [functionCode.write, ['write data', '写数据']],
  [functionCode.writeAddress, ['write address', '写通信地址']],
  [functionCode.freeze, ['freeze', '冻结命令']],
  [functionCode.changeRate, ['change rate', '更改通信速率']],
  [functionCode.changePassword, ['change password', '修改密码']],
  [functionCode.clearDemand, ['clear greatest demand', '最大需量清零']],
  [functionCode.clearMeter, ['clear meter', '电表清零']],
  [functionCode.clearEvents, ['clear events', '事件清零']],
  [functionCode.control, ['trip, close, alarm, keep power', '跳合闸、报警、保电']],
  [functionCode.selectOutput, ['multi-function terminal', '多功能端子输出控制']],
])

/** Where the layout of a function is told; the keys are those of docs/protocols/dlt645-2007.md. */
const sources: ReadonlyMap<number, string> = new Map([
  [functionCode.security, 'CLOU YJ FWD'],
  [functionCode.setTime, 'LIB CLOU FWA'],
  [functionCode.read, 'LIB MSG 600'],
  [functionCode.readFollowUp, 'YJ LIB FWA'],
  [functionCode.readAddress, 'LIB MSG YJ'],
  [functionCode.write, 'LIB CLOU YJ'],
  [functionCode.writeAddress, 'LIB CLOU FWA'],
  [functionCode.freeze, 'LIB CLOU'],
  [functionCode.changeRate, 'LIB CLOU'],
  [functionCode.changePassword, 'CLOU BOBY LIB'],
  [functionCode.clearDemand, 'LIB CLOU'],
  [functionCode.clearMeter, 'LIB CLOU FWA'],
  [functionCode.clearEvents, 'LIB CLOU FWA'],
  [functionCode.control, 'CLOU YJ FWA'],
  [functionCode.selectOutput, 'LIB CLOU'],
])
export const frameSource = 'frame 600 LIB CNB'

export const functionSource = (code: number): string =>
  `function ${byteToHex(code)} ${sources.get(code) ?? 'of no source'}`

/** N1 of function 1CH. */
export const actionWords: ReadonlyMap<number, Words> = new Map([
  [0x1a, ['trip', '跳闸']],
  [0x1b, ['permit close', '合闸允许']],
  [0x1c, ['direct close', '直接合闸']],
  [0x1d, ['trip, close directly after a time', '跳闸-自动恢复(直接合闸)']],
  [0x1e, ['trip, permit close after a time', '跳闸-自动恢复(合闸允许)']],
  [0x2a, ['alarm on', '报警']],
  [0x2b, ['alarm off', '报警解除']],
  [0x3a, ['keep power on', '保电']],
  [0x3b, ['keep power off', '保电解除']],
])

export const outputWords: ReadonlyMap<number, Words> = new Map([
  [0x00, ['clock second pulse', '时钟秒脉冲']],
  [0x01, ['demand period', '需量周期']],
  [0x02, ['tariff switching', '时段投切']],
])

export const reasonWords: Readonly<Record<MeterErrorReason, Words>> = Object.freeze({
  other: ['other error', '其他错误'],
  'no-data': ['no such data', '无请求数据'],
  'wrong-password': ['password wrong or not authorised', '密码错/未授权'],
  'rate-not-changeable': ['rate cannot be changed', '通信速率不能更改'],
  'too-many-year-zones': ['too many year zones', '年时区数超'],
  'too-many-day-periods': ['too many day periods', '日时段数超'],
  'too-many-tariffs': ['too many tariffs', '费率数超'],
  suspended: ['suspended', '电能表挂起'],
  'verification-failed': ['verification by the security chip failed', 'ESAM验证失败'],
  'not-authenticated': ['not authenticated', '身份认证失败'],
  'deadline-invalid': ['deadline is not valid', '命令有效时间无效'],
  'keep-power': ['keep power is on', '保电状态'],
  'restoring-trip-under-keep-power': ['restoring trip refused: keep power is on', '保电状态拒绝跳闸自动恢复'],
  'restore-time-invalid': ['time to restore is not valid', '自动恢复时间无效'],
  'already-tripped': ['already tripped', '已处于跳闸状态'],
  'repeated-recharge': ['repeated recharge', '重复充值'],
  'customer-number-differs': ['customer number differs', '客户编号不匹配'],
  'purchase-count-wrong': ['purchase count wrong', '充值次数错误'],
  'hoarding-limit-exceeded': ['purchase exceeds the hoarding limit', '购电超囤积'],
  'address-abnormal': ['address abnormal', '地址异常'],
  'closing-failed': ['closing after recharge failed', '充值后合闸失败'],
})

/** What newer meters say they have done. */
export const stateWords: Readonly<Record<string, Words>> = Object.freeze({
  closed: ['closed', '直接合闸成功'],
  'closing-permitted': ['closing permitted', '合闸允许'],
  tripped: ['tripped', '跳闸成功'],
  'trip-delayed': ['trip delayed', '跳闸延时'],
  'tripped-with-restoring': ['tripped, restores by itself', '跳闸自动恢复'],
  'trip-delayed-by-current': ['trip delayed: current too large', '大电流延时跳闸'],
  'keep-power-on': ['keep power on', '保电'],
  'keep-power-off': ['keep power off', '保电解除'],
  'alarm-on': ['alarm on', '报警'],
  'alarm-off': ['alarm off', '报警解除'],
  unknown: ['unknown', '未知'],
})
