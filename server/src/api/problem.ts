import type { Problem, ProblemCode } from '@xianfu/contract'

type Words = Readonly<{ status: number; en: string; zh: string }>

/** Each refusal: its HTTP status, and what to do, in words. */
const table: Readonly<Record<ProblemCode, Words>> = Object.freeze({
  'bad-input': {
    status: 400,
    en: 'Some of the input is not as it must be; correct the fields named.',
    zh: '输入有误，请更正所列各项。',
  },
  'not-signed-in': { status: 401, en: 'Sign in first.', zh: '请先登录。' },
  'wrong-sign-in': {
    status: 401,
    en: 'Login or password is wrong. Check both and try again.',
    zh: '用户名或密码错误，请核对后重试。',
  },
  'not-permitted': {
    status: 403,
    en: 'Your role does not permit this. Ask a manager.',
    zh: '您的角色无此权限，请联系主管。',
  },
  'not-found': { status: 404, en: 'There is no such address.', zh: '没有这个地址。' },
  'unknown-meter': {
    status: 404,
    en: 'There is no such meter. Go back to the list and choose one.',
    zh: '没有这块电表，请回到列表重新选择。',
  },
  'unknown-account': {
    status: 404,
    en: 'There is no such account. Go back to the list and choose one.',
    zh: '没有这个账户，请回到列表重新选择。',
  },
  'unknown-statement': {
    status: 404,
    en: 'There is no such statement. Go back to the account and choose one.',
    zh: '没有这张结算单，请回到账户重新选择。',
  },
  'unknown-payment': {
    status: 404,
    en: 'There is no such payment. Go back to the account and choose one.',
    zh: '没有这笔缴费，请回到账户重新选择。',
  },
  'account-closed': {
    status: 409,
    en: 'This account is closed; nothing can be paid to it. Choose the account that is in use.',
    zh: '该账户已销户，不能缴费，请选择在用账户。',
  },
  'unknown-gateway': {
    status: 404,
    en: 'There is no such gateway. Reload the page.',
    zh: '没有这个网关，请刷新页面。',
  },
  'unknown-schedule': {
    status: 404,
    en: 'There is no such rule; a wider one holds already. Reload the page.',
    zh: '没有这条采集规则，上级规则已生效，请刷新页面。',
  },
  'unknown-pause': {
    status: 404,
    en: 'There is no such pause, or it is over. Reload the page.',
    zh: '没有这项暂停，或已结束，请刷新页面。',
  },
  'unknown-site': { status: 404, en: 'There is no such site. Reload the page.', zh: '没有这个小区，请刷新页面。' },
  'meter-without-account': {
    status: 409,
    en: 'This meter has no account; enrol one first.',
    zh: '这块电表没有账户，请先建档。',
  },
  'same-key-other-input': {
    status: 409,
    en: 'This was sent before with other content. Reload the page and begin anew.',
    zh: '该请求已用不同内容提交过，请刷新页面后重新操作。',
  },
  'command-already-open': {
    status: 409,
    en: 'The same command is already on its way; wait for its result.',
    zh: '相同的命令正在执行，请等待结果。',
  },
  'reading-not-held': {
    status: 409,
    en: 'This reading is not held (any more): somebody was faster. Reload the list.',
    zh: '该读数已不在待审状态，请刷新列表。',
  },
  'reading-not-believable': {
    status: 409,
    en: 'This reading can not be released: it would charge backwards, or its plan can not price it. Reject it; for a replaced meter, change the meter.',
    zh: '该读数不能放行：会造成倒退计费或无法计价。请拒绝；若已换表，请办理换表。',
  },
  'unknown-work-item': {
    status: 404,
    en: 'There is no such item. Reload the list.',
    zh: '没有这项待办，请刷新列表。',
  },
  'work-item-closed': {
    status: 409,
    en: 'This item is closed already; nothing needs to be done. Reload the list.',
    zh: '该待办已办结，无需处理，请刷新列表。',
  },
  'work-item-acknowledged': {
    status: 409,
    en: 'Somebody has acknowledged this item already. Reload the list.',
    zh: '该待办已有人确认，请刷新列表。',
  },
  'reason-missing': {
    status: 400,
    en: 'Say why, in 1 to 200 characters.',
    zh: '请填写原因（1 至 200 字）。',
  },
  'gateway-offline': {
    status: 503,
    en: "The meter's gateway is offline. Check its power and network, then try again.",
    zh: '该电表的网关不在线，请检查网关电源和网络后重试。',
  },
  'meter-did-not-answer': {
    status: 504,
    en: 'The meter did not answer. Check its wiring and address, then try again.',
    zh: '电表没有应答，请检查接线和通信地址后重试。',
  },
  'too-many-requests': {
    status: 429,
    en: 'Too many attempts. Wait a minute and try again.',
    zh: '尝试次数过多，请一分钟后再试。',
  },
  unavailable: {
    status: 503,
    en: 'The database does not answer. Nothing was changed; try again shortly.',
    zh: '数据库没有应答，未作任何更改，请稍后重试。',
  },
  internal: {
    status: 500,
    en: 'Something went wrong here. It was logged; try again.',
    zh: '系统内部错误，已记录，请重试。',
  },
})

export type ProblemField = Readonly<{ path: string; message: string }>

/** Thrown anywhere in a handler; becomes the answer. */
export class ApiProblem extends Error {
  readonly code: ProblemCode
  readonly fields: readonly ProblemField[]
  readonly statusCode: number

  constructor(code: ProblemCode, fields: readonly ProblemField[] = []) {
    super(table[code].en)
    this.name = 'ApiProblem'
    this.code = code
    this.fields = fields
    this.statusCode = table[code].status
  }

  get body(): Problem {
    const { en, zh } = table[this.code]
    return { code: this.code, message: { en, zh }, ...(this.fields.length > 0 && { fields: [...this.fields] }) }
  }
}
